"""Round numbers for axes, and when an hour stands out."""

from __future__ import annotations

from typing import Final

from sekisho.core.terms.money import MILLIYEN

_STANDS_OUT: Final = 2  # times the top of the normal: one hour of ten lies above that top on any day
_LEAST_MILLIYEN: Final = 300 * MILLIYEN  # and pennies never stand out
_ROUND: Final = (1, 2, 5, 10)


def ceiling(value: int, least: int) -> int:
    """The smallest of 1, 2, 5 × 10ⁿ that is neither below `value` nor below `least`, for the top of an axis."""
    wanted = max(value, least, 1)
    power = 1
    while power * 10 < wanted:
        power *= 10
    return next(step * power for step in _ROUND if step * power >= wanted)


def stands_out(milliyen: int, high: int) -> bool:
    """Whether an hour's charges lie far above the top of the line's normal."""
    return milliyen >= _LEAST_MILLIYEN and milliyen > _STANDS_OUT * high
