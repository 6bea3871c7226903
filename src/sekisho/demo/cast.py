"""The cast of the demonstration: two companies, their customers, contracts and lines. All of it is made up.

Lines look like Japanese numbers and are nobody's: their exchange begins with 1, where no real one does (03-1xxx-xxxx).
A cast is the same for the same number of lines, whatever the seed: only the calls are a matter of chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle, islice
from typing import Final

from sekisho.core.terms.errors import BadSetting

LEAST_LINES: Final = 40  # of both companies: the office that is attacked, the traders and a few homes
MOST_LINES: Final = 600  # the homes' block of numbers holds no more
HOMES_SHARE: Final = 0.25  # of a company's lines, at least


class Kind(StrEnum):
    """How somebody calls; `habits.py` says what that means in figures."""

    OFFICE = "office"
    TRADER = "trader"
    CLINIC = "clinic"
    HOTEL = "hotel"
    MAKER = "maker"
    CALL_CENTRE = "call-centre"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class CastLine:
    """One line: national digits as the switch writes them, and how it is used."""

    national: str
    kind: Kind

    @property
    def e164(self) -> str:
        """The line with + and the country code, as the office keeps it."""
        return f"+81{self.national[1:]}"


@dataclass(frozen=True, slots=True)
class CastCustomer:
    """A customer with one contract: names, lines, channels, and how the fraud desk reaches him."""

    key: str
    name: str
    name_en: str
    kind: Kind
    channels: int
    phone: str
    lines: tuple[CastLine, ...]

    def called(self, language: str) -> str:
        """The customer's name, `ja` or `en`."""
        return self.name if language == "ja" else self.name_en


@dataclass(frozen=True, slots=True)
class CastCompany:
    """A carrier: its name, its switch (source and address), whether its terms let it hold a line by itself."""

    key: str
    name: str
    name_en: str
    source: str
    address: str
    automatic_hold: bool
    customers: tuple[CastCustomer, ...]

    def called(self, language: str) -> str:
        """The company's name, `ja` or `en`."""
        return self.name if language == "ja" else self.name_en

    @property
    def victim(self) -> CastCustomer:
        """The small office whose PBX is hacked."""
        return self.customers[0]

    @property
    def lines(self) -> tuple[CastLine, ...]:
        """Every line, customer by customer."""
        return tuple(line for customer in self.customers for line in customer.lines)


# (key, name, name in English, kind, lines, channels, area code), the office that is attacked first.
_Business = tuple[str, str, str, Kind, int, int, str]
_EAST: Final[tuple[_Business, ...]] = (
    ("hibari", "有限会社ひばり設計事務所", "Hibari Design Office", Kind.OFFICE, 2, 16, "03"),
    ("minato", "株式会社みなと貿易", "Minato Trading", Kind.TRADER, 8, 16, "03"),
    ("aoba", "医療法人あおば会 あおば診療所", "Aoba Clinic", Kind.CLINIC, 4, 8, "022"),
    ("asanagi", "ホテル朝凪", "Hotel Asanagi", Kind.HOTEL, 16, 24, "045"),
    ("hokuto", "北斗精機株式会社", "Hokuto Precision", Kind.MAKER, 22, 32, "048"),
    ("hayabusa", "はやぶさコールセンター", "Hayabusa Call Centre", Kind.CALL_CENTRE, 12, 48, "011"),
    ("midori", "みどり不動産株式会社", "Midori Real Estate", Kind.OFFICE, 6, 8, "043"),
    ("aozora", "青空運輸株式会社", "Aozora Transport", Kind.OFFICE, 14, 16, "025"),
    ("tsukushi", "学校法人つくし学園", "Tsukushi Academy", Kind.OFFICE, 10, 12, "027"),
    ("kakuu", "星見野市役所", "Hoshimino City Hall", Kind.OFFICE, 12, 24, "026"),
)
_WEST: Final[tuple[_Business, ...]] = (
    ("tachibana", "株式会社たちばな印刷", "Tachibana Printing", Kind.OFFICE, 3, 16, "06"),
    ("nadanami", "灘波商事株式会社", "Nadanami Trading", Kind.TRADER, 8, 16, "078"),
    ("suzuran", "医療法人すずらん会 すずらん歯科", "Suzuran Dental Clinic", Kind.CLINIC, 3, 4, "052"),
    ("tsukimi", "湯宿 月見亭", "Tsukimitei Inn", Kind.HOTEL, 12, 16, "075"),
    ("saikai", "西海化成工業株式会社", "Saikai Chemical", Kind.MAKER, 22, 32, "092"),
    ("tsubame", "つばめ通販株式会社", "Tsubame Mail Order", Kind.CALL_CENTRE, 14, 48, "06"),
    ("wakaba", "わかば法律事務所", "Wakaba Law Office", Kind.OFFICE, 6, 8, "06"),
    ("shiosai", "汐彩フェリー株式会社", "Shiosai Ferry", Kind.OFFICE, 12, 16, "082"),
    ("kashinoki", "学校法人かしの木学院", "Kashinoki School", Kind.OFFICE, 10, 12, "076"),
    ("yuhi", "夕陽ヶ原市役所", "Yuhigahara City Hall", Kind.OFFICE, 12, 24, "086"),
)
_HOME_AREAS: Final = {"east": ("03", "045", "048", "043", "022", "011"), "west": ("06", "052", "075", "078", "092")}
_FAMILIES: Final = (
    ("佐藤", "Sato"), ("鈴木", "Suzuki"), ("高橋", "Takahashi"), ("田中", "Tanaka"), ("伊藤", "Ito"),
    ("渡辺", "Watanabe"), ("山本", "Yamamoto"), ("中村", "Nakamura"), ("小林", "Kobayashi"), ("加藤", "Kato"),
    ("吉田", "Yoshida"), ("山田", "Yamada"), ("松本", "Matsumoto"), ("井上", "Inoue"), ("木村", "Kimura"),
)  # fmt: skip
_GIVEN: Final = (
    ("花子", "Hanako"), ("一郎", "Ichiro"), ("さくら", "Sakura"), ("健", "Ken"), ("美咲", "Misaki"), ("誠", "Makoto"),
    ("陽子", "Yoko"), ("大輔", "Daisuke"),
)  # fmt: skip
_HOME_BLOCK: Final = 90  # exchange 1090, behind a three-digit area code 190


