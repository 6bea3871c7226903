"""What the watch remembers: one record a line, a contract, an open call; and the timers. Nothing else is state.

Records, not columns: one event touches nearly every field of its line, and a record is two or three cache lines.
A line that never calls abroad has no habit abroad to remember: ABROAD is a record of its own, taken from a pool at the
line's first international call. places.py: what is remembered of blocks of numbers and countries, whoever calls them.
A line belongs to one contract (its own, until a `lines` message says otherwise). An open call is a slot in a pool; the
slots of one contract are a doubly linked list, so that the cost of its calls in progress can be summed whenever
something happens on it, and those of all contracts another, oldest first, so that a call whose end never comes expires.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.core.reserved import longer, reserve
from sekisho.core.terms.instants import NEVER
from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch.places import new_places

COUNTRIES_REMEMBERED: Final = 8
NUMBERS_KEPT: Final = 24  # numbers abroad that have proved themselves
NUMBERS_FRESH: Final = 8  # and those called lately
EVIDENCES: Final = 18  # the order of evidence/catalogue.py
HYPOTHESES: Final = 3  # the fast and the slow thief, and an odd but honest burst
DAY_BUCKETS: Final = 9  # eight of three hours make a day; the ninth is the one being filled
BUCKET_MS: Final = 3 * 3_600_000
PIECES: Final = 5  # of a month: six days each, the last one what is left
PIECE_DAYS: Final = 6
COUNTRY_WORDS: Final = 27
FAR: Final = 1 << 62
NONE: Final = -1
CALL_ID_BYTES: Final = 96

I64 = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]
Record = Any  # one row of Records inside a kernel: its fields are attributes

LINE: Final = np.dtype(
    [
        ("held_until", np.int64),
        ("asked_until", np.int64),
        ("alerted_at", np.int64),
        ("incoming_since", np.int64),  # since when there has always been an incoming call in progress
        ("signalled_at", np.int64),  # last signal from the customer's PBX
        ("contract", np.int32),
        ("abroad", np.int32),  # row of ABROAD, NONE = has not called abroad
        ("suspect_block", np.int32),  # 1 + row of the block that made it suspect (suspects.py); 0 = it is not
        ("held_country", np.int16),  # scope of the hold: 0 = all international, else a country
        ("asked_country", np.int16),
        ("incoming", np.int16),  # incoming calls in progress
        ("company", np.int16),  # a small number for the line's company
        ("signal", np.int16),  # its strength in hundredths of a nat
        ("suspect_country", np.int16),  # that made it suspect; 0 = it is not
    ],
    align=True,
)
# What is remembered of a line's calls abroad. A minute is a minute since 1970, an hour the low 16 bits of one.
ABROAD: Final = np.dtype(
    [
        ("at", np.int64),  # instant to which what is recent has faded
        ("counted_at", np.int64),  # instant to which what was learnt has faded
        ("last_digits", np.int64),  # the number called last, as an integer
        ("country_since", np.int32, (COUNTRIES_REMEMBERED,)),  # minute of the first call to that country
        ("country_calls", np.float32, (COUNTRIES_REMEMBERED,)),  # honest calls to it, fading
        ("country", np.int16, (COUNTRIES_REMEMBERED,)),  # 0 = free
        ("kept", np.uint16, (NUMBERS_KEPT,)),  # hash; 0 = free
        ("number", np.uint32, (NUMBERS_FRESH,)),  # hash; 0 = free
        ("number_since", np.uint16, (NUMBERS_FRESH,)),  # hour of the first call to it
        ("calls", np.float32, (4,)),  # honest international calls by part of the week, fading
        ("score", np.float32, (HYPOTHESES,)),  # nats, free of labels
        ("shares", np.float32, (EVIDENCES,)),  # nats, adding up to the likelier thief's score
        # Recent, fading: number of ..., by the time in which 1/e is left
        ("calls_2m", np.float32),
        ("calls_15m", np.float32),
        ("calls_2h", np.float32),
        ("calls_day", np.float32),
        ("fresh_15m", np.float32),  # calls to numbers not called before
        ("fresh_day", np.float32),
        ("missed_2h", np.float32),  # calls that ended without an answer
        ("walked_2h", np.float32),  # calls to a number beside the last one
        ("prefixed_2h", np.float32),  # calls to the last number behind another prefix
        ("through_day", np.float32),  # calls spanned by an incoming one
        ("probes_2d", np.float32),  # short answered calls to new numbers
        ("young_calls", np.float32),  # calls to countries on probation (36 h)
        ("young_numbers", np.float32),  # ... to numbers not called before
        ("young_spend", np.float32),  # yen
        ("spend_2h", np.float32),  # yen of finished calls abroad
        ("spend_day", np.float32),
        ("talk", np.float32),  # mean of the logarithm of the last talk times (s)
        ("talk_square", np.float32),
        ("fresh_usual", np.float32),  # share of honest calls to numbers not called before
        ("talk_usual", np.float32),  # mean of the logarithm of honest talk times
        # The line's usual most, and the most since the last look at it
        ("usual_hours", np.float32),  # of calls_2h
        ("usual_calls", np.float32),  # of calls_day
        ("usual_spend", np.float32),
        ("usual_open", np.float32),
        ("peak_hours", np.float32),
        ("peak_calls", np.float32),
        ("peak_spend", np.float32),
        ("opened", np.float32),  # countries opened, fading
        ("dear", np.float32),  # dearest yen a minute among the countries it knows
        ("peak_since", np.int32),  # minute
        ("first_minute", np.int32),  # its first call abroad; of a free row, the next free one
        ("said_minute", np.int32),  # last ask or hold
        ("line", np.int32),  # NONE = free row
        ("open", np.int16),  # international calls in progress
        ("redials", np.int16),  # how often in a row the same number was called
        ("peak_open", np.int16),
        ("talks", np.uint8),  # how many talks there were, MOST_TALKS at most
        ("next_places", np.uint8),  # 8 x the place of `kept` that is written next, and that of `number`
    ],
    align=True,
)
# What every call touches stands in the first 64 bytes of its contract.
CONTRACT: Final = np.dtype(
    [
        ("month_spend", np.int64),  # milli-yen of finished calls in the billing month `month`
        ("last_spend", np.int64),  # milli-yen, the month before
        ("abroad_spend", np.int64),  # of `month_spend`, that of international calls
        ("armed_at", np.int64),  # the timer that counts for this contract; FAR = none
        ("bucket", np.int32),  # index of the youngest three hours
        ("open_head", np.int32),  # first open call
        ("agreed", np.int32),  # its row of AGREED; 0 = what the policy says
        ("lines", np.int32),  # how many lines it has
        ("month", np.int16),
        ("first_month", np.int16),  # the first month we have seen of it
        ("first_day", np.uint8),  # the day of that month, from 1
        ("told_multiple", np.uint8),  # how often the notice's rule has spoken in this month
        ("told_abroad", np.uint8),  # the same for international charges alone
        ("told_same_day", np.uint8),  # 1 = the rule `same_day_multiple` has spoken in this month
        ("told_limits", np.uint8),  # bits of the limits of a month that were told in it: rules' TOLD
        ("automatic_hold", np.uint8),  # terms with an automatic-hold clause are in force
        ("limited", np.uint8),  # bits: LIMITS_MONEY, LIMITS_CALLS
        ("stranger", np.uint8),  # 1 = first seen while the watch itself was new: an old customer, for all we know
        ("told_day", np.uint32),  # seconds since 1970 of the last alert of the daily limit; 0 = never
        ("abroad_last", np.int64),  # of `last_spend`, that of international calls
        ("day_spend", np.int64, (DAY_BUCKETS,)),  # [bucket modulo DAY_BUCKETS] milli-yen of finished calls
        ("course", np.uint32, (PIECES - 1,)),  # tenths of a yen by pieces of this month; the last piece is the rest
        ("last_course", np.uint32, (PIECES - 1,)),  # the same of the month before
    ],
    align=True,
)
LIMITS_MONEY: Final = 1  # a limit on money is agreed
LIMITS_CALLS: Final = 2  # a price ceiling, allowed countries, or a limit on calls at a time is agreed
# What few contracts have agreed on beside their terms. Row 0 is the policy's, for all that have no row of their own.
AGREED: Final = np.dtype(
    [
        ("daily_limit", np.int64),  # milli-yen, 0 = none; so are the next two
        ("monthly_limit", np.int64),
        ("international_monthly_limit", np.int64),
        ("price_ceiling", np.int64),  # milli-yen a minute, 0 = none
        ("countries", np.uint64, (COUNTRY_WORDS,)),  # one bit a country, see rules/allowed_countries.py
        ("following", np.int32),  # of a free row: the next free row, 0 = none
        ("concurrent_calls", np.int16),  # 0 = any number
        ("listed", np.uint8),  # 1 = only the countries in `countries` may be called
    ],
    align=True,
)
# What was seen of a call abroad when it began.
SIGHT: Final = np.dtype(
    [
        ("milliyen_a_minute", np.float32),
        ("country_hours", np.float32),  # since the line's first call to the country
        ("number_hours", np.float32),  # since its first call to the number; -1 = the first
        ("gap_s", np.float32),  # since the line's last call abroad
        ("block", np.float32),  # nats of the number block
        ("suspect_block", np.float32),  # other lines suspect because of the block
        ("opened_share", np.float32),  # log of the country's share of the countries that lines opened
        ("suspects_there", np.float32),  # other lines suspect because of the country
        ("suspects_share", np.float32),  # log of those beside the lines that opened it
        ("suspects_nats", np.float32),  # of the country
        ("suspects_all", np.float32),  # other suspect lines
        ("share", np.float32),  # the country's honest share
        ("week_an_hour", np.float32),  # honest calls abroad an hour, the whole week
        ("quieter", np.float32),  # log(whole week / this part of it)
        ("gain", np.float32),  # nats the call added to the label-free score
        ("country", np.int16),
        ("part", np.uint8),
        ("looks", np.uint8),  # how often the call in progress has been looked at again; NO_LOOKS = it is not
        ("valid", np.uint8),
        ("hot", np.uint8),
        ("through", np.uint8),  # an incoming call spans it
        ("quiet", np.uint8),  # an old habit: nothing to judge
    ],
    align=True,
)
NO_LOOKS: Final = 255
PROVED: Final = -2  # `asked_country` of a line whose caller has proved himself: it is not asked until `asked_until`
OPEN_CALL: Final = np.dtype(
    [
        ("sight", SIGHT),
        ("start", np.int64),
        ("answer", np.int64),  # NEVER while it rings
        ("number", np.uint64),
        ("price", np.int64, (PRICE_FIELDS,)),  # core/units.py; unit_ms 0 = costs nothing
        ("handle", np.int64),  # whoever keeps calls may put a handle here
        ("line", np.int32),  # NONE = free slot
        ("before", np.int32),
        ("after", np.int32),
        ("older", np.int32),  # of all open calls, the one that we were told of before this one
        ("younger", np.int32),
        ("international", np.uint8),
        ("watched", np.uint8),  # 1 = it is judged: international, and not told by evidence alone
    ],
    align=True,
)
TIMER: Final = np.dtype([("at", np.int64), ("contract", np.int64)], align=True)

PRICE: Final = np.dtype([("fields", np.int64, (PRICE_FIELDS,))])  # one row of a tariff's prices
# The slot of a call while it is open; NONE before and after; EXPIRED or less: its end never came (expiry.py).
SLOT: Final = np.dtype([("slot", np.int64)])
# Scalars that change.
TOTALS: Final = np.dtype(
    [
        ("lines", np.int64),
        ("contracts", np.int64),
        ("abroad", np.int64),  # rows of ABROAD in use, free ones included
        ("free_abroad", np.int64),  # first of its free rows, NONE = none
        ("agreed", np.int64),  # rows of AGREED in use, free ones and row 0 included
        ("free_agreed", np.int64),  # first of its free rows, 0 = none
        ("free_slot", np.int64),  # first of the free slots, NONE = all below slots_used are taken
        ("slots_used", np.int64),
        ("timers", np.int64),
        ("started", np.int64),
        ("ended", np.int64),
        ("expired", np.int64),  # calls whose end did not come in time
        ("oldest", np.int64),  # first and last in the order in which calls were told; NONE = none is open
        ("youngest", np.int64),
        ("begun", np.int64),  # the first instant the watch has seen
        ("now", np.int64),  # instant up to which the timers have spoken
    ]
)
# How many rows of each there can be; address space alone. Open calls and timers: 30 % of the lines at one instant.
_MOST: Final = {
    "lines": (LINE, 1 << 26),
    "abroad": (ABROAD, 1 << 26),
    "contracts": (CONTRACT, 1 << 26),
    "agreed": (AGREED, 1 << 24),
    "open": (OPEN_CALL, 1 << 24),
    "timers": (TIMER, 1 << 25),
}
MARKS: Final = {  # rows of the state → which of them have changed since a snapshot took them
    "lines": "line_marks",
    "abroad": "abroad_marks",
    "contracts": "contract_marks",
    "agreed": "agreed_marks",
    "open": "open_marks",
}
ROWS_AT_ONCE: Final = 4_096  # rows made in advance


class WatchState(NamedTuple):
    """All of it, as a kernel takes it. `*_marks` are u8, one a row: 1 = touched since a snapshot last took the row.

    The arrays are the first rows of reserved ones (core/reserved.py), so that they grow without being copied.
    """

    lines: Records
    abroad: Records
    blocks: Records  # BLOCKS of them, always
    countries: Records  # PLACES of each company, always
    contracts: Records
    agreed: Records
    open: Records
    timers: Records
    totals: Records  # one record of TOTALS
    line_marks: npt.NDArray[np.uint8]
    abroad_marks: npt.NDArray[np.uint8]
    contract_marks: npt.NDArray[np.uint8]
    agreed_marks: npt.NDArray[np.uint8]
    open_marks: npt.NDArray[np.uint8]


def _fresh(kind: np.dtype[np.void]) -> Records:
    """One row of which nothing is known."""
    row = np.zeros(1, kind)
    for name in ("held_until", "asked_until", "alerted_at", "incoming_since", "signalled_at", "answer"):
        if name in (kind.names or ()):
            row[name] = NEVER
    for name in ("month", "first_month", "open_head", "line", "before", "after", "older", "younger"):
        if name in (kind.names or ()):
            row[name] = NONE
    if kind == LINE:
        row["contract"] = row["abroad"] = NONE
    if kind == CONTRACT:
        row["armed_at"] = FAR
    return row


FRESH: Final = {kind: _fresh(kind) for kind in (LINE, ABROAD, CONTRACT, AGREED, OPEN_CALL, TIMER)}


def new_state(lines: int = 1024, open_calls: int = 1024) -> WatchState:
    """An empty state with room for so many lines and open calls; it grows when asked (`with_room`)."""
    totals = np.zeros(1, TOTALS)
    totals["free_slot"] = totals["free_abroad"] = totals["oldest"] = totals["youngest"] = NONE
    totals["now"] = totals["begun"] = NEVER
    totals["agreed"] = 1
    rooms = {name: reserve(kind, most)[:0] for name, (kind, most) in _MOST.items()}
    marks = {name: reserve(np.uint8, _MOST[rows][1])[:0] for rows, name in MARKS.items()}
    blocks, countries = new_places()
    empty = WatchState(**rooms, **marks, blocks=blocks, countries=countries, totals=totals)
    room = {"lines": lines, "abroad": max(lines // 4, 64), "agreed": 64, "open": open_calls, "timers": 2 * open_calls}
    return _with_rows(empty, room)


def _make_fresh(rows: Records) -> None:
    """Nothing is known of `rows`. Byte by byte: field by field takes three times as long."""
    width = rows.dtype.itemsize
    rows.view(np.uint8).reshape(rows.size, width)[:] = FRESH[rows.dtype].view(np.uint8)


def _longer(rows: Records, size: int) -> Records:
    """At least `size` rows, the further ones fresh."""
    if size <= rows.size:
        return rows
    grown = longer(rows, size)
    _make_fresh(grown[rows.size :])
    return grown


def _with_rows(state: WatchState, room: Mapping[str, int]) -> WatchState:
    """At least so many rows of each kind named (as many contracts as lines), the further ones fresh."""
    room = {**room, "contracts": room["lines"]}
    grown: dict[str, Any] = {name: _longer(getattr(state, name), size) for name, size in room.items()}
    return _with_marks(state._replace(**grown))


def _with_marks(state: WatchState) -> WatchState:
    """A mark for each row there is."""
    return state._replace(
        **{marks: longer(getattr(state, marks), getattr(state, rows).size) for rows, marks in MARKS.items()}
    )


def _room(size: int, wanted: int) -> int:
    """How many rows to have where `wanted` are needed: some in advance, never many, for all are made at once."""
    return size if wanted <= size else max(wanted, size + min(size, ROWS_AT_ONCE))


def with_room(state: WatchState, lines: int, open_calls: int, agreed: int = 1, abroad: int = 0) -> WatchState:
    """A state with room for at least so many lines (and contracts), open calls, rows of AGREED and of ABROAD.

    No row is copied or moved. Timers need one entry an open call at most, plus the stale ones: they get twice the open
    calls.
    """
    calls = _room(state.open.size, open_calls)
    room = {
        "lines": _room(state.lines.size, lines),
        "abroad": _room(state.abroad.size, abroad),
        "agreed": _room(state.agreed.size, agreed),
        "open": calls,
        "timers": max(state.timers.size, 2 * calls),
    }
    return _with_rows(state, room)


def filled(state: WatchState, rows: Mapping[str, int], totals: Records) -> WatchState:
    """A new state of so many `lines`, `abroad`, `contracts`, `agreed`, `open` calls and `timers`.

    The caller is about to write them. Rows for which there is room beyond those are fresh; no row is marked.
    """
    room = {name: max(getattr(state, name).size, count) for name, count in rows.items()}
    room["lines"] = room["contracts"] = max(room["lines"], room["contracts"])
    room["timers"] = max(room["timers"], 2 * room["open"])
    grown: dict[str, Any] = {}
    for name, size in room.items():
        grown[name] = longer(getattr(state, name), size)
        _make_fresh(grown[name][rows[name] :])
    state.totals[:] = totals
    return _with_marks(state._replace(**grown))


def touch(state: WatchState, **rows: int) -> None:
    """Mark rows that were changed outside the kernel, so that the next snapshot takes them.

    `rows`: `line`, `abroad`, `contract`, `agreed`, `open`; NONE marks nothing.
    """
    for name, row in rows.items():
        if row != NONE:
            getattr(state, f"{name}_marks")[row] = 1


def bytes_per_line(abroad_share: float = 0.3) -> float:
    """Bytes of state a line and its own contract take with their marks, where this share of lines calls abroad.

    Open calls, and what few have agreed on, apart (budget: DESIGN §11).
    """
    return LINE.itemsize + CONTRACT.itemsize + 2 + abroad_share * (ABROAD.itemsize + 1)
