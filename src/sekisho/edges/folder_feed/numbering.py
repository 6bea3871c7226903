"""Gaps in the numbers that switches put at the end of their files' names: a file that never came is calls unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

_NUMBERED: Final = re.compile(r"(.*?)(\d+)([^\d/]*)", re.DOTALL)  # folder and prefix, number, suffix
_WIDEST: Final = 18
_TIME_DIGITS: Final = 8
_COUNTER_DIGITS: Final = 3  # a counter of fewer digits would begin again every day


def gaps(names: Iterable[str]) -> list[str]:
    """One plain line a gap, in the order of the names: `cdr-000124.csv to cdr-000125.csv never came`.

    Names that differ in the number at their end only are one sequence. A number of eight digits or more without a zero
    in front is a date or a time, not a count. A sequence that has reached 9…9 and begun again has no gap there.
    """
    sequences: dict[tuple[str, str], dict[int, str]] = {}
    for name in names:
        found = _NUMBERED.fullmatch(name)
        if found is None or len(found[2]) > _WIDEST or (len(found[2]) >= _TIME_DIGITS and found[2][0] != "0"):
            continue
        sequences.setdefault((found[1], found[3]), {})[int(found[2])] = found[2]
    return [line for place in sorted(sequences) for line in _gaps_of(*place, sequences[place])]


def _gaps_of(prefix: str, suffix: str, numbers: dict[int, str]) -> list[str]:
    ordered = sorted(numbers)
    missing = [(before + 1, after - 1) for before, after in pairwise(ordered) if after > before + 1]
    width = min(map(len, numbers.values()))  # counts are padded to it; unpadded ones begin with one digit
    digits = len(numbers[ordered[-1]])
    began_again = digits >= _COUNTER_DIGITS and ordered[0] <= 1 and ordered[-1] == 10**digits - 1
    if missing and began_again:
        missing.remove(max(missing, key=lambda gap: gap[1] - gap[0]))
    return [_sentence(prefix, suffix, width, first, last) for first, last in missing]


def _sentence(prefix: str, suffix: str, width: int, first: int, last: int) -> str:
    names = [f"{prefix}{number:0{width}d}{suffix}" for number in (first, last)]
    if first == last:
        return f"{names[0]} never came"
    return f"{names[0]} to {names[1]} never came ({last - first + 1} files)"
