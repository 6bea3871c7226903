"""When people call: the weight of every hour of the period, by schedule and by the clock of who is rung.

Hours are those of Japan. Public holidays come from the package `holidays`; offices also close from 29 December to
3 January and half close in the middle of August.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

import holidays
import numpy as np

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, japanese_date
from sekisho.lab.simulator.chance import F64, I64, picked, picked_in, steps_of


class Schedule(IntEnum):
    """Whose hours a line keeps."""

    OFFICE = 0
    HOME = 1
    TRADING = 2
    DESK = 3
    HOTEL = 4
    EVENING = 5
    ANY_HOUR = 6


# Weight of each hour of the Japanese day (FACTS §5: plateaus 9-12 and 13-18), of each weekday (Monday first), of a
# public holiday.
_HOURS: Final = {
    Schedule.OFFICE: (0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 1, 4, 25, 98, 100, 96, 42, 92, 100, 97, 95, 86, 44, 20, 9, 4, 2, 1),
    Schedule.HOME: (3, 1.5, 1, 0.7, 0.8, 2, 8, 22, 42, 62, 66, 60, 52, 54, 56, 58, 66, 80, 92, 100, 92, 68, 34, 11),
    Schedule.TRADING: (30, 22, 14, 9, 7, 8, 12, 25, 60, 98, 100, 95, 60, 92, 96, 98, 100, 94, 72, 58, 52, 50, 46, 40),
    Schedule.DESK: (0, 0, 0, 0, 0, 0, 0, 1, 20, 100, 100, 98, 88, 96, 100, 100, 98, 96, 60, 40, 12, 0.5, 0, 0),
    Schedule.HOTEL: (14, 9, 6, 4, 5, 12, 34, 70, 92, 88, 74, 60, 52, 54, 66, 84, 92, 96, 90, 82, 78, 72, 52, 28),
    Schedule.EVENING: (12, 5, 2, 1, 1, 2, 5, 10, 14, 22, 26, 24, 22, 22, 24, 26, 30, 42, 62, 86, 100, 96, 66, 30),
    Schedule.ANY_HOUR: (1,) * 24,
}  # fmt: skip
_WEEK: Final = {
    Schedule.OFFICE: (1.05, 1.0, 1.0, 1.0, 1.05, 0.16, 0.06, 0.09),
    Schedule.HOME: (0.95, 0.92, 0.92, 0.95, 1.0, 1.15, 1.25, 1.2),
    Schedule.TRADING: (1.0, 1.0, 1.0, 1.0, 1.0, 0.25, 0.15, 0.4),
    Schedule.DESK: (1.1, 1.0, 1.0, 1.0, 1.0, 0.55, 0.45, 0.6),
    Schedule.HOTEL: (0.9, 0.9, 0.95, 1.0, 1.1, 1.15, 1.0, 1.05),
    Schedule.EVENING: (0.9, 0.85, 0.9, 0.9, 1.0, 1.3, 1.5, 1.3),
    Schedule.ANY_HOUR: (1.0,) * 8,
}
_HOLIDAY: Final = 7
_OPEN_WEIGHT: Final = 0.5
_YEAR_END: Final = ((12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3))
_SUMMER: Final = ((8, 13), (8, 14), (8, 15))

# How willingly somebody is rung at each hour of his own day, at work and at home, and what is never given up.
_AT_WORK: Final = (0, 0, 0, 0, 0, 0, 1, 3, 20, 90, 100, 100, 60, 90, 100, 100, 90, 70, 25, 10, 4, 2, 0, 0)
_AWAKE: Final = (10, 4, 2, 1, 1, 3, 12, 40, 70, 90, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 90, 60, 25)
_AT_HOME: Final = (Schedule.HOME, Schedule.EVENING, Schedule.HOTEL)
_FIRST_OFFSET: Final = -12
_OFFSETS: Final = 27
_NO_PARTNER: Final = 0
_JAPAN_OFFSET_H: Final = 9


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The period, and the cumulative weight of its hours for every schedule and every clock abroad.

    `wait_days` says how many days each day is from the next on which offices are open.
    """

    first_ms: int
    days: int
    steps: F64
    wait_days: I64

    @property
    def end_ms(self) -> int:
        """The instant at which the period is over."""
        return self.first_ms + self.days * DAY_MS

    def instants(self, rng: np.random.Generator, schedule: I64, offset_h: I64 | None = None) -> I64:
        """An instant for each entry of `schedule`; with `offset_h`, one at which people there are rung."""
        column = _NO_PARTNER if offset_h is None else 1 + offset_h - _FIRST_OFFSET
        row = schedule * (_OFFSETS + 1) + column
        hour = picked_in(self.steps, row, rng.random(len(schedule)))
        return self.first_ms + hour * HOUR_MS + rng.integers(0, HOUR_MS, len(schedule))

    def instants_within(
        self, rng: np.random.Generator, schedule: Schedule, first_day: int, days: int, count: int
    ) -> I64:
        """`count` instants in a schedule's hours on some days of the period, in order."""
        row = self.steps[schedule * (_OFFSETS + 1)]
        first, last = first_day * 24, min((first_day + days) * 24, len(row))
        weight = np.diff(row, prepend=0.0)[first:last]
        hour = first + picked(steps_of(weight), rng.random(count))
        return np.sort(self.first_ms + hour * HOUR_MS + rng.integers(0, HOUR_MS, count))

    def working(self, rng: np.random.Generator, day: I64, strict: float = 0.88) -> I64:
        """The days, those on which offices are closed mostly moved to the next day that is open."""
        moves = rng.random(len(day)) < strict
        known = np.clip(day, 0, self.days - 1)
        return np.where(moves, day + self.wait_days[known], day)

    def instant_on(self, rng: np.random.Generator, day: I64, hour: F64) -> I64:
        """Instants near an hour (with fraction) of the period's days."""
        wobble = rng.normal(0.0, 0.6, len(day))
        return self.first_ms + day * DAY_MS + ((hour + wobble) * HOUR_MS).astype(np.int64)


