"""The book a kernel works from: where everything lies, as plain addresses.

Handing arrays from function to function costs more than the judging itself (ten times, measured): numba copies seven
words an array and counts references. A `Book` is a handful of integers, and a record is a pointer. The arrays behind it
are owned by whoever calls `run` or `advance`, which build the book and throw it away again; an address never outlives
that call. Nothing checks an index: every row number comes from the state itself or was checked by the caller.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from sekisho.core.memory import CACHE_LINE, prefetch, record_reader
from sekisho.core.watch.judged import CALL, VERDICT, Verdicts
from sekisho.core.watch.policy import DIALS
from sekisho.core.watch.state import (
    AGREED,
    CONTRACT,
    LINE,
    OPEN_CALL,
    PRICE,
    SLOT,
    TIMER,
    TOTALS,
    Record,
    Records,
    WatchState,
)


class Book(NamedTuple):
    """Addresses, and how much room there is."""

    lines: int
    contracts: int
    agreed: int
    open: int
    timers: int
    totals: int
    dials: int
    calls: int
    prices: int
    slots: int
    verdicts: int
    filled: int
    open_room: int
    timer_room: int
    verdict_room: int


LINE_BYTES: Final = LINE.itemsize
CONTRACT_BYTES: Final = CONTRACT.itemsize
FILLED: Final = np.dtype([("verdicts", np.int64)])


_line, _contract, _agreed = record_reader(LINE), record_reader(CONTRACT), record_reader(AGREED)
_open, _timer = record_reader(OPEN_CALL), record_reader(TIMER)
_totals, _dials, _call, _price = record_reader(TOTALS), record_reader(DIALS), record_reader(CALL), record_reader(PRICE)
_slot, _verdict, _filled = record_reader(SLOT), record_reader(VERDICT), record_reader(FILLED)


@njit(cache=True)
def line_at(book: Book, row: int) -> Record:
    """The line in this row."""
    return _line(book.lines, row)


@njit(cache=True)
def contract_at(book: Book, row: int) -> Record:
    """The contract in this row."""
    return _contract(book.contracts, row)


@njit(cache=True)
def agreed_at(book: Book, row: int) -> Record:
    """What is agreed in this row; a contract's is `contract.agreed`."""
    return _agreed(book.agreed, row)


@njit(cache=True)
def open_at(book: Book, slot: int) -> Record:
    """The open call in this slot."""
    return _open(book.open, slot)


@njit(cache=True)
def timer_at(book: Book, entry: int) -> Record:
    """The timer in this entry of the heap."""
    return _timer(book.timers, entry)


@njit(cache=True)
def totals_of(book: Book) -> Record:
    """The scalars that change."""
    return _totals(book.totals, 0)


@njit(cache=True)
def dials_of(book: Book) -> Record:
    """The policy."""
    return _dials(book.dials, 0)


@njit(cache=True)
def call_at(book: Book, row: int) -> Record:
    """The call in this row of the batch."""
    return _call(book.calls, row)


@njit(cache=True)
def price_row(book: Book, rate: int) -> Record:
    """The price of this rate."""
    return _price(book.prices, rate)


@njit(cache=True)
def slot_of(book: Book, handle: int) -> Record:
    """Where the slot of the call with this handle is kept."""
    return _slot(book.slots, handle)


@njit(cache=True)
def new_verdict(book: Book) -> Record:
    """The next free row for a verdict; the caller has seen to it that there is room."""
    filled = _filled(book.filled, 0)
    filled.verdicts += 1
    return _verdict(book.verdicts, filled.verdicts - 1)


@njit(cache=True)
def room_for_verdicts_left(book: Book) -> int:
    """How many more verdicts fit."""
    return book.verdict_room - _filled(book.filled, 0).verdicts


@njit(cache=True)
def look_ahead(book: Book, row: int) -> None:
    """Fetch what the call in this row will touch: its contract, and its line if it goes abroad."""
    call = call_at(book, row)
    contract = book.contracts + call.contract * CONTRACT_BYTES
    prefetch(contract)
    prefetch(contract + CACHE_LINE)
    prefetch(contract + 2 * CACHE_LINE)
    if call.international == 1:
        line = book.lines + call.line * LINE_BYTES
        for offset in range(0, LINE_BYTES, CACHE_LINE):
            prefetch(line + offset)


@njit(cache=True)
def open_book(state: WatchState, settings: Records, calls: Records, prices: Any, slots: Any, out: Verdicts) -> Book:
    """The book of these arrays, which must be C-contiguous; valid while the caller holds them."""
    return Book(
        int(state.lines.ctypes.data),
        int(state.contracts.ctypes.data),
        int(state.agreed.ctypes.data),
        int(state.open.ctypes.data),
        int(state.timers.ctypes.data),
        int(state.totals.ctypes.data),
        int(settings.ctypes.data),
        int(calls.ctypes.data),
        int(prices.ctypes.data),
        int(slots.ctypes.data),
        int(out.rows.ctypes.data),
        int(out.filled.ctypes.data),
        state.open.size,
        state.timers.size,
        out.rows.size,
    )
