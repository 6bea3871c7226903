"""Parts of the week, as a line lives them in Japan: kernels on milliseconds since the epoch, UTC."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

import holidays
import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS

BUSINESS, SHOULDER, NIGHT, WEEKEND = range(4)
PARTS: Final = 4
PART_NAMES: Final = ("business", "shoulder", "night", "weekend")
# Hours of an ordinary week that belong to each part; their sum is 168.
PART_HOURS: Final = np.array([45.0, 40.0, 49.0, 34.0])
FIRST_DAY: Final = (date(2000, 1, 1) - date(1970, 1, 1)).days
LAST_YEAR: Final = 2060
_DAY_BITS, _DAY_MASK = 5, 31
CALENDAR_DAYS: Final = (date(LAST_YEAR, 12, 31) - date(2000, 1, 1)).days + 1


@lru_cache(maxsize=1)
def japanese_holidays() -> npt.NDArray[np.uint8]:
    """One entry a day from 2000-01-01 (day FIRST_DAY since 1970): 1 where offices are closed.

    National holidays of Japan, plus 29 December to 3 January, when nearly every office is closed too. Made once, and
    not to be written to.
    """
    first = date(2000, 1, 1)
    closed = np.zeros(CALENDAR_DAYS, dtype=np.uint8)
    for day in holidays.country_holidays("JP", years=range(2000, LAST_YEAR + 1)):
        closed[(day - first).days] = 1
    for year in range(1999, LAST_YEAR + 1):
        for offset in range(6):
            index = (date(year, 12, 29) + timedelta(days=offset) - first).days
            if 0 <= index < CALENDAR_DAYS:
                closed[index] = 1
    closed.flags.writeable = False
    return closed


@njit(cache=True)
def part_of_week(at: int, closed: Any) -> int:
    """The part of the week of an instant: NIGHT 23-6 h of any day, WEEKEND a day off, BUSINESS 9-18 h, or SHOULDER."""
    local = at + JST_OFFSET_MS
    day = local // DAY_MS
    hour = (local - day * DAY_MS) // HOUR_MS
    if hour >= 23 or hour < 6:
        return NIGHT
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday; 0 = Monday
    index = day - FIRST_DAY
    if weekday >= 5 or (0 <= index < CALENDAR_DAYS and closed[index] == 1):
        return WEEKEND
    return BUSINESS if 9 <= hour < 18 else SHOULDER


@njit(cache=True)
def month_index(at: int) -> int:
    """Months since January of year 0, by the calendar in Japan (the billing month of an instant)."""
    return month_and_day(at)[0]


def _dates() -> npt.NDArray[np.int32]:
    """`month_index` and, in the lowest bits, the day of the month of every day from FIRST_DAY on."""
    days = np.datetime64("2000-01-01", "D") + np.arange(CALENDAR_DAYS)
    months = days.astype("datetime64[M]")
    index = months.astype(np.int64) + 1970 * 12
    return (index << _DAY_BITS | (days - months).astype(np.int64) + 1).astype(np.int32)


_DATES: Final = _dates()


@njit(cache=True, forceinline=True)
def month_and_day(at: int) -> tuple[int, int]:
    """The billing month of an instant, as `month_index` counts, and the day of that month, from 1."""
    place = (at + JST_OFFSET_MS) // DAY_MS - FIRST_DAY
    if 0 <= place < CALENDAR_DAYS:  # every charge asks for its month: looking it up is three times as fast
        date = int(_DATES[place])
        return date >> _DAY_BITS, date & _DAY_MASK
    return reckoned(at)


@njit(cache=True)
def reckoned(at: int) -> tuple[int, int]:
    """`month_and_day` of any instant."""
    # Days → civil date, years beginning in March, by the multiplications of Neri and Schneider ("Euclidean affine
    # functions and their application to calendar algorithms", 2023).
    quarters = 4 * ((at + JST_OFFSET_MS) // DAY_MS + 719_468) + 3
    century = quarters // 146_097
    scaled = 2_939_745 * ((quarters - century * 146_097) | 3)
    year = 100 * century + (scaled >> 32)
    of_year = (scaled & 0xFFFF_FFFF) // 11_758_980
    month = 2_141 * of_year + 197_913
    since_january = (month >> 16) - (13 if of_year >= 306 else 1)  # 0 = January
    return (year + (1 if of_year >= 306 else 0)) * 12 + since_january, (month & 0xFFFF) // 2_141 + 1


@njit(cache=True)
def month_begins(index: int) -> int:
    """The instant at which this month begins in Japan; the inverse of `month_index`."""
    march = (index + 10) % 12  # 0 = March
    year = (index - 2) // 12
    era = year // 400
    of_era = year - era * 400
    days = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + (153 * march + 2) // 5 - 719_468
    return days * DAY_MS - JST_OFFSET_MS
