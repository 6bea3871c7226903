"""What the watch remembers: one record a line, a contract, an open call; and the timers. Nothing else is state.

Records, not columns: one event touches nearly every field of its line, and a record is two or three cache lines.
A line belongs to one contract (its own, until a `lines` message says otherwise). An open call is a slot in a pool; the
slots of one contract are a doubly linked list, so that the cost of its calls in progress can be summed whenever
something happens on it. Sizes: `bytes_per_line` below; budget DESIGN §11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.core.reserved import longer, reserve
from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch.calendar import PARTS

COUNTRIES_REMEMBERED: Final = 8
EVIDENCES: Final = 3  # rate, country, price: the order of evidence/catalogue.py
HYPOTHESES: Final = 2  # the fast and the slow thief
DAY_BUCKETS: Final = 9  # eight of three hours make a day; the ninth is the one being filled
BUCKET_MS: Final = 3 * 3_600_000
NEVER: Final = -(1 << 62)
FAR: Final = 1 << 62
NONE: Final = -1
CALL_ID_BYTES: Final = 96

I64 = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]
Record = Any  # one row of Records inside a kernel: its fields are attributes

LINE: Final = np.dtype(
    [
        ("scored_at", np.int64),  # instant of the last change of the score
        ("held_until", np.int64),
        ("alerted_at", np.int64),
        ("counted_at", np.int64),  # instant to which `calls` and `country_calls` have faded
        ("first_seen", np.int64),
        ("last_number", np.uint64),
        ("country_since", np.int64, (COUNTRIES_REMEMBERED,)),  # first call to that country
        ("country_calls", np.float32, (COUNTRIES_REMEMBERED,)),  # honest calls to it, fading
        ("score", np.float32, (HYPOTHESES,)),  # nats
        ("shares", np.float32, (HYPOTHESES, EVIDENCES)),  # nats, adding up to the score
        ("calls", np.float32, (PARTS,)),  # honest international calls by part of the week, fading
        ("country", np.int16, (COUNTRIES_REMEMBERED,)),  # 0 = free
        ("contract", np.int32),
    ],
    align=True,
)
# What every call touches stands in the first 64 bytes of its contract.
CONTRACT: Final = np.dtype(
    [
        ("month_spend", np.int64),  # milli-yen of finished calls in the billing month `month`
        ("last_spend", np.int64),  # milli-yen, the month before
        ("bucket", np.int64),  # index of the youngest three hours
        ("armed_at", np.int64),  # the timer that counts for this contract; FAR = none
        ("month", np.int32),
        ("first_month", np.int32),  # the first month we have seen of it
        ("open_head", np.int32),  # first open call
        ("told_multiple", np.int16),  # how often the notice's rule has spoken in this month
        ("automatic_hold", np.uint8),  # terms with an automatic-hold clause are in force
        ("limited", np.uint8),  # 1 = the customer has set a limit
        ("day_spend", np.int64, (DAY_BUCKETS,)),  # [bucket modulo DAY_BUCKETS] milli-yen of finished calls
        ("daily_limit", np.int64),  # 0 = none
        ("monthly_limit", np.int64),  # 0 = none
        ("told_day", np.int64),  # instant of the last alert of the daily limit
        ("told_month", np.int32),  # month of the last alert of the monthly limit
    ],
    align=True,
)
OPEN_CALL: Final = np.dtype(
    [
        ("start", np.int64),
        ("answer", np.int64),  # NEVER while it rings
        ("number", np.uint64),
        ("price", np.int64, (PRICE_FIELDS,)),  # core/units.py; unit_ms 0 = costs nothing
        ("handle", np.int64),  # whoever keeps calls may put a handle here
        ("line", np.int32),  # NONE = free slot
        ("before", np.int32),
        ("after", np.int32),
        ("international", np.uint8),
    ],
    align=True,
)
TIMER: Final = np.dtype([("at", np.int64), ("contract", np.int64)], align=True)

PRICE: Final = np.dtype([("fields", np.int64, (PRICE_FIELDS,))])  # one row of a tariff's prices
SLOT: Final = np.dtype([("slot", np.int64)])  # the slot of a call while it is open, else NONE
# Scalars that change.
TOTALS: Final = np.dtype(
    [
        ("lines", np.int64),
        ("contracts", np.int64),
        ("free_slot", np.int64),  # first of the free slots, NONE = all below slots_used are taken
        ("slots_used", np.int64),
        ("timers", np.int64),
        ("started", np.int64),
        ("ended", np.int64),
        ("now", np.int64),  # instant up to which the timers have spoken
    ]
)
KINDS: Final = {"lines": LINE, "contracts": CONTRACT, "open": OPEN_CALL, "timers": TIMER, "totals": TOTALS}
# How many rows of each there can be; address space alone. Open calls and timers: 30 % of the lines at one instant.
_MOST: Final = {LINE: 1 << 26, CONTRACT: 1 << 26, OPEN_CALL: 1 << 24, TIMER: 1 << 25}
ROWS_AT_ONCE: Final = 4_096  # rows made in advance


class WatchState(NamedTuple):
    """All of it, as a kernel takes it. `*_marks` are u8, one a row: 1 = touched since a snapshot last took the row.

    The arrays are the first rows of reserved ones (core/reserved.py), so that they grow without being copied.
    """

    lines: Records
    contracts: Records
    open: Records
    timers: Records
    totals: Records  # one record of TOTALS
    line_marks: npt.NDArray[np.uint8]
    contract_marks: npt.NDArray[np.uint8]
    open_marks: npt.NDArray[np.uint8]


def _fresh(kind: np.dtype[np.void]) -> Records:
    """One row of which nothing is known."""
    row = np.zeros(1, kind)
    for name in ("scored_at", "held_until", "alerted_at", "counted_at", "first_seen", "told_day", "answer"):
        if name in (kind.names or ()):
            row[name] = NEVER
    for name in ("month", "first_month", "told_month", "open_head", "line", "before", "after"):
        if name in (kind.names or ()):
            row[name] = NONE
    if kind == LINE:
        row["contract"] = NONE
    if kind == CONTRACT:
        row["armed_at"] = FAR
    return row


FRESH: Final = {kind: _fresh(kind) for kind in (LINE, CONTRACT, OPEN_CALL, TIMER)}


def new_state(lines: int = 1024, open_calls: int = 1024) -> WatchState:
    """An empty state with room for so many lines and open calls; it grows when asked (`with_room`)."""
    totals = np.zeros(1, TOTALS)
    totals["free_slot"] = NONE
    totals["now"] = NEVER
    rooms = {kind: reserve(kind, most)[:0] for kind, most in _MOST.items()}
    marks = {kind: reserve(np.uint8, most)[:0] for kind, most in _MOST.items()}
    empty = WatchState(
        lines=rooms[LINE],
        contracts=rooms[CONTRACT],
        open=rooms[OPEN_CALL],
        timers=rooms[TIMER],
        totals=totals,
        line_marks=marks[LINE],
        contract_marks=marks[CONTRACT],
        open_marks=marks[OPEN_CALL],
    )
    return _with_rows(empty, lines, open_calls, 2 * open_calls)


def _longer(rows: Records, size: int) -> Records:
    """At least `size` rows, the further ones fresh."""
    if size <= rows.size:
        return rows
    grown = longer(rows, size)
    grown[rows.size :] = FRESH[rows.dtype]
    return grown


def _with_rows(state: WatchState, lines: int, open_calls: int, timers: int) -> WatchState:
    calls = _longer(state.open, open_calls)
    known, contracts = _longer(state.lines, lines), _longer(state.contracts, lines)
    return state._replace(
        lines=known,
        contracts=contracts,
        open=calls,
        timers=_longer(state.timers, timers),
        line_marks=longer(state.line_marks, known.size),
        contract_marks=longer(state.contract_marks, contracts.size),
        open_marks=longer(state.open_marks, calls.size),
    )


def _room(size: int, wanted: int) -> int:
    """How many rows to have where `wanted` are needed: some in advance, never many, for all are made at once."""
    return size if wanted <= size else max(wanted, size + min(size, ROWS_AT_ONCE))


def with_room(state: WatchState, lines: int, open_calls: int) -> WatchState:
    """A state with room for at least so many lines (and contracts) and open calls. No row is copied or moved.

    Timers need one entry an open call at most, plus the stale ones: they get twice the open calls.
    """
    calls = _room(state.open.size, open_calls)
    return _with_rows(state, _room(state.lines.size, lines), calls, max(state.timers.size, 2 * calls))


def filled(state: WatchState, rows: Mapping[str, int], totals: Records) -> WatchState:
    """A new state of so many `lines`, `contracts`, `open` calls and `timers`, which the caller is about to write.

    Rows for which there is room beyond those are fresh; no row is marked.
    """
    room = {name: max(getattr(state, name).size, count) for name, count in rows.items()}
    room["lines"] = room["contracts"] = max(room["lines"], room["contracts"])
    room["timers"] = max(room["timers"], 2 * room["open"])
    grown = {}
    for name, size in room.items():
        grown[name] = longer(getattr(state, name), size)
        grown[name][rows[name] :] = FRESH[grown[name].dtype]
    state.totals[:] = totals
    return state._replace(
        **grown,
        line_marks=longer(state.line_marks, room["lines"]),
        contract_marks=longer(state.contract_marks, room["contracts"]),
        open_marks=longer(state.open_marks, room["open"]),
    )


def touch(state: WatchState, *, line: int = NONE, contract: int = NONE, slot: int = NONE) -> None:
    """Mark rows that were changed outside the kernel, so that the next snapshot takes them."""
    for marks, row in ((state.line_marks, line), (state.contract_marks, contract), (state.open_marks, slot)):
        if row != NONE:
            marks[row] = 1


def bytes_per_line() -> int:
    """Bytes of state a line and its own contract take with their marks, open calls apart (budget: DESIGN §11)."""
    return LINE.itemsize + CONTRACT.itemsize + 2