def closed_days(first_ms: int, days: int) -> list[bool]:
    """Whether offices are closed on each day of the period, weekends apart."""
    dates = [japanese_date(first_ms) + timedelta(days=day) for day in range(days)]
    known = holidays.country_holidays("JP", years=range(dates[0].year, dates[-1].year + 1))
    return [each in known or (each.month, each.day) in (*_YEAR_END, *_SUMMER) for each in dates]


def day_weights(first_ms: int, days: int, schedule: Schedule) -> F64:
    """The weight of each day of the period in a schedule."""
    week = _WEEK[schedule]
    first: date = japanese_date(first_ms)
    weekdays = [(first + timedelta(days=day)).weekday() for day in range(days)]
    shut = closed_days(first_ms, days)
    return np.array(
        [
            min(week[day], week[_HOLIDAY]) if closed and week[0] > week[_HOLIDAY] else week[day]
            for day, closed in zip(weekdays, shut, strict=True)
        ]
    )


def make_calendar(first_ms: int, days: int, keep: float) -> Calendar:
    """The calendar of a period from a Japanese midnight on; `keep` of the calls do not ask what time it is there."""
    rows = []
    hour = np.arange(days * 24) % 24
    for schedule in Schedule:
        own = np.repeat(day_weights(first_ms, days, schedule), 24) * np.array(_HOURS[schedule], np.float64)[hour]
        rows.append(own)
        asked = np.array(_AWAKE if schedule in _AT_HOME else _AT_WORK, np.float64) / 100
        for offset in range(_FIRST_OFFSET, _FIRST_OFFSET + _OFFSETS):
            there = asked[(hour + offset - _JAPAN_OFFSET_H) % 24]
            rows.append(own * (keep + (1 - keep) * there))
    return Calendar(first_ms, days, steps_of(np.array(rows)), _wait_days(first_ms, days))


def _wait_days(first_ms: int, days: int) -> I64:
    """Days until offices are open, by day; 0 where they are."""
    open_days = day_weights(first_ms, days, Schedule.OFFICE) > _OPEN_WEIGHT
    wait = np.zeros(days + 1, np.int64)
    for day in reversed(range(days)):
        wait[day] = 0 if open_days[day] else wait[day + 1] + 1
    return wait[:days]
