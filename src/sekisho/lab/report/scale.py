"""Logarithmic axes with a place of its own for nothing: 0 has no logarithm, and is the best there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

_GAP: Final = 0.08  # of the axis, between 0 and its first power of ten


@dataclass(frozen=True, slots=True)
class LogScale:
    """Values from `low` to `high`, powers of ten, from the px `begin` to `end` (which may be the smaller).

    With `zero` the value 0 stands at `begin` and `low` a gap behind it; else what is smaller than `low` stands on it.
    """

    low: float
    high: float
    begin: float
    end: float
    zero: bool

    def place(self, value: float) -> float:
        """Where a value stands, in px."""
        if value <= 0 and self.zero:
            return self.begin
        first = self.begin + (self.end - self.begin) * (_GAP if self.zero else 0.0)
        share = log10(max(value, self.low) / self.low) / log10(self.high / self.low)
        return first + (self.end - first) * min(share, 1.0)

    def powers(self) -> list[float]:
        """The powers of ten on the axis."""
        return [10.0**power for power in range(round(log10(self.low)), round(log10(self.high)) + 1)]


def fitted(values: Iterable[float], begin: float, end: float, low: float, high: float) -> LogScale:
    """A scale on which all `values` stand, from at most `low` to at least `high`; it has a 0 where they have."""
    told = list(values)
    above = [value for value in told if value > 0]
    lowest = 10.0 ** floor(log10(min([*above, low])))
    highest = 10.0 ** ceil(log10(max([*above, high])))
    return LogScale(lowest, highest, begin, end, zero=any(value <= 0 for value in told))
