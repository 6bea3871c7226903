"""The kernels of the table of calls (calls.py): look-up, admission, and how the table grows.

The table is many small ones, its segments (extendible hashing; Fagin et al., ACM TODS 4, 1979): the low bits of a key
say which, by way of a directory. A full segment forgets what is too old, or else is split in two; nothing else moves,
so that no call waits for a table to be built anew (decision 0018).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.identity.hashing import hash_bytes, mix
from sekisho.core.memory import address_of, prefetch
from sekisho.core.terms.instants import DAY_MS

NEW, MERGED, DUPLICATE, TOO_OLD, NO_LINE = range(5)
SEGMENT: Final = 4_096  # entries
SEGMENT_BITS: Final = 12
_FULL: Final = 2_253  # entries of a segment in use (0.55) when it must forget or be split
_ROOMY: Final = 1_638  # a segment is not split where forgetting leaves it no fuller than this (0.4)
_BRIM: Final = 4_000  # a segment of the last depth may become so full
LAST_DEPTH: Final = 24  # a directory of 64 MB, enough for 40 thousand million calls
KEY0, _KEY1, _META, _SPAN = range(4)
_DAY_SHIFT: Final = np.uint64(8)
_LANE: Final = np.uint64(0xD6E8FEB86659FD93)
_ENTRY_BYTES: Final = 32
_LENGTH_BITS: Final = np.uint64(22)
_LONGEST_S: Final = (1 << 22) - 1
SAME_START_MS: Final = 180_000  # sources differ by their clocks, and some write the answer as the start
AFTER_END_MS: Final = 2_000
MOST_OTHERS: Final = 1_000  # calls with one call_id; what more come are duplicates, for a look-up must stay short
AHEAD: Final = 16  # rows whose entries are asked for at once
SAID: Final = np.dtype([("place", np.int64), ("handle", np.int64), ("status", np.int8), ("told", np.uint8)], align=True)

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


@njit(cache=True)
def _span(start: int, end: int) -> Any:
    """Start (ms) and length (s, rounded up, plus one; 0 = the end is not told) of a call in one word."""
    seconds = 0 if end < start else min((end - start + 999) // 1_000 + 1, _LONGEST_S)
    return (np.uint64(start) << _LENGTH_BITS) | np.uint64(seconds)


@njit(cache=True)
def _is_same(span: Any, start: int) -> bool:
    """Whether a row that says its call began at `start` can be of the call with this span: a Call-ID may come again."""
    began = np.int64(span >> _LENGTH_BITS)
    seconds = np.int64(span & np.uint64(_LONGEST_S))
    if abs(start - began) > SAME_START_MS:
        return False
    return bool(seconds == 0 or start <= began + (seconds - 1) * 1_000 + AFTER_END_MS)


class Table(NamedTuple):
    """Where the calls are kept. `entries` u64 [place, 4], `handles` i64 [place]; a place is segment * SEGMENT + slot.

    `directory` u32: the segment by the low bits of a key, as many as `shape[DEPTH]`; `depths` u8, `counts` i32
    of each segment; `shape` i64: calls, segments, depth, entries of `changes` in use; `changes` u64 [n, 4]: entries as
    they became.
    """

    entries: U64
    handles: I64
    directory: npt.NDArray[np.uint32]
    depths: npt.NDArray[np.uint8]
    counts: npt.NDArray[np.int32]
    shape: I64
    changes: U64


CALLS, SEGMENTS, DEPTH, CHANGES = range(4)


@njit(cache=True)
def _first(table: Table, key0: Any) -> Any:
    """The first place at which a call with this key is looked for."""
    segment = np.uint64(table.directory[key0 & ((np.uint64(1) << np.uint64(table.shape[DEPTH])) - np.uint64(1))])
    return (segment << np.uint64(SEGMENT_BITS)) | (key0 >> np.uint64(64 - SEGMENT_BITS))


@njit(cache=True)
def _next(at: Any) -> Any:
    """The place after this one in its segment, which is a ring."""
    low = np.uint64(SEGMENT - 1)
    return (at & ~low) | ((at + np.uint64(1)) & low)


@njit(cache=True)
def _place(table: Table, key0: Any, key1: Any, start: int) -> int:
    """The entry of this call, or the free one where it would stand."""
    entries, at, others = table.entries, _first(table, key0), 0
    while entries[at, _META] != np.uint64(0):
        if entries[at, KEY0] == key0 and entries[at, _KEY1] == key1:
            if others == MOST_OTHERS or _is_same(entries[at, _SPAN], start):
                break
            others += 1
        at = _next(at)
    return int(at)


class Rows(NamedTuple):
    """The columns of a batch, as the kernel takes them; `address` is that of the first byte of `data`."""

    offsets: Any
    data: Any
    address: Any
    lines: Any
    incoming: Any
    bits: Any
    start: Any
    end: Any


@njit(cache=True, forceinline=True)
def key_of(address: Any, first: int, last: int, line: int, incoming: bool) -> tuple[Any, Any]:
    """The two lanes of the key of a call on `line` whose call_id is bytes first..last at `address`."""
    seed = np.uint64(np.int64(line) * 2 + np.int64(incoming))
    return hash_bytes(address, first, last, mix(_LANE, seed, _LANE))


@njit(cache=True)
def hash_rows(table: Table, first: int, keys: Any, rows: Rows) -> int:
    """The keys of up to AHEAD rows from `first`; asks for their entries, so that memory is read all at once."""
    last = min(first + AHEAD, rows.lines.size)
    entries = address_of(table.entries)
    for row in range(first, last):
        begin, end = rows.offsets[row], rows.offsets[row + 1]
        key0, key1 = key_of(rows.address, begin, end, rows.lines[row], rows.incoming[row])
        keys[row - first, KEY0], keys[row - first, _KEY1] = key0, key1
        prefetch(entries + np.int64(_first(table, key0) * np.uint64(_ENTRY_BYTES)))
    return last


@njit(cache=True)
def has_room(table: Table, at: int) -> bool:
    """Whether the segment of this place can take one more call."""
    segment = at >> SEGMENT_BITS
    return bool(table.counts[segment] < (_BRIM if table.depths[segment] == LAST_DEPTH else _FULL))


@njit(cache=True)
def _note_change(table: Table, at: int) -> None:
    """Keep for the next snapshot what became of an entry."""
    if table.changes.shape[0] > 0:
        table.changes[table.shape[CHANGES]] = table.entries[at]
        table.shape[CHANGES] += 1


@njit(cache=True)
def admit(table: Table, first: int, rows: Rows, oldest: int, base: int, said: Any) -> int:
    """Look up rows `first` and on; returns the next row, for whose call there is no room unless it is the last one.

    A new call's handle is `base` + its row. `changes` has room for all rows, or none at all and is left alone.
    """
    entries, handles = table.entries, table.handles
    keys = np.empty((AHEAD, 2), np.uint64)
    begun = ended = first
    for row in range(first, rows.lines.size):
        if row == ended:
            begun = row
            ended = hash_rows(table, row, keys, rows)
        answer = said[row]
        if rows.lines[row] < 0:
            answer.status = NO_LINE
            continue
        if rows.start[row] < oldest:
            answer.status = TOO_OLD
            continue
        key0, key1 = keys[row - begun, KEY0], keys[row - begun, _KEY1]
        at = _place(table, key0, key1, rows.start[row])
        meta = entries[at, _META]
        bit = np.uint64(rows.bits[row])
        answer.told = np.uint8(meta & np.uint64(0xFF))
        if meta == np.uint64(0):
            if not has_room(table, at):
                answer.place = at
                return row
            table.shape[CALLS] += 1
            table.counts[at >> SEGMENT_BITS] += 1
            entries[at, KEY0], entries[at, _KEY1] = key0, key1
            entries[at, _META] = (np.uint64(rows.start[row] // DAY_MS) << _DAY_SHIFT) | bit
            entries[at, _SPAN] = _span(rows.start[row], rows.end[row])
            handles[at] = base + row if base >= 0 else -1
            answer.status = NEW
            _note_change(table, at)
        elif meta & bit:
            answer.status = DUPLICATE
        else:
            entries[at, _META] = meta | bit
            if rows.end[row] >= rows.start[row]:
                entries[at, _SPAN] = _span(np.int64(entries[at, _SPAN] >> _LENGTH_BITS), rows.end[row])
            answer.status = MERGED
            _note_change(table, at)
        answer.place = at
        answer.handle = handles[at]
    return rows.lines.size


@njit(cache=True)
def _forgotten(meta: Any, handle: int, oldest_day: int) -> bool:
    """Whether an entry is free, or its call too old to come again and not open.

    A day more than the horizon: a row may say that its call began a little later than the first one said.
    """
    return bool(meta == np.uint64(0) or (np.int64(meta >> _DAY_SHIFT) < oldest_day - 1 and handle < 0))


@njit(cache=True)
def make_room(table: Table, at: int, key0: Any, oldest_day: int, moved: Any) -> None:
    """Make room in the segment of place `at`, to which `key0` belongs: forget what is too old, or split it.

    `moved` i64 [SEGMENT]: the new place of what stood in each slot, -1 = forgotten or empty.
    """
    segment = at >> SEGMENT_BITS
    begin, low = segment << SEGMENT_BITS, SEGMENT - 1
    old, handles = table.entries[begin : begin + SEGMENT].copy(), table.handles[begin : begin + SEGMENT].copy()
    table.entries[begin : begin + SEGMENT] = np.uint64(0)
    table.handles[begin : begin + SEGMENT] = -1
    kept = empty = 0
    for slot in range(SEGMENT):
        kept += not _forgotten(old[slot, _META], handles[slot], oldest_day)
        if old[slot, _META] == np.uint64(0):
            empty = slot
    table.shape[CALLS] -= table.counts[segment] - kept
    table.counts[segment] = 0
    if kept > _ROOMY and table.depths[segment] < LAST_DEPTH:
        _split(table, segment, key0)
    for step in range(SEGMENT):  # begun behind an empty slot, so that calls with one key stay in their order
        slot = (empty + step) & low
        moved[slot] = -1
        if not _forgotten(old[slot, _META], handles[slot], oldest_day):
            place = _first(table, old[slot, KEY0])
            while table.entries[place, _META] != np.uint64(0):
                place = _next(place)
            table.entries[place] = old[slot]
            table.handles[place] = handles[slot]
            table.counts[np.int64(place) >> SEGMENT_BITS] += 1
            moved[slot] = place


@njit(cache=True)
def _split(table: Table, segment: int, key0: Any) -> None:
    """Let half of the keys of an emptied segment lead to a new one."""
    depth, new = np.int64(table.depths[segment]), table.shape[SEGMENTS]
    table.shape[SEGMENTS] += 1
    if depth == table.shape[DEPTH]:
        size = 1 << depth
        table.directory[size : 2 * size] = table.directory[:size]
        table.shape[DEPTH] += 1
    table.depths[segment] = table.depths[new] = depth + 1
    table.handles[new << SEGMENT_BITS : (new + 1) << SEGMENT_BITS] = -1
    first = np.int64(key0 & np.uint64((1 << depth) - 1)) | (1 << depth)
    for index in range(first, 1 << table.shape[DEPTH], 1 << (depth + 1)):
        table.directory[index] = new


@njit(cache=True)
def follow(said: Any, rows: int, segment: int, moved: Any) -> None:
    """The first rows of a batch learn where the calls of a segment have gone."""
    for row in range(rows):
        answer = said[row]
        if answer.status <= DUPLICATE and answer.place >> SEGMENT_BITS == segment:
            answer.place = moved[answer.place & (SEGMENT - 1)]


@njit(cache=True)
def in_use(table: Table, first: int, last: int, out: Any) -> int:
    """Copy the entries in use of segments first..last to `out`, calls with one key in their order; how many."""
    filled = 0
    for segment in range(first, last):
        begin, empty = segment << SEGMENT_BITS, 0
        while table.entries[begin + empty, _META] != np.uint64(0):
            empty += 1
        for step in range(SEGMENT):
            at = begin + ((empty + step) & (SEGMENT - 1))
            if table.entries[at, _META] != np.uint64(0):
                out[filled] = table.entries[at]
                filled += 1
    return filled


@njit(cache=True)
def _find(table: Table, entry: Any) -> int:
    """The place of this very call, or the free one where it would stand."""
    at = _first(table, entry[KEY0])
    while table.entries[at, _META] != np.uint64(0):
        found = table.entries[at]
        if (
            found[KEY0] == entry[KEY0]
            and found[_KEY1] == entry[_KEY1]
            and found[_SPAN] >> _LENGTH_BITS == entry[_SPAN] >> _LENGTH_BITS
        ):
            break
        at = _next(at)
    return int(at)


@njit(cache=True)
def spread(table: Table, depth: int) -> None:
    """Give an empty table 2^depth segments, so that what is put into it is not split again and again."""
    table.shape[SEGMENTS], table.shape[DEPTH] = 1 << depth, depth
    table.handles[: SEGMENT << depth] = -1
    for segment in range(1 << depth):
        table.directory[segment] = segment
        table.depths[segment] = depth


@njit(cache=True, nogil=True)
def put(table: Table, stored: Any, moved: Any) -> None:
    """Take in entries of a snapshot; a later one of the same call replaces the one before."""
    entries = address_of(table.entries)
    for row in range(stored.shape[0]):
        if row + AHEAD < stored.shape[0]:
            prefetch(entries + np.int64(_first(table, stored[row + AHEAD, KEY0]) * np.uint64(_ENTRY_BYTES)))
        at = _find(table, stored[row])
        if table.entries[at, _META] == np.uint64(0):
            while not has_room(table, at):
                make_room(table, at, stored[row, KEY0], -(1 << 40), moved)
                at = _find(table, stored[row])
            table.shape[CALLS] += 1
            table.counts[at >> SEGMENT_BITS] += 1
        table.entries[at] = stored[row]


@njit(cache=True)
def find_all(table: Table, wanted: Any, places: Any) -> None:
    """The places of these very calls."""
    for row in range(wanted.shape[0]):
        places[row] = _find(table, wanted[row])
