"""Rule `daily-cap`: a fixed cap on a line's international charges of a day, summed when calls hang up.

What switches and billing systems offer as a credit limit by day: the charge of a call is known at its end, the sum
begins anew at midnight (in Japan), and at the cap all international calls of the line are barred until midnight. A call
in progress is not counted, however long it lasts, and the day's end lets the thief go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.instants import DAY_MS, JST_OFFSET_MS
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.state import Records
from sekisho.lab.bars import Bars, holds

NAME: Final = "daily-cap"
JA: Final = "1日の上限 {yen:,}円"
EN: Final = "Daily cap of {yen:,} yen"
SOURCE: Final = "a credit limit by day, as billing systems offer it"
CAPS_YEN: Final = (1_000, 3_000, 10_000, 30_000)


@dataclass(frozen=True, slots=True)
class Days:
    """Charged international calls in the order of line and hang-up: `spent` is the line's day behind each, milli-yen.

    `begins`: the first of a line's day; `day`: days since 1970 in Japan.
    """

    line: npt.NDArray[np.int32]
    end: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    spent: npt.NDArray[np.int64]
    begins: npt.NDArray[np.bool_]


def days(calls: Records) -> Days:
    """The sums of every line's days."""
    charged = calls[(calls["international"] == 1) & (calls["outgoing"] == 1) & (calls["charge"] > 0)]
    order = np.lexsort((charged["end"], charged["line"]))
    line, end, charge = charged["line"][order], charged["end"][order], charged["charge"][order]
    day = (end + JST_OFFSET_MS) // DAY_MS
    begins = np.ones(line.size, np.bool_)
    begins[1:] = (line[1:] != line[:-1]) | (day[1:] != day[:-1])
    spent = np.cumsum(charge)
    before = np.where(begins, spent - charge, 0)
    spent -= np.maximum.accumulate(before) if before.size else before  # charges are above 0, so `before` only grows
    return Days(line, end, day, spent, begins)


def bars(spent: Days, cap_yen: int) -> Bars:
    """A hold on all international calls until midnight, at the hang-up that takes the line's day to the cap."""
    over = spent.spent >= cap_yen * MILLIYEN
    first = over.copy()
    first[1:] &= spent.begins[1:] | ~over[:-1]
    midnight = (spent.day[first] + 1) * DAY_MS - JST_OFFSET_MS
    return holds(spent.line[first], spent.end[first], midnight)
