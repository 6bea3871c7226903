"""Calls in progress: a pool of slots, threaded into one list a contract. Started − ended = open, always."""

from __future__ import annotations

from numba import njit

from sekisho.core.units import Price
from sekisho.core.watch.book import Book, contract_at, line_at, open_at, totals_of
from sekisho.core.watch.state import NEVER, NONE, Record


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
    totals.started += 1
    return slot


@njit(cache=True)
def finish(book: Book, slot: int) -> None:
    """Close the call in `slot` and give the slot back."""
    totals = totals_of(book)
    call = open_at(book, slot)
    if call.before == NONE:
        contract_at(book, line_at(book, call.line).contract).open_head = call.after
    else:
        open_at(book, call.before).after = call.after
    if call.after != NONE:
        open_at(book, call.after).before = call.before
    call.line = NONE
    call.after = totals.free_slot
    totals.free_slot = slot
    totals.ended += 1
