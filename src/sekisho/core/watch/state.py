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

from sekisho.core.terms.errors import LogDamaged
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
        ("asked_until", np.int64),
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
        ("held_country", np.int16),  # what the hold covers: 0 = all international, else the country (terms/destination)
        ("asked_country", np.int16),  # the same of the ask
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


class WatchState(NamedTuple):
    """All of it, as a kernel takes it."""

    lines: Records
    contracts: Records
    open: Records
    timers: Records
    totals: Records  # one record of TOTALS


def _fresh(kind: np.dtype[np.void], size: int) -> Records:
    rows = np.empty(size, kind)  # numpy asks for huge pages for `empty`, not for `zeros`: faster look-ups
    rows.view(np.uint8).fill(0)
    for name in ("scored_at", "held_until", "asked_until", "alerted_at", "counted_at", "first_seen"):
        if name in (kind.names or ()):
            rows[name] = NEVER
    for name in ("told_day", "answer"):
        if name in (kind.names or ()):
            rows[name] = NEVER
    for name in ("month", "first_month", "told_month", "open_head", "line", "before", "after"):
        if name in (kind.names or ()):
            rows[name] = NONE
    if kind == LINE:
        rows["contract"] = NONE
    if kind == CONTRACT:
        rows["armed_at"] = FAR
    return rows


def new_state(lines: int = 1024, open_calls: int = 1024) -> WatchState:
    """An empty state with room for so many lines and open calls; it grows when asked (`with_room`)."""
    totals = np.zeros(1, TOTALS)
    totals["free_slot"] = NONE
    totals["now"] = NEVER
    return WatchState(
        _fresh(LINE, lines),
        _fresh(CONTRACT, lines),
        _fresh(OPEN_CALL, open_calls),
        _fresh(TIMER, 2 * open_calls),
        totals,
    )


def _longer(rows: Records, size: int) -> Records:
    if size <= rows.size:
        return rows
    grown = _fresh(rows.dtype, max(size, 2 * rows.size))
    grown[: rows.size] = rows
    return grown


def with_room(state: WatchState, lines: int, open_calls: int) -> WatchState:
    """A state with room for at least so many lines (and contracts) and open calls; rows are copied where it must grow.

    Timers need one entry an open call at most, plus the stale ones: they get twice the open calls.
    """
    calls = _longer(state.open, open_calls)
    return state._replace(
        lines=_longer(state.lines, lines),
        contracts=_longer(state.contracts, lines),
        open=calls,
        timers=_longer(state.timers, 2 * calls.size),
    )


def to_arrays(state: WatchState) -> dict[str, npt.NDArray[Any]]:
    """The state as named arrays, rows in use only, for a snapshot."""
    used = {"lines": "lines", "contracts": "contracts", "open": "slots_used", "timers": "timers"}
    rows = {f"watch.{name}": getattr(state, name)[: int(state.totals[count][0])] for name, count in used.items()}
    return rows | {"watch.totals": state.totals}


def from_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> WatchState:
    """The inverse of `to_arrays`: the same state, with a little room to grow.

    Raises LogDamaged where a record has other fields than ours: a snapshot of another version.
    """
    for name, kind in KINDS.items():
        if arrays[f"watch.{name}"].dtype != kind:
            raise LogDamaged(
                f"the snapshot's watch.{name} has other fields than this version's; "
                "move the snapshots away to have the journal judged again"
            )
    totals = np.array(arrays["watch.totals"], TOTALS)
    lines = int(max(totals["contracts"][0], totals["lines"][0]))
    timers = int(totals["timers"][0])  # stale ones too, so there may be more than twice the open calls
    state = new_state(max(1024, lines), max(1024, int(totals["slots_used"][0]), (timers + 1) // 2))
    for name in ("lines", "contracts", "open", "timers"):
        stored = arrays[f"watch.{name}"]
        getattr(state, name)[: stored.size] = stored
    return state._replace(totals=totals)


def bytes_per_line() -> int:
    """Bytes of state a line and its own contract take, open calls apart (budget: DESIGN §11)."""
    return LINE.itemsize + CONTRACT.itemsize
