"""The cells of a tariff file: what each column may hold, and the whole number it becomes.

The columns are explained in docs/algorithms/rating.md, section 9. A reader takes a cell's text and returns a number, or
None where the text is not what the column may hold; `right` then says what would be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from phonenumbers import COUNTRY_CODES_FOR_NON_GEO_REGIONS, SUPPORTED_REGIONS

from sekisho.core.digits.packed import U64Array, pack, pack_all
from sekisho.core.terms.destination import CLASS_NAMES, JAPAN, DestinationClass, country_code
from sekisho.core.terms.instants import parse_rfc3339, start_of_japanese_day
from sekisho.core.units import MAX_PRICE_MILLIYEN, MAX_UNIT_MS, MIN_UNIT_MS

I64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

ALL_DAY: Final = (1 << 24) - 1
ABSENT: Final = -1  # the rate has no first unit of its own

# One u64 a match. A packed prefix has a digit in its top four bits, so it is never below FIRST_PREFIX; a country is its
# own small number; a class stands above all countries.
FIRST_PREFIX: Final = 1 << 60
FIRST_CLASS: Final = 1 << 32

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_THOUSANDTHS: Final = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,3}))?")
_HOURS: Final = re.compile(r"([0-9]{1,2})-([0-9]{1,2})")


def _instant(text: str) -> int | None:
    try:
        return start_of_japanese_day(date.fromisoformat(text)) if _DATE.fullmatch(text) else parse_rfc3339(text)
    except ValueError:
        return None


def _thousandths(low: int, high: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        found = _THOUSANDTHS.fullmatch(text)
        if not found:
            return None
        value = int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))
        return value if low <= value <= high else None

    return read


def _hours(text: str) -> int | None:
    """The hours of a band as bits: bit h is the hour that begins at h."""
    found = _HOURS.fullmatch(text)
    if not found:
        return None
    begin, end = int(found[1]), int(found[2])
    if begin > 23 or end > 24 or begin == end:
        return None
    hours = range(begin, end) if begin < end else (*range(begin, 24), *range(end))
    return sum(1 << hour for hour in hours)


def hours_text(bits: int) -> str:
    """Hours given as bits, for people: `8-19`, or `8-12 13-19` where there are several bands."""
    if bits == ALL_DAY:
        return "0-24"
    begins = [hour for hour in range(24) if bits >> hour & 1 and not bits >> (hour - 1) % 24 & 1]
    bands = []
    for begin in begins:
        length = next(count for count in range(1, 25) if not bits >> (begin + count) % 24 & 1)
        bands.append(f"{begin}-{(begin + length - 1) % 24 + 1}")
    return " ".join(bands)


@dataclass(frozen=True, slots=True)
class Column:
    """How a column reads: its reader, what an empty cell means (None: it may not be empty), and what would be right."""

    read: Callable[[str], int | None]
    right: str
    empty: int | None = None


_SECONDS: Final = _thousandths(MIN_UNIT_MS, MAX_UNIT_MS)
_YEN: Final = _thousandths(0, MAX_PRICE_MILLIYEN)
_SECONDS_RIGHT: Final = "write seconds from 0.1 to 86400 with at most three decimals"
_YEN_RIGHT: Final = "write yen from 0 to 100000 with at most three decimals"
NUMBER_COLUMNS: Final = {
    "valid_from": Column(_instant, "write a day in Japan (2026-04-01) or an RFC 3339 time (2026-03-31T15:00:00Z)"),
    "name": Column(len, "give the rate a name"),
    "unit_s": Column(_SECONDS, _SECONDS_RIGHT),
    "yen_per_unit": Column(_YEN, _YEN_RIGHT),
    "first_unit_s": Column(_SECONDS, _SECONDS_RIGHT, empty=ABSENT),
    "first_yen": Column(_YEN, _YEN_RIGHT, empty=ABSENT),
    "connection_yen": Column(_YEN, _YEN_RIGHT, empty=0),
    "rounding": Column({"none": 0, "floor_yen": 1}.get, "write none or floor_yen", empty=0),
    "tax": Column({"taxable": 1, "exempt": 0}.get, "write taxable or exempt"),
    "hours": Column(_hours, "write hours in Japan like 8-19 or 19-8, or nothing for all day", empty=ALL_DAY),
}
NEEDED_COLUMNS: Final = ("valid_from", "match", "name", "unit_s", "yen_per_unit", "tax")
COLUMNS: Final = (
    *("valid_from", "match", "name", "name_ja", "unit_s", "yen_per_unit", "first_unit_s", "first_yen"),
    *("connection_yen", "rounding", "tax", "hours", "note"),
)

MATCH_RIGHT: Final = "write E.164 digits (81312), country:DM, country:+882 or a class like class:fixed"
JAPAN_RIGHT: Final = "price Japan by class:fixed, mobile, ip and special, or by longer prefixes"
# Only what numbering can say of a call: a row for UK (it is GB) or +44 (no global service) would never be used.
_NAMED_KEYS: Final = {
    **{f"class:{name}": FIRST_CLASS + code for code, name in enumerate(CLASS_NAMES) if code},
    **{f"country:{region}": country_code(region) for region in SUPPORTED_REGIONS},
    **{f"country:+{code}": country_code(f"+{code}") for code in COUNTRY_CODES_FOR_NON_GEO_REGIONS},
}
_ALL_JAPAN: Final = pack("81")


def class_key(class_: DestinationClass) -> int:
    """The match key of a class."""
    return FIRST_CLASS + int(class_)


def read_numbers(texts: Any, column: Column) -> tuple[I64Array, BoolArray]:
    """A pa.StringArray of cells as (numbers, sound), one a row; where a cell is not sound its number is 0.

    Each distinct text is read once.
    """
    encoded = texts.dictionary_encode()
    read = [column.read(text) if text else column.empty for text in encoded.dictionary.to_pylist()]
    numbers = np.array([number or 0 for number in read], np.int64)
    sound = np.array([number is not None for number in read], np.bool_)
    codes = encoded.indices.to_numpy()
    return numbers[codes], sound[codes]


def read_matches(texts: Any) -> tuple[U64Array, BoolArray, BoolArray]:
    """A pa.StringArray of matches as (keys, sound, japan), one a row; `japan` marks a match that is all of Japan.

    Where a match is not sound its key is 0.
    """
    keys = pack_all(texts)
    named = np.flatnonzero(keys == 0)
    keys[named] = [_NAMED_KEYS.get(text, 0) for text in texts.take(named).to_pylist()]
    japan = (keys == _ALL_JAPAN) | (keys == JAPAN)
    leading_zero = keys >> np.uint64(60) == 1
    too_long = (keys >= FIRST_PREFIX) & (keys & np.uint64(15) != 0)  # the 16th digit; E.164 ends at 15
    keys[japan | leading_zero | too_long] = 0
    return keys, keys != 0, japan
