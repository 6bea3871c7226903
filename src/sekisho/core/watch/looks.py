"""Calls abroad in progress are looked at again: after a minute, two, five, ... because duration counts."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from sekisho.core.terms.instants import MINUTE_MS, NEVER
from sekisho.core.watch.book import Book, open_at
from sekisho.core.watch.state import FAR, NONE, Record

LOOKS_MS: Final = np.array([1, 2, 4, 7, 12, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480], np.int64) * MINUTE_MS


@njit(cache=True)
def look_due(call: Record) -> int:
    """When the open call is to be looked at next; FAR while it rings, and where it is not looked at (any more)."""
    looks = int(call.sight.looks)
    if call.answer == NEVER or looks >= LOOKS_MS.size:
        return FAR
    return int(call.answer + LOOKS_MS[looks])


@njit(cache=True)
def next_look_at(book: Book, contract: Record) -> int:
    """The earliest look at any call in progress of the contract; FAR: none."""
    soonest, slot = FAR, int(contract.open_head)
    while slot != NONE:
        call = open_at(book, slot)
        soonest = min(soonest, look_due(call))
        slot = call.after
    return soonest
