"""How the people of the cast call: how often, when, whom, and whether abroad. Figures after FACTS §5, and guesses.

What goes abroad goes there from the first day on and all the time: honest callers have habits, and the watch learns
them. A country that somebody rings for the first time on some night is a thief's mark, so nobody of the cast does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.instants import HOUR_MS, JST_OFFSET_MS
from sekisho.core.watch.calendar import CALENDAR_DAYS, FIRST_DAY, japanese_holidays
from sekisho.demo.cast import Kind

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

_EPOCH_WEEKDAY: Final = 3  # 1970-01-01 was a Thursday
_SATURDAY, _CLOSED = 5, 7  # places in the weights of a week

# Weight of each hour of the Japanese day.
_OFFICE_DAY: Final = (0, 0, 0, 0, 0, 0, 0, 1, 6, 10, 10, 9, 5, 9, 10, 9, 9, 7, 3, 1, 0.4, 0.1, 0, 0)
_DESK_DAY: Final = (0, 0, 0, 0, 0, 0, 0, 0, 1, 10, 10, 10, 9, 10, 10, 10, 10, 9, 2, 0, 0, 0, 0, 0)
_HOTEL_DAY: Final = (0, 0, 0, 0, 0, 0, 3, 7, 9, 9, 8, 6, 5, 6, 8, 10, 9, 9, 8, 8, 7, 4, 1, 0)
_HOME_DAY: Final = (0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3, 2, 2, 3, 4, 6, 8, 10, 9, 6, 1, 0)
_EVENING: Final = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 8, 10, 8, 2, 0)

# Weight of each day of the week, Monday first; then of a day on which offices are closed.
_WORKING: Final = (1.05, 1.0, 1.0, 1.0, 1.05, 0.06, 0.02, 0.03)
_EVERY_DAY: Final = (0.9, 0.9, 0.95, 1.0, 1.1, 1.15, 1.0, 1.05)
_AT_HOME: Final = (0.9, 0.9, 0.9, 0.9, 1.0, 1.2, 1.3, 1.2)


@dataclass(frozen=True, slots=True)
class Habit:
    """Calls out, in and abroad an average working day of one line, and when they are made.

    `rings_abroad` is the share of lines of this kind that ever do; `countries` are theirs, the first ones most.
    """

    out: float
    incoming: float
    day: tuple[float, ...]
    week: tuple[float, ...]
    contacts: int
    abroad: float = 0.0
    rings_abroad: float = 0.0
    countries: tuple[str, ...] = ()
    abroad_day: tuple[float, ...] = _OFFICE_DAY
    countries_a_line: int = 3


HABITS: Final[dict[Kind, Habit]] = {
    Kind.OFFICE: Habit(out=9, incoming=4, day=_OFFICE_DAY, week=_WORKING, contacts=40),
    Kind.TRADER: Habit(
        out=10, incoming=5, day=_OFFICE_DAY, week=_WORKING, contacts=50,
        abroad=5.0, rings_abroad=1.0, countries=("CN", "US", "KR", "TW", "SG", "DE", "GB"), abroad_day=_DESK_DAY,
    ),
    Kind.CLINIC: Habit(out=8, incoming=14, day=_DESK_DAY, week=_WORKING, contacts=60),
    Kind.HOTEL: Habit(
        out=7, incoming=6, day=_HOTEL_DAY, week=_EVERY_DAY, contacts=60,
        abroad=2.4, rings_abroad=0.3, countries=("KR", "CN", "US", "TW"), abroad_day=_HOTEL_DAY,
    ),
    Kind.MAKER: Habit(
        out=8, incoming=4, day=_OFFICE_DAY, week=_WORKING, contacts=40,
        abroad=2.5, rings_abroad=0.15, countries=("CN", "US", "DE", "KR"), abroad_day=_DESK_DAY, countries_a_line=2,
    ),
    Kind.CALL_CENTRE: Habit(out=34, incoming=20, day=_DESK_DAY, week=_EVERY_DAY, contacts=400),
    Kind.HOME: Habit(
        out=1.4, incoming=0.9, day=_HOME_DAY, week=_AT_HOME, contacts=14,
        abroad=0.8, rings_abroad=0.2, countries=("US", "KR", "CN", "GB"), abroad_day=_EVENING, countries_a_line=1,
    ),
}  # fmt: skip


def hour_weights(first_hour: int, hours: int, day: tuple[float, ...], week: tuple[float, ...]) -> F64:
    """Share of an average working day's calls that falls into each of `hours` hours from `first_hour` on.

    Hours are counted since 1970 in Japan's time; the weights of an ordinary working day add up to 1.
    """
    place = first_hour + np.arange(hours)
    date = place // 24
    weekday = (date + _EPOCH_WEEKDAY) % 7
    closed = japanese_holidays()[np.clip(date - FIRST_DAY, 0, CALENDAR_DAYS - 1)] == 1
    kind_of_day = np.where(closed & (weekday < _SATURDAY), _CLOSED, weekday)
    shape = np.array(day) / sum(day)
    return np.asarray(shape[place % 24] * np.array(week)[kind_of_day], np.float64)


def japanese_hour(instant_ms: int) -> int:
    """Hours since 1970 in Japan's time."""
    return (instant_ms + JST_OFFSET_MS) // HOUR_MS
