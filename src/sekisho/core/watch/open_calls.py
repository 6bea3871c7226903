"""Calls in progress: a pool of slots, threaded into one list a contract. Started − ended = open, always."""

from __future__ import annotations

from numba import njit

from sekisho.core.units import Price
from sekisho.core.watch.state import ENDED, FREE_SLOT, NEVER, NONE, SLOTS_USED, STARTED, Record, WatchState


@njit(cache=True)
def room_for_call(state: WatchState) -> bool:
    """Whether one more call can be open."""
    return bool(state.totals[FREE_SLOT] != NONE or state.totals[SLOTS_USED] < state.open.size)


@njit(cache=True)
def price_of(call: Record) -> Price:
    """The price of an open call."""
    fields = call.price
    return Price(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5])


@njit(cache=True)
def begin(state: WatchState, line: int, start: int) -> int:
    """Open a call of `line`: its slot, first in its contract's list. Needs `room_for_call`."""
    totals = state.totals
    slot = totals[FREE_SLOT]
    if slot == NONE:
        slot = totals[SLOTS_USED]
        totals[SLOTS_USED] += 1
    else:
        totals[FREE_SLOT] = state.open[slot].after
    contract = state.contracts[state.lines[line].contract]
    call = state.open[slot]
    call.line = line
    call.before = NONE
    call.after = contract.open_head
    if contract.open_head != NONE:
        state.open[contract.open_head].before = slot
    contract.open_head = slot
    call.start = start
    call.answer = NEVER
    totals[STARTED] += 1
    return int(slot)


@njit(cache=True)
def finish(state: WatchState, slot: int) -> None:
    """Close the call in `slot` and give the slot back."""
    call = state.open[slot]
    if call.before == NONE:
        state.contracts[state.lines[call.line].contract].open_head = call.after
    else:
        state.open[call.before].after = call.after
    if call.after != NONE:
        state.open[call.after].before = call.before
    call.line = NONE
    call.after = state.totals[FREE_SLOT]
    state.totals[FREE_SLOT] = slot
    state.totals[ENDED] += 1
