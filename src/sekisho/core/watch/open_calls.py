"""Calls in progress: a pool of slots, threaded into one list a contract and one list of all, oldest first.

Started - ended - expired = open, always (`conserved`).
"""

from __future__ import annotations

from typing import Any, Final

from numba import njit

from sekisho.core.terms.instants import NEVER
from sekisho.core.units import Price
from sekisho.core.watch.book import Book, contract_at, line_at, open_at, totals_of
from sekisho.core.watch.state import NONE, Record, WatchState

EXPIRED: Final = -2  # what a call's handle says when its end has not come; less by the milli-yen that were settled


@njit(cache=True)
def room_for_call(book: Book) -> bool:
    """Whether one more call can be open."""
    totals = totals_of(book)
    return totals.free_slot != NONE or totals.slots_used < book.open_room


@njit(cache=True)
def price_of(call: Record) -> Price:
    """The price of an open call."""
    fields = call.price
    return Price(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5])


@njit(cache=True)
def begin(book: Book, line: int, contract_row: int, start: int) -> int:
    """Open a call of `line`: its slot, first in the list of its contract. Needs `room_for_call`."""
    totals = totals_of(book)
    slot = totals.free_slot
    if slot == NONE:
        slot = totals.slots_used
        totals.slots_used += 1
    else:
        totals.free_slot = open_at(book, slot).after
    contract = contract_at(book, contract_row)
    call = open_at(book, slot)
    call.line = line
    call.before = NONE
    call.after = contract.open_head
    if contract.open_head != NONE:
        open_at(book, contract.open_head).before = slot
    contract.open_head = slot
    call.start = start
    call.answer = NEVER
    call.older = totals.youngest
    call.younger = NONE
    if totals.youngest == NONE:
        totals.oldest = slot
    else:
        open_at(book, totals.youngest).younger = slot
    totals.youngest = slot
    totals.started += 1
    return slot


@njit(cache=True)
def finish(book: Book, slot: int) -> None:
    """Close the call in `slot`, which has ended, and give the slot back."""
    give_back(book, slot)
    totals_of(book).ended += 1


@njit(cache=True)
def give_back(book: Book, slot: int) -> None:
    """Take the call in `slot` out of both lists; the caller counts it as ended or expired."""
    totals = totals_of(book)
    call = open_at(book, slot)
    if call.before == NONE:
        contract_at(book, line_at(book, call.line).contract).open_head = call.after
    else:
        open_at(book, call.before).after = call.after
    if call.after != NONE:
        open_at(book, call.after).before = call.before
    if call.older == NONE:
        totals.oldest = call.younger
    else:
        open_at(book, call.older).younger = call.younger
    if call.younger == NONE:
        totals.youngest = call.older
    else:
        open_at(book, call.younger).older = call.older
    call.line = NONE
    call.after = totals.free_slot
    totals.free_slot = slot


@njit(cache=True)
def _walk(calls: Any, used: int, oldest: int, youngest: int) -> int:
    """How many calls the list of all holds; -1 where it is broken, or holds others than the slots that are taken."""
    taken = 0
    for slot in range(used):
        taken += calls[slot].line != NONE
    held, before, slot = 0, NONE, oldest
    while slot != NONE and held <= taken:
        call = calls[slot]
        if call.older != before or call.line == NONE:
            return -1
        held += 1
        before, slot = slot, call.younger
    return held if held == taken and before == youngest else -1


def conserved(state: WatchState) -> bool:
    """Whether no call is lost: started - ended - expired = open, and each open call will expire unless it ends."""
    totals = state.totals[0]
    used, oldest, youngest = (int(totals[name]) for name in ("slots_used", "oldest", "youngest"))
    opened = _walk(state.open, used, oldest, youngest)
    return bool(opened == int(totals["started"] - totals["ended"] - totals["expired"]))
