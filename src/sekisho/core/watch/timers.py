"""Timers: a binary heap of (instant, contract).

A contract has one timer that counts, its `armed_at`. Arming it anew leaves the old entry in the heap, stale; entries
whose instant is not the contract's `armed_at` are dropped when they come up.
"""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.book import Book, contract_at, timer_at, totals_of
from sekisho.core.watch.state import FAR, NONE


@njit(cache=True)
def _put(book: Book, hole: int, at: int, contract: int) -> None:
    entry = timer_at(book, hole)
    entry.at = at
    entry.contract = contract


@njit(cache=True)
def _sink(book: Book, hole: int, size: int) -> None:
    sinking = timer_at(book, hole)
    at, contract = sinking.at, sinking.contract
    child = 2 * hole + 1
    while child < size:
        if child + 1 < size and timer_at(book, child + 1).at < timer_at(book, child).at:
            child += 1
        below = timer_at(book, child)
        if at <= below.at:
            break
        _put(book, hole, below.at, below.contract)
        hole, child = child, 2 * child + 1
    _put(book, hole, at, contract)


@njit(cache=True)
def _sweep(book: Book) -> None:
    """Drop every stale entry and every repeat (armed there, away and back again), and restore the heap."""
    kept = 0
    for place in range(totals_of(book).timers):
        timer = timer_at(book, place)
        contract = contract_at(book, timer.contract)
        if contract.armed_at == timer.at:
            contract.armed_at = FAR  # so that a repeat looks stale; put back below
            _put(book, kept, timer.at, timer.contract)
            kept += 1
    totals_of(book).timers = kept
    for place in range(kept):
        timer = timer_at(book, place)
        contract_at(book, timer.contract).armed_at = timer.at
    for hole in range(kept // 2 - 1, -1, -1):
        _sink(book, hole, kept)


@njit(cache=True)
def arm(book: Book, contract_row: int, instant: int) -> None:
    """Make `instant` the contract's timer (FAR: no timer).

    There is always room: swept of stale entries, the heap holds at most one a contract with open calls.
    """
    contract = contract_at(book, contract_row)
    if contract.armed_at == instant:
        return
    contract.armed_at = FAR
    if instant >= FAR:
        return
    totals = totals_of(book)
    if totals.timers >= book.timer_room:
        _sweep(book)
    contract.armed_at = instant
    hole = totals.timers
    totals.timers += 1
    while hole > 0:
        parent = (hole - 1) // 2
        above = timer_at(book, parent)
        if above.at <= instant:
            break
        _put(book, hole, above.at, above.contract)
        hole = parent
    _put(book, hole, instant, contract_row)


@njit(cache=True)
def next_due(book: Book, until: int) -> int:
    """Take the earliest timer due at or before `until` out of the heap and return its contract, or NONE.

    The contract's `armed_at` still says when it was due.
    """
    totals = totals_of(book)
    while totals.timers > 0 and timer_at(book, 0).at <= until:
        first = timer_at(book, 0)
        at, contract = first.at, first.contract
        totals.timers -= 1
        if totals.timers > 0:
            last = timer_at(book, totals.timers)
            _put(book, 0, last.at, last.contract)
            _sink(book, 0, totals.timers)
        if contract_at(book, contract).armed_at == at:
            return contract
    return NONE
