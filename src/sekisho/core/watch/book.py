"""The book a kernel works from: where everything lies, as plain addresses.

Handing arrays from function to function costs more than the judging itself (ten times, measured): numba copies seven
words an array and counts references. A `Book` is a record of addresses, and a record is a pointer. The arrays behind it
are owned by whoever calls `run` or `advance`, which write the book anew; an address never outlives that call. Nothing
checks an index: every row number comes from the state itself or was checked by the caller.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from sekisho.core.memory import CACHE_LINE, address_of, mark, prefetch, record_reader
from sekisho.core.watch.features import NATS, NO_TRACES, TRACE, VECTOR, Traces
from sekisho.core.watch.judged import CALL, VERDICT, WRITES_AT_ONCE, Verdicts
from sekisho.core.watch.places import BLOCK, COUNTRY
from sekisho.core.watch.policy import DIALS, Policy
from sekisho.core.watch.scorecard import NO_TREES
from sekisho.core.watch.state import (
    ABROAD,
    AGREED,
    CONTRACT,
    LINE,
    NONE,
    OPEN_CALL,
    PRICE,
    SIGHT,
    SLOT,
    TIMER,
    TOTALS,
    Record,
    Records,
    WatchState,
)

BOOK: Final = np.dtype(
    [
        (name, np.int64)
        for name in (
            *("lines", "abroad", "blocks", "countries", "contracts", "agreed", "open", "timers", "totals", "dials"),
            *("calls", "prices", "slots", "verdicts", "filled", "trees", "traces", "traced", "nats", "vector", "sight"),
            *("line_marks", "abroad_marks", "contract_marks", "open_marks"),
            # How much room there is, and how many trees.
            *("tree_count", "abroad_room", "trace_room", "open_room", "timer_room", "verdict_room"),
        )
    ]
)
Book = Any  # one record of BOOK: handed on as a pointer, where a tuple of so many would be pushed at every call
LINE_BYTES: Final = LINE.itemsize
ABROAD_BYTES: Final = ABROAD.itemsize
SLOT_BYTES: Final = SLOT.itemsize
BLOCK_BYTES: Final = BLOCK.itemsize
OPEN_BYTES: Final = OPEN_CALL.itemsize
SIGHT_OFFSET: Final = dict(OPEN_CALL.fields or {})["sight"][1]
CONTRACT_BYTES: Final = CONTRACT.itemsize
CALL_BYTES: Final = CALL.itemsize
FILLED: Final = np.dtype([("verdicts", np.int64)])


_line, _contract, _agreed = record_reader(LINE), record_reader(CONTRACT), record_reader(AGREED)
_open, _timer = record_reader(OPEN_CALL), record_reader(TIMER)
_totals, _dials, _call, _price = record_reader(TOTALS), record_reader(DIALS), record_reader(CALL), record_reader(PRICE)
_abroad, _block, _sight, _trace = (
    record_reader(ABROAD),
    record_reader(BLOCK),
    record_reader(SIGHT),
    record_reader(TRACE),
)
_country, _nats, _vector = record_reader(COUNTRY), record_reader(NATS), record_reader(VECTOR)
_slot, _verdict, _filled = record_reader(SLOT), record_reader(VERDICT), record_reader(FILLED)


@njit(cache=True)
def line_at(book: Book, row: int) -> Record:
    """The line in this row, which is marked as touched."""
    mark(book.line_marks + row)
    return _line(book.lines, row)


@njit(cache=True)
def abroad_at(book: Book, row: int) -> Record:
    """What is remembered of a line's calls abroad, in this row, which is marked as touched."""
    mark(book.abroad_marks + row)
    return _abroad(book.abroad, row)


@njit(cache=True)
def block_at(book: Book, row: int) -> Record:
    """The block of numbers in this row."""
    return _block(book.blocks, row)


@njit(cache=True)
def country_at(book: Book, row: int) -> Record:
    """What a company's lines did lately in the country of this row (suspects.py)."""
    return _country(book.countries, row)


@njit(cache=True)
def sight_at(book: Book, slot: int) -> Record:
    """What was seen of the open call in this slot; of slot NONE, room for a call that was never open."""
    return _sight(book.sight if slot == NONE else book.open + slot * OPEN_BYTES + SIGHT_OFFSET, 0)


@njit(cache=True)
def nats_of(book: Book) -> Record:
    """Room for the nats of one call's evidences."""
    return _nats(book.nats, 0)


@njit(cache=True)
def vector_of(book: Book) -> Record:
    """Room for the features of one event."""
    return _vector(book.vector, 0)


@njit(cache=True)
def new_trace(book: Book) -> Record:
    """The next free row for a trace; the caller has seen to it that there is room."""
    traced = _filled(book.traced, 0)
    traced.verdicts += 1
    return _trace(book.traces, traced.verdicts - 1)


@njit(cache=True)
def contract_at(book: Book, row: int) -> Record:
    """The contract in this row, which is marked as touched."""
    mark(book.contract_marks + row)
    return _contract(book.contracts, row)


