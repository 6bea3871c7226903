"""Timers: a binary heap of (instant, contract).

A contract has one timer that counts, its `armed_at`. Arming it anew leaves the old entry in the heap, stale; entries
whose instant is not the contract's `armed_at` are dropped when they come up.
"""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.state import FAR, TIMERS, WatchState


@njit(cache=True)
def room_for_timer(state: WatchState) -> bool:
    """Whether one more timer fits; where not, the caller must drop stale ones (`sweep`)."""
    return bool(state.totals[TIMERS] < state.timers.size)


@njit(cache=True)
def _put(state: WatchState, hole: int, at: int, contract: int) -> None:
    state.timers[hole].at = at
    state.timers[hole].contract = contract


@njit(cache=True)
def _sink(state: WatchState, hole: int, size: int) -> None:
    heap = state.timers
    at, contract = heap[hole].at, heap[hole].contract
    child = 2 * hole + 1
    while child < size:
        if child + 1 < size and heap[child + 1].at < heap[child].at:
            child += 1
        if at <= heap[child].at:
            break
        _put(state, hole, heap[child].at, heap[child].contract)
        hole, child = child, 2 * child + 1
    _put(state, hole, at, contract)


@njit(cache=True)
def sweep(state: WatchState) -> None:
    """Drop every stale entry and restore the heap."""
    kept = 0
    for entry in range(state.totals[TIMERS]):
        timer = state.timers[entry]
        if state.contracts[timer.contract].armed_at == timer.at:
            _put(state, kept, timer.at, timer.contract)
            kept += 1
    state.totals[TIMERS] = kept
    for hole in range(kept // 2 - 1, -1, -1):
        _sink(state, hole, kept)


@njit(cache=True)
def arm(state: WatchState, contract: int, instant: int) -> None:
    """Make `instant` the contract's timer (FAR: no timer). Needs `room_for_timer`."""
    if state.contracts[contract].armed_at == instant:
        return
    state.contracts[contract].armed_at = instant
    if instant >= FAR:
        return
    heap = state.timers
    hole = state.totals[TIMERS]
    state.totals[TIMERS] = hole + 1
    while hole > 0:
        parent = (hole - 1) // 2
        if heap[parent].at <= instant:
            break
        _put(state, hole, heap[parent].at, heap[parent].contract)
        hole = parent
    _put(state, hole, instant, contract)


@njit(cache=True)
def next_due(state: WatchState, until: int) -> int:
    """Take the earliest timer due at or before `until` out of the heap and return its contract, or -1.

    The contract's `armed_at` still says when it was due.
    """
    heap = state.timers
    while state.totals[TIMERS] > 0 and heap[0].at <= until:
        at, contract = heap[0].at, heap[0].contract
        last = state.totals[TIMERS] - 1
        state.totals[TIMERS] = last
        if last > 0:
            _put(state, 0, heap[last].at, heap[last].contract)
            _sink(state, 0, last)
        if state.contracts[contract].armed_at == at:
            return int(contract)
    return -1
