"""Calls whose end never comes: they expire `longest_call_hours` after their start, as if that were their end.

What is known of such a call is that it was answered, not how long it talked: its first unit is counted in the month of
its start, and what it seemed to cost meanwhile is no longer in progress. Should its record come after all, its charge
takes the place of that unit. An expired call is counted apart from those that ended; its end, when it comes, is not
counted again.
"""

from __future__ import annotations

from numba import njit

from sekisho.core import units
from sekisho.core.terms.instants import NEVER
from sekisho.core.watch import spend
from sekisho.core.watch.book import (
    Book,
    abroad_at,
    contract_at,
    dials_of,
    line_at,
    open_at,
    price_row,
    slot_of,
    totals_of,
)
from sekisho.core.watch.open_calls import EXPIRED, give_back, price_of
from sekisho.core.watch.state import FAR, NONE, Record


@njit(cache=True)
def next_expiry(book: Book) -> int:
    """When the call that was told first of all open calls expires; FAR where none is open.

    One that was told late, after later ones, expires with those before it, so that nobody has to look for it.
    """
    oldest = totals_of(book).oldest
    if oldest == NONE:
        return FAR
    return int(open_at(book, oldest).start + dials_of(book).longest_ms)


@njit(cache=True)
def expire(book: Book, slot: int, at: int) -> int:
    """Give up the open call in `slot` at `at`; returns the row of its contract, whose timer must be set anew."""
    call = open_at(book, slot)
    contract_row = int(line_at(book, call.line).contract)
    spend.reach(book, contract_at(book, contract_row), at)
    settled = 0 if call.answer == NEVER else units.charge_of(price_of(call), 0)
    if settled > 0:
        spend.add_finished(contract_at(book, contract_row), call.start, call.start, settled, call.international)
    slot_of(book, call.handle).slot = EXPIRED - settled
    if call.watched == 1:
        abroad_at(book, line_at(book, call.line).abroad).open -= 1
    give_back(book, slot)
    totals_of(book).expired += 1
    return contract_row


@njit(cache=True)
def has_expired(book: Book, call: Record) -> bool:
    """Whether the call, of which an end or an answer is told, was given up before.

    A restart forgets which calls have expired: what has begun and is not open is one of them, and what was counted for
    it is counted out again.
    """
    kept = slot_of(book, call.handle)
    if kept.slot == NONE and call.begun == 1:
        settled = 0
        if call.answer != NEVER and call.rate != NONE:
            price = price_row(book, call.rate).fields
            settled = units.charge_of(units.Price(price[0], price[1], price[2], price[3], price[4], price[5]), 0)
        kept.slot = EXPIRED - settled
    return kept.slot < NONE


@njit(cache=True)
def take_back(book: Book, contract: Record, call: Record) -> None:
    """The charge of an expired call is told after all: take the unit back that was counted for it."""
    kept = slot_of(book, call.handle)
    if kept.slot < EXPIRED:
        spend.add_finished(contract, call.start, call.start, kept.slot - EXPIRED, call.international)
        kept.slot = EXPIRED
