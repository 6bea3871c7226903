"""Rule `daily-cap`: a fixed cap on a line's international charges of a day, summed when calls hang up.

What switches and billing systems offer as a credit limit by day: the charge of a call is known at its end, the sum
begins anew at midnight (in Japan), and at the cap all international calls of the line are barred until midnight. A call
in progress is not counted, however long it lasts, and the day's end lets the thief go on.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sekisho.core.terms.instants import DAY_MS, JST_OFFSET_MS
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.state import Records
from sekisho.lab.bars import Bars, holds

NAME: Final = "daily-cap"
JA: Final = "1日の上限 {yen:,}円"
EN: Final = "Daily cap of {yen:,} yen"
SOURCE: Final = "a credit limit by day, as billing systems offer it"
CAPS_YEN: Final = (1_000, 3_000, 10_000, 30_000)


def bars(calls: Records, cap_yen: int) -> Bars:
    """A hold on all international calls until midnight, at the hang-up that takes the line's day to the cap."""
    charged = calls[(calls["international"] == 1) & (calls["outgoing"] == 1) & (calls["charge"] > 0)]
    day = (charged["end"] + JST_OFFSET_MS) // DAY_MS
    order = np.lexsort((charged["end"], day, charged["line"]))
    line, day, end = charged["line"][order], day[order], charged["end"][order]
    spent = np.cumsum(charged["charge"][order])
    begins = np.ones(line.size, np.bool_)
    begins[1:] = (line[1:] != line[:-1]) | (day[1:] != day[:-1])
    before = np.where(begins, spent - charged["charge"][order], 0)
    spent -= np.maximum.accumulate(before) if before.size else before  # charges are above 0, so `before` only grows
    over = spent >= cap_yen * MILLIYEN
    first = over.copy()
    first[1:] &= begins[1:] | ~over[:-1]
    midnight = (day[first] + 1) * DAY_MS - JST_OFFSET_MS
    return holds(line[first], end[first], midnight)