def make_cast(lines: int = 300) -> tuple[CastCompany, CastCompany]:
    """East and West with half of `lines` each. Raises BadSetting for a number that the play has no room for."""
    if not LEAST_LINES <= lines <= MOST_LINES or lines % 2:
        raise BadSetting(f"{lines} lines: give an even number from {LEAST_LINES} to {MOST_LINES}")
    east = CastCompany(
        key="east",
        name="東日本",
        name_en="East Japan",
        source="sbc-east",
        address="127.0.0.2",
        automatic_hold=True,
        customers=_customers("east", _EAST, lines // 2),
    )
    west = CastCompany(
        key="west",
        name="西日本",
        name_en="West Japan",
        source="sbc-west",
        address="127.0.0.3",
        automatic_hold=False,
        customers=_customers("west", _WEST, lines // 2),
    )
    return east, west


def _customers(company: str, businesses: tuple[_Business, ...], lines: int) -> tuple[CastCustomer, ...]:
    """Businesses as long as room is left for the homes, then one home a line."""
    found: list[CastCustomer] = []
    left = lines
    for place, (key, name, name_en, kind, count, channels, area) in enumerate(businesses):
        if left - count < lines * HOMES_SHARE:
            continue
        numbers = tuple(CastLine(_number(area, place, place_in + 1), kind) for place_in in range(count))
        phone = _number(area, place, 9001)  # of the person to ring; not a line of the contract
        found.append(CastCustomer(key, name, name_en, kind, channels, phone, numbers))
        left -= count
    return (*found, *_homes(company, left))


def _homes(company: str, count: int) -> list[CastCustomer]:
    areas = list(islice(cycle(_HOME_AREAS[company]), count))
    homes = []
    for place, area in enumerate(areas):
        family, family_en = _FAMILIES[place % len(_FAMILIES)]
        given, given_en = _GIVEN[(place // len(_FAMILIES) + place) % len(_GIVEN)]
        line = CastLine(_number(area, _HOME_BLOCK, 1001 + 37 * place), Kind.HOME)
        name, name_en = f"{family} {given}", f"{given_en} {family_en}"
        homes.append(CastCustomer(f"home-{place + 1}", name, name_en, Kind.HOME, 2, line.national, (line,)))
    return homes


def _number(area: str, block: int, subscriber: int) -> str:
    """Ten digits: area code, an exchange that begins with 1 and names the block, four digits of the subscriber."""
    return f"{area}1{block:0{10 - len(area) - 5}d}{subscriber:04d}"
