"""Rule `daily-look-2015`: the rule of the carriers' notice of 2015, looked at once a day.

The notice's measure ③: a customer whose charges are several times last month's is told, and barred where he cannot be
reached. Then, charges up to 24:00 of the day before could be seen after 16:00 on the billing pages, and an order to
bar was carried out the same day at best. So each day at `look_hour` somebody compares all charges of the month, up to
midnight, with the whole of last month; what is assumed, in favour of the rule:

- the customer's line is barred `delay_hours` after the look (two hours: the list is worked off, the customer is not
  reached, the bar is set), every day of the year;
- all international calls are barred for `stands_hours`: three days, in which the customer is found and the PBX mended;
- like the watch's own form of the rule: several is `multiple` = 3, again at 6, 12 …; not below `floor_yen`; a new
  customer, or one who was charged nothing last month, is measured against `new_customer_yen`. The data's first month
  has no month before it: everybody is new there.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, NEVER
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.state import Records
from sekisho.lab.bars import Bars, holds

NAME: Final = "daily-look-2015"
JA: Final = "2015年のお知らせの基準 (毎日16時に確認)"
EN: Final = "The notice of 2015, looked at daily at 16:00"
SOURCE: Final = "notice of NTT East and West, July 2015, measure 3"
LOOK_HOUR: Final = 16
DELAY_HOURS: Final = 2.0
STANDS_HOURS: Final = 72.0
MULTIPLE: Final = 3.0
FLOOR_YEN: Final = 5_000
NEW_CUSTOMER_YEN: Final = 20_000

I64 = npt.NDArray[np.int64]


def bars(
    calls: Records,
    look_hour: int = LOOK_HOUR,
    delay_hours: float = DELAY_HOURS,
    stands_hours: float = STANDS_HOURS,
    multiple: float = MULTIPLE,
    floor_yen: int = FLOOR_YEN,
    new_customer_yen: int = NEW_CUSTOMER_YEN,
) -> Bars:
    """A hold on all international calls behind each look that finds a line over `multiple` times last month, anew."""
    line, day, charge = _days(calls)
    month = _month(day)
    key = line << 16 | month
    begins = np.ones(key.size, np.bool_)
    begins[1:] = key[1:] != key[:-1]
    total = np.cumsum(charge)
    edges = np.flatnonzero(begins)
    to_date = total - np.repeat((total - charge)[edges], np.diff(np.append(edges, key.size)))
    months, whole = key[edges], np.add.reduceat(charge, edges) if edges.size else charge
    reference = _last_month(key, months, whole, new_customer_yen * MILLIYEN)
    times = to_date / (multiple * reference)
    speaks = (times >= 1) & (to_date >= floor_yen * MILLIYEN)
    level = np.where(speaks, 1 + np.floor(np.log2(np.maximum(times, 1))), 0)
    before = np.concatenate([np.zeros(min(1, level.size)), level[:-1]])
    anew = speaks & (level > np.where(begins, 0, before))
    look = (day[anew] + 1) * DAY_MS - JST_OFFSET_MS + look_hour * HOUR_MS
    at = look + round(delay_hours * HOUR_MS)
    return holds(line[anew].astype(np.int32), at, at + round(stands_hours * HOUR_MS))


def _days(calls: Records) -> tuple[I64, I64, I64]:
    """All charges by line and day of hang-up in Japan, in that order: line, day, milli-yen."""
    charged = calls[(calls["outgoing"] == 1) & (calls["charge"] > 0) & (calls["end"] != NEVER)]
    keys = charged["line"].astype(np.int64) << 32 | (charged["end"] + JST_OFFSET_MS) // DAY_MS
    used, place = np.unique(keys, return_inverse=True)
    sums = np.zeros(used.size, np.int64)
    np.add.at(sums, place, charged["charge"])
    return used >> 32, used & 0xFFFF_FFFF, sums


def _month(day: I64) -> I64:
    """Months since 1970 of days since 1970."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _last_month(key: I64, months: I64, whole: I64, new_customer: int) -> I64:
    """What the line of each `key` was charged in the month before; `new_customer` where that is nothing."""
    if months.size == 0:
        return np.zeros(0, np.int64)
    place = np.minimum(np.searchsorted(months, key - 1), months.size - 1)
    return np.where(months[place] == key - 1, whole[place], new_customer)
