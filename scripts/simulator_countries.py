"""Writes the simulator's table of countries (ranges of numbers, clocks) from numbering metadata.

Run by hand, then frozen: python scripts/simulator_countries.py > src/sekisho/lab/simulator/countries.csv
"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import phonenumbers
from phonenumbers import PhoneNumberType, timezone

from sekisho.core.numbering.plan import NumberPlan, build_plan, resolve

SAMPLES: Final = 150
LEAST_FREE: Final = 3
MOST_TRIES: Final = 1_200
US_AREAS: Final = ("212", "415", "310", "808", "206", "312", "408")
MOST_RANGES: Final = 6
MOST_UNALLOCATED: Final = 4
GLOBAL_SERVICES: Final = ("870", "881", "882", "883")
NOT_SIMULATED: Final = ("JP",)
OFFSET_OF_GLOBAL: Final = 0

# What people in Japan ring most, in order; the rest follows with a small weight each.
POPULAR: Final = (
    "US", "CN", "KR", "TW", "PH", "VN", "TH", "HK", "GB", "SG", "DE", "BR", "IN", "ID", "AU", "CA",
    "FR", "MY", "NP", "IT", "MX", "RU", "NZ", "NL", "CH", "ES", "PE", "PK", "BD", "LK", "MM", "AE",
    "TR", "KH", "MN", "SE", "BE", "AT", "ZA", "PL", "FI", "DK", "NO", "IE", "IL", "CZ", "HU", "PT",
    "SA", "QA", "LA", "GU", "UA", "CL", "AR", "CO", "EG", "IR", "KZ", "UZ", "MO", "NG", "GH", "KE",
    "ET", "TZ", "CM", "SN", "CI", "CD", "UG", "MA", "TN", "FJ", "PG", "TO", "WS", "PW", "FM", "MH",
    "CU", "DO", "JM", "TT",
)  # fmt: skip

Range = tuple[str, int]  # first digits, digits that follow


def sample(rng: np.random.Generator, range_: Range) -> str:
    """A number of the range, as E.164 digits."""
    head, free = range_
    return head + str(int(rng.integers(0, 10**free))).zfill(free)


def is_allocated(digits: str, region: str) -> bool:
    """Whether the metadata know such a number in the region."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return False
    if region.startswith("+"):
        return phonenumbers.is_valid_number(number)
    return phonenumbers.is_valid_number_for_region(number, region)


def all_are(wanted: bool, plan: NumberPlan, rng: np.random.Generator, range_: Range, region: str) -> bool:
    """Whether every number of the range belongs to the region and is (or is not) allocated, as far as samples tell."""
    for _ in range(SAMPLES):
        digits = sample(rng, range_)
        if is_allocated(digits, region) != wanted or resolve(plan, f"010{digits}", "0312345678").country != region:
            return False
    return True


def heads(code: str, region: str) -> list[Range]:
    """Ranges to try, at every length that occurs: two or three digits behind the code; in +1 behind the area code."""
    if code == "1":
        areas = {number[:4] for number in examples(region)}
        areas |= {f"1{area}" for area in US_AREAS} if region == "US" else set()
        return [(f"{area}{digit}{more}", 5) for area in sorted(areas) for digit in range(10) for more in range(10)]
    behind = [f"{pair:02d}" for pair in range(100)] + [f"{three:03d}" for three in range(1_000)]
    lengths = {len(number) - len(code) for number in examples(region)} or set(range(8, 13))
    return [
        (code + digits, length - len(digits))
        for digits in behind
        for length in lengths
        if length - len(digits) >= LEAST_FREE
    ]


def examples(region: str) -> list[str]:
    """Example numbers of the metadata, fixed and mobile, as E.164 digits."""
    found = []
    for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE):
        number = phonenumbers.example_number_for_type(region, kind)
        if number is not None:
            found.append(f"{number.country_code}{number.national_number}")
    return list(dict.fromkeys(found))


def found(wanted: bool, tries: list[Range], most: int, *about: object) -> list[Range]:
    """The first ranges, at most `most`, whose numbers are allocated (or are not)."""
    kept: list[Range] = []
    for each in tries:
        if len(kept) < most and all_are(wanted, about[0], about[1], each, about[2]):
            kept.append(each)
    return kept


def row_of(plan: NumberPlan, rng: np.random.Generator, region: str, code: str) -> str | None:
    """One line of the table, or None where no range was found."""
    known = examples(region)
    first = [
        range_
        for number in known
        for range_ in found(
            True, [(number[:-n], n) for n in (7, 6, 5, 4) if len(number) - n > len(code)], 1, plan, rng, region
        )
    ]
    more = heads(code, region)
    more = [more[place] for place in rng.permutation(len(more))[:MOST_TRIES]]
    kept = list(dict.fromkeys(first + found(True, more, MOST_RANGES - len(first), plan, rng, region)))
    if not kept:
        return None
    lengths = {len(head) + free for head, free in kept}
    same = [each for each in more if len(each[0]) + each[1] in lengths and each[1] > LEAST_FREE]
    same += (
        [(number[: len(code)] + f"{n:02d}", len(number) - len(code) - 2) for number in known for n in range(100)]
        if code != "1"
        else []
    )
    none = found(False, same, MOST_UNALLOCATED, plan, rng, region)
    text = " ".join(f"{head}/{free}" for head, free in kept)
    unallocated = " ".join(f"{head}/{free}" for head, free in none)
    rank = POPULAR.index(region) + 1 if region in POPULAR else 0
    return f"{region},{rank},{offset_of(kept[0], region)},{text},{unallocated}"


def offset_of(range_: Range, region: str) -> int:
    """Hours ahead of UTC in January, rounded, of a number in the range."""
    if region.startswith("+"):
        return OFFSET_OF_GLOBAL
    names = timezone.time_zones_for_number(phonenumbers.parse(f"+{range_[0]}{'2' * range_[1]}"))
    if not names or "Unknown" in names[0]:
        return OFFSET_OF_GLOBAL
    offset = datetime(2026, 1, 15, tzinfo=ZoneInfo(names[len(names) // 2])).utcoffset()
    return round((offset.total_seconds() if offset else 0) / 3_600)


def main() -> None:
    """Every country and every global service that people ring."""
    plan, rng = build_plan(), np.random.default_rng(4)
    sys.stdout.write("country,rank,utc_offset_h,ranges,unallocated\n")
    rows = [
        (region, str(phonenumbers.country_code_for_region(region))) for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    ]
    rows += [(f"+{code}", code) for code in GLOBAL_SERVICES]
    for region, code in rows:
        row = None if region in NOT_SIMULATED else row_of(plan, rng, region, code)
        if row is not None:
            sys.stdout.write(row + "\n")


if __name__ == "__main__":
    main()
