"""Calls in progress as people want to see them: how many a line has, how many go abroad, what they have cost so far."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core import units
from sekisho.core.terms.instants import NEVER
from sekisho.core.watch.open_calls import price_of
from sekisho.core.watch.state import NONE, WatchState

I64 = npt.NDArray[np.int64]


class Running(NamedTuple):
    """One entry a line that has calls in progress: its row, and its sums.

    `sums` i64 [line, 3]: calls, those of them that go abroad, milli-yen begun so far.
    """

    line: I64
    sums: I64


@njit(cache=True)
def _sum_up(calls: Any, used: int, at: int, place: Any, sums: Any) -> None:
    """Add each open call below slot `used` to its line's row of `sums` (calls, international, milli-yen)."""
    for slot in range(used):
        call = calls[slot]
        if call.line == NONE:
            continue
        row = place[slot]
        sums[row, 0] += 1
        sums[row, 1] += call.international
        if call.answer != NEVER:
            sums[row, 2] += units.charged_so_far(price_of(call), at - call.answer)


def running(state: WatchState, at: int) -> Running:
    """What is in progress at an instant (ms), line by line, in the order of the lines' rows."""
    used = int(state.totals["slots_used"][0])
    owners = state.open["line"][:used]
    lines, place = np.unique(owners, return_inverse=True)
    sums = np.zeros((lines.size, 3), np.int64)
    if used:
        _sum_up(state.open, used, at, place.astype(np.int64), sums)
    taken = lines != NONE
    return Running(lines[taken].astype(np.int64), sums[taken])
