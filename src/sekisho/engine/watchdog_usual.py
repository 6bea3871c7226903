"""What is usual of a stream of events: so many an hour, by hour of the week in Japan, learnt from its own past.

1. Each hour that is over is folded into the cell of its hour of the week: a count and a weight, which fade by a fifth a
   week. A day off has the hours of a Sunday: a silent holiday is no alarm.
2. A cell seen seldom leans on the same hour of all working days, or of all days off, worth one week of watching.
3. Silence is judged as a Poisson process would be, with two corrections: counts that vary more than Poisson's make
   every event count for less (their variance / mean), and a rate learnt from few events is not believed as one learnt
   from many (gamma posterior): P(silence) = (1 + expected / (spread · a)) ^ -a, where a is events learnt from / spread.
4. An hour that was silent against all likelihood teaches a fifth of an ordinary one: an outage must not become usual,
   but a source that has changed for good is usual again after some weeks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.instants import HOUR_MS, JST_OFFSET_MS
from sekisho.core.watch.calendar import CALENDAR_DAYS, FIRST_DAY, japanese_holidays

CELLS: Final = 168
NATS: Final = -math.log(1e-4)  # silence less likely than this is an alarm
DOUBTED: Final = 0.2  # what an hour of unlikely silence teaches
_KEPT: Final = 0.8  # of a cell, from one week to the next
_SPREAD_KEPT: Final = 0.98  # of the spread, from one hour to the next
_MOST_SPREAD: Final = 25.0
_MOST_HOURS: Final = 28 * 24
_DAY_HOURS: Final = 24
_WORKING_DAYS: Final = 5
_SUNDAY: Final = 6
_SHIFT: Final = JST_OFFSET_MS // HOUR_MS


@dataclass(frozen=True, slots=True)
class Expected:
    """What was to be expected of a stretch of time: events, and from how many events that was learnt.

    `known`: false where hours of it have not been watched yet.
    """

    events: float
    learnt: float
    known: bool


class Usual:
    """The usual events an hour of one stream. Hours are whole hours since the epoch."""

    def __init__(self) -> None:
        self._counts = np.zeros(CELLS)
        self._weeks = np.zeros(CELLS)
        self._spread = self._spread_weight = 0.0

    @property
    def spread(self) -> float:
        """Variance / mean of counts an hour about what was expected; 1 for a Poisson process, never less."""
        return max(1.0, self._spread / self._spread_weight) if self._spread_weight else 1.0

    def fold(self, hour: int, count: int, *, weight: float = 1.0) -> None:
        """Learn an hour that is over."""
        rate = self.rate(hour)
        if rate is not None and rate >= 1.0:
            strayed = min((count - rate) ** 2 / rate, _MOST_SPREAD)
            self._spread = self._spread * _SPREAD_KEPT + weight * strayed
            self._spread_weight = self._spread_weight * _SPREAD_KEPT + weight
        cell = cell_of(hour)
        self._counts[cell] = self._counts[cell] * _KEPT + weight * count
        self._weeks[cell] = self._weeks[cell] * _KEPT + weight

    def add_late(self, hour: int, count: int) -> None:
        """Events of an hour that was folded already."""
        self._counts[cell_of(hour)] += count

    def rate(self, hour: int) -> float | None:
        """Events to expect in an hour; None where no such hour has been watched yet."""
        return self._rate(cell_of(hour))[0]

    def _rate(self, cell: int) -> tuple[float | None, float]:
        """The rate of a cell, and how many events it was learnt from."""
        day = cell // _DAY_HOURS
        alike = slice(cell % _DAY_HOURS, _WORKING_DAYS * _DAY_HOURS, _DAY_HOURS)
        if day >= _WORKING_DAYS:
            alike = slice(_WORKING_DAYS * _DAY_HOURS + cell % _DAY_HOURS, CELLS, _DAY_HOURS)
        weight = float(self._weeks[alike].sum())
        if weight <= 0.0:
            return None, 0.0
        events = float(self._counts[alike].sum())
        rate = (float(self._counts[cell]) + events / weight) / (float(self._weeks[cell]) + 1.0)
        return rate, events

    def expected(self, first_ms: int, last_ms: int) -> Expected:
        """What to expect in first..last; of a longer stretch, its last four weeks."""
        first_ms = max(first_ms, last_ms - _MOST_HOURS * HOUR_MS)
        events = learnt = 0.0
        known = True
        for hour in range(first_ms // HOUR_MS, -(-last_ms // HOUR_MS)):
            rate, from_events = self._rate(cell_of(hour))
            if rate is None:
                known = False
                continue
            share = (min(last_ms, (hour + 1) * HOUR_MS) - max(first_ms, hour * HOUR_MS)) / HOUR_MS
            events += rate * share
            learnt += from_events
        return Expected(events, learnt, known)

    def surprise(self, expected: Expected) -> float:
        """How unlikely it is, in nats, that nothing came where so much was to be expected."""
        spread = self.spread
        sure = expected.learnt / spread
        if sure <= 0.0:
            return 0.0
        return sure * math.log1p(expected.events / spread / sure)

    def alarm_after_ms(self, hour: int) -> int | None:
        """About how long a silence at this hour's pace is an alarm; None: not known, or nothing comes then."""
        rate, learnt = self._rate(cell_of(hour))
        if not rate:
            return None
        sure = learnt / self.spread
        needed = self.spread * sure * math.expm1(NATS / sure)
        return round(min(needed / rate, float(_MOST_HOURS)) * HOUR_MS)

    def to_json(self) -> dict[str, Any]:
        """What is learnt, for a snapshot."""
        return {
            "counts": [round(value, 4) for value in self._counts.tolist()],
            "weeks": [round(value, 4) for value in self._weeks.tolist()],
            "spread": [self._spread, self._spread_weight],
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Usual:
        """The inverse of `to_json`."""
        usual = cls()
        usual._counts, usual._weeks = np.array(told["counts"], float), np.array(told["weeks"], float)
        usual._spread, usual._spread_weight = told["spread"]
        return usual


def cell_of(hour: int) -> int:
    """The hour of the week in Japan, 0 = Monday 0:00; days off have the hours of a Sunday."""
    local = hour + _SHIFT
    day = local // _DAY_HOURS
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    index = day - FIRST_DAY
    if 0 <= index < CALENDAR_DAYS and _closed()[index]:
        weekday = _SUNDAY
    return weekday * _DAY_HOURS + local % _DAY_HOURS


@cache
def _closed() -> npt.NDArray[np.uint8]:
    return japanese_holidays()