@njit(cache=True)
def agreed_at(book: Book, row: int) -> Record:
    """What is agreed in this row; a contract's is `contract.agreed`."""
    return _agreed(book.agreed, row)


@njit(cache=True)
def open_at(book: Book, slot: int) -> Record:
    """The open call in this slot, which is marked as touched."""
    mark(book.open_marks + slot)
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
def room_to_write(book: Book) -> bool:
    """Whether what one event or one timer may write still fits: WRITES_AT_ONCE verdicts and, if asked for, traces."""
    if book.verdict_room - _filled(book.filled, 0).verdicts < WRITES_AT_ONCE:
        return False
    return book.trace_room == 0 or book.trace_room - _filled(book.traced, 0).verdicts >= WRITES_AT_ONCE


@njit(cache=True)
def look_ahead_far(book: Book, row: int) -> None:
    """Fetch the call in this row, which `look_ahead` will need."""
    call = book.calls + row * CALL_BYTES
    prefetch(call)
    prefetch(call + CACHE_LINE)


@njit(cache=True)
def look_ahead(book: Book, row: int) -> None:
    """Fetch what the call in this row will touch: its contract, its slot, and its line if it goes abroad."""
    call = call_at(book, row)
    contract = book.contracts + call.contract * CONTRACT_BYTES
    prefetch(contract)
    prefetch(contract + CACHE_LINE)
    prefetch(book.contract_marks + call.contract)
    prefetch(contract + 2 * CACHE_LINE)
    prefetch(contract + CONTRACT_BYTES - 1)  # it may begin within a line of the cache
    prefetch(book.slots + call.handle * SLOT_BYTES)
    if call.international == 1:
        prefetch(book.line_marks + call.line)
        prefetch(book.lines + call.line * LINE_BYTES)


@njit(cache=True)
def look_ahead_abroad(book: Book, row: int) -> None:
    """Fetch what is remembered of the line's calls abroad, once its line has been fetched."""
    call = call_at(book, row)
    if call.international == 1:
        remembered = line_at(book, call.line).abroad
        if remembered != NONE:
            prefetch(book.abroad_marks + remembered)
            first = book.abroad + remembered * ABROAD_BYTES
            for offset in range(0, ABROAD_BYTES, CACHE_LINE):
                prefetch(first + offset)


class Aids(NamedTuple):
    """What the kernel works with beside state and calls: the policy's trees, room for traces, scratch paper."""

    trees: Records
    traces: Traces
    nats: Records
    vector: Records
    sight: Records
    book: Records


def aids(trees: Records, traces: Traces) -> Aids:
    """The aids for a scorecard's `trees` (empty: none) and room for `traces` (NO_TRACES: nothing is traced)."""
    return Aids(trees, traces, np.zeros(1, NATS), np.zeros(1, VECTOR), np.zeros(1, SIGHT), np.zeros(1, BOOK))


def aids_of(policy: Policy, traces: Traces = NO_TRACES) -> Aids:
    """The aids of a policy: its scorecard's trees, where it has one."""
    return aids(NO_TREES if policy.scorecard is None else policy.scorecard.arrays(), traces)


NO_AIDS: Final = aids(NO_TREES, NO_TRACES)  # where nothing is scored


@njit(cache=True)
def open_book(
    state: WatchState, settings: Records, calls: Records, prices: Any, slots: Any, out: Verdicts, tools: Aids
) -> Book:
    """The book of these arrays, which must be C-contiguous; valid while the caller holds them.

    Inside a kernel it is written on paper of `tools`, so two books of the same tools are one.
    """
    book = tools.book[0]
    book.lines = address_of(state.lines)
    book.abroad = address_of(state.abroad)
    book.blocks = address_of(state.blocks)
    book.countries = address_of(state.countries)
    book.contracts = address_of(state.contracts)
    book.agreed = address_of(state.agreed)
    book.open = address_of(state.open)
    book.timers = address_of(state.timers)
    book.totals = address_of(state.totals)
    book.dials = address_of(settings)
    book.calls = address_of(calls)
    book.prices = address_of(prices)
    book.slots = address_of(slots)
    book.verdicts = address_of(out.rows)
    book.filled = address_of(out.filled)
    book.trees = address_of(tools.trees)
    book.traces = address_of(tools.traces.rows)
    book.traced = address_of(tools.traces.filled)
    book.nats = address_of(tools.nats)
    book.vector = address_of(tools.vector)
    book.sight = address_of(tools.sight)
    book.tree_count = tools.trees.size
    book.abroad_room = state.abroad.size
    book.trace_room = tools.traces.rows.size
    book.open_room = state.open.size
    book.timer_room = state.timers.size
    book.verdict_room = out.rows.size
    book.line_marks = address_of(state.line_marks)
    book.abroad_marks = address_of(state.abroad_marks)
    book.contract_marks = address_of(state.contract_marks)
    book.open_marks = address_of(state.open_marks)
    return book
