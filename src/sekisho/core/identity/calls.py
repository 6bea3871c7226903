"""Calls by identity: has this call been told before, and which events of it?

One call is (company, line, direction, call_id). Each of its three events is taken once from charging sources and once
from evidence sources; a repeat is a duplicate. Calls are remembered for HORIZON_DAYS; older records are too old.
The source is not part of the key: that is how two sources that report one call (same Call-ID) are told to be one. A
call_id may come again, in another call: one that began more than SAME_START_MS apart, or after the first had ended.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit, types

from sekisho.core.identity.hashing import hash_bytes, mix
from sekisho.core.memory import element_reader, prefetch
from sekisho.core.terms.instants import DAY_MS

HORIZON_DAYS: Final = 40
NEW, MERGED, DUPLICATE, TOO_OLD, NO_LINE = range(5)
_FULL: Final = 0.55
_ROOMY: Final = 0.4  # a table is not grown where forgetting leaves it no fuller than this
_KEY0, _KEY1, _META, _SPAN = range(4)
_FIELDS: Final = 4
_word_at = element_reader(types.uint64)
_DAY_SHIFT: Final = np.uint64(8)
_LANE: Final = np.uint64(0xD6E8FEB86659FD93)
_ENTRY_BYTES: Final = 32
_LENGTH_BITS: Final = np.uint64(22)
_LONGEST_S: Final = (1 << 22) - 1
SAME_START_MS: Final = 180_000  # sources differ by their clocks, and some write the answer as the start
AFTER_END_MS: Final = 2_000
MOST_OTHERS: Final = 1_000  # calls with one call_id; what more come are duplicates, for a look-up must stay short
AHEAD: Final = 16  # rows whose entries are asked for at once
_SAID: Final = np.dtype(
    [("place", np.int64), ("handle", np.int64), ("status", np.int8), ("told", np.uint8)], align=True
)

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


@njit(cache=True)
def _place(entries: int, mask: int, key0: Any, key1: Any, start: int) -> int:
    """The entry (of the table at an address) of this call, or the free one where it would stand."""
    at = np.int64(key0 & np.uint64(mask))
    others = 0
    while _word_at(entries, _FIELDS * at + _META) != np.uint64(0):
        if _word_at(entries, _FIELDS * at + _KEY0) == key0 and _word_at(entries, _FIELDS * at + _KEY1) == key1:
            if others == MOST_OTHERS or _is_same(_word_at(entries, _FIELDS * at + _SPAN), start):
                break
            others += 1
        at = (at + 1) & mask
    return int(at)


class _Rows(NamedTuple):
    """The columns of a batch, as the kernel takes them; `address` is that of the first byte of `data`."""

    offsets: Any
    data: Any
    address: Any
    lines: Any
    incoming: Any
    bits: Any
    start: Any
    end: Any


@njit(cache=True)
def key_of(address: Any, first: int, last: int, line: int, incoming: bool) -> tuple[Any, Any]:
    """The two lanes of the key of a call on `line` whose call_id is bytes first..last at `address`."""
    seed = np.uint64(np.int64(line) * 2 + np.int64(incoming))
    return hash_bytes(address, first, last, mix(_LANE, seed, _LANE))


@njit(cache=True)
def _hash_rows(entries: Any, first: int, keys: Any, rows: _Rows) -> int:
    """The keys of up to AHEAD rows from `first`; asks for their entries, so that memory is read all at once."""
    last = min(first + AHEAD, rows.lines.size)
    mask = np.uint64(entries.shape[0] - 1)
    table = entries.ctypes.data
    for row in range(first, last):
        begin, end = rows.offsets[row], rows.offsets[row + 1]
        key0, key1 = key_of(rows.address, begin, end, rows.lines[row], rows.incoming[row])
        keys[row - first, _KEY0], keys[row - first, _KEY1] = key0, key1
        prefetch(table + np.int64((key0 & mask) * np.uint64(_ENTRY_BYTES)))
    return last


@njit(cache=True)
def _admit(
    entries: Any, handles: Any, count: int, limit: int, first: int, rows: _Rows, oldest: int, base: int, said: Any
) -> tuple[int, int]:
    """Look up rows `first` and on; returns (next row, calls known). A new call's handle is `base` + its row."""
    keys = np.empty((AHEAD, 2), np.uint64)
    table = np.int64(entries.ctypes.data)
    begun = ended = first
    for row in range(first, rows.lines.size):
        if row == ended:
            begun = row
            ended = _hash_rows(entries, row, keys, rows)
        answer = said[row]
        if rows.lines[row] < 0:
            answer.status = NO_LINE
            continue
        if rows.start[row] < oldest:
            answer.status = TOO_OLD
            continue
        key0, key1 = keys[row - begun, _KEY0], keys[row - begun, _KEY1]
        at = _place(table, entries.shape[0] - 1, key0, key1, rows.start[row])
        meta = entries[at, _META]
        bit = np.uint64(rows.bits[row])
        answer.told = np.uint8(meta & np.uint64(0xFF))
        if meta == np.uint64(0):
            if count >= limit:
                return row, count
            count += 1
            entries[at, _KEY0], entries[at, _KEY1] = key0, key1
            entries[at, _META] = (np.uint64(rows.start[row] // DAY_MS) << _DAY_SHIFT) | bit
            entries[at, _SPAN] = _span(rows.start[row], rows.end[row])
            handles[at] = base + row if base >= 0 else -1
            answer.status = NEW
        elif meta & bit:
            answer.status = DUPLICATE
        else:
            entries[at, _META] = meta | bit
            if rows.end[row] >= rows.start[row]:
                entries[at, _SPAN] = _span(np.int64(entries[at, _SPAN] >> _LENGTH_BITS), rows.end[row])
            answer.status = MERGED
        answer.place = at
        answer.handle = handles[at]
    return rows.lines.size, count


@njit(cache=True)
def _forgotten(meta: Any, handle: int, oldest_day: int) -> bool:
    """Whether an entry is free, or its call too old to come again and not open."""
    return bool(meta == np.uint64(0) or (np.int64(meta >> _DAY_SHIFT) < oldest_day and handle < 0))


@njit(cache=True)
def _remembered(entries: Any, handles: Any, oldest_day: int) -> int:
    kept = 0
    for entry in range(entries.shape[0]):
        kept += not _forgotten(entries[entry, _META], handles[entry], oldest_day)
    return kept


@njit(cache=True)
def _free(entries: Any, key0: Any) -> int:
    mask = np.uint64(entries.shape[0] - 1)
    at = key0 & mask
    while entries[at, _META] != np.uint64(0):
        at = (at + np.uint64(1)) & mask
    return int(at)


@njit(cache=True)
def _rehash(old: Any, handles: Any, new: Any, new_handles: Any, oldest_day: int) -> int:
    kept = 0
    for entry in range(old.shape[0]):
        if _forgotten(old[entry, _META], handles[entry], oldest_day):
            continue
        at = _free(new, old[entry, _KEY0])
        new[at] = old[entry]
        new_handles[at] = handles[entry]
        kept += 1
    return kept


class Admission:
    """What `CallTable.admit` says of a batch, one entry a row.

    `status` i8: NEW, MERGED (a further event of a known call), DUPLICATE, TOO_OLD or NO_LINE; `place` i64: the call's
    entry in the table, valid until the table grows; `handle` i64: the handle the call was given when it was new; `told`
    u8: the event bits told of the call before this row.
    """

    def __init__(self, rows: int) -> None:
        self.said: npt.NDArray[np.void] = np.zeros(rows, _SAID)
        self.status: npt.NDArray[np.int8] = self.said["status"]
        self.place: I64 = self.said["place"]
        self.handle: I64 = self.said["handle"]
        self.told: npt.NDArray[np.uint8] = self.said["told"]


class _Row:
    """A batch of one row, made once and filled again for every call: making eight arrays costs more than a look-up."""

    def __init__(self, longest: int) -> None:
        self.text = np.zeros(longest, np.uint8)
        self.rows = _Rows(
            np.zeros(2, np.int32),
            self.text,
            np.uint64(self.text.ctypes.data),
            np.zeros(1, np.int32),
            np.zeros(1, np.bool_),
            np.zeros(1, np.uint8),
            np.zeros(1, np.int64),
            np.zeros(1, np.int64),
        )
        self.said = np.zeros(1, _SAID)


class CallTable:
    """The calls of the last HORIZON_DAYS, as 128-bit keys, with the events told of each."""

    def __init__(self) -> None:
        self.count = 0
        self._row = _Row(256)
        self.handles: I64 = np.full(4096, -1, np.int64)
        self._entries: U64 = np.zeros((4096, 4), np.uint64)

    def make_room(self, calls: int, oldest: int) -> None:
        """Make sure that so many further calls fit without growing; drops calls that began before `oldest` (ms)."""
        if self.count + calls > int(self._entries.shape[0] * _FULL):
            self._grow(calls, oldest)

    def _grow(self, calls: int, oldest: int) -> None:
        """Forget what is too old, and grow the table only if that does not leave room enough."""
        size = self._entries.shape[0]
        wanted = _remembered(self._entries, self.handles, oldest // DAY_MS) + calls
        while wanted > int(size * _ROOMY):
            size *= 2
        entries = np.empty(
            (size, 4), np.uint64
        )  # numpy asks for huge pages for `empty`, not for `zeros`: faster look-ups
        entries.fill(0)
        handles = np.full(size, -1, np.int64)
        self.count = _rehash(self._entries, self.handles, entries, handles, oldest // DAY_MS)
        self._entries, self.handles = entries, handles

    def admit(
        self,
        call_id: pa.StringArray,
        lines: npt.NDArray[np.int32],
        incoming: npt.NDArray[np.bool_],
        bits: npt.NDArray[np.uint8],
        start: I64,
        end: I64,
        oldest: int,
        base: int = -1,
    ) -> Admission:
        """Take note of a batch of events. `bits` has one bit set a row: the event (1, 2, 4; times 8 from evidence).

        `oldest` (ms): calls that began before it are TOO_OLD. `base` ≥ 0: a new call's handle is base + its row;
        else -1, for the caller to set in `handles[place]`. `start`, `end`: ms; an end before the start is not told.
        """
        answer = Admission(lines.size)
        offsets = np.frombuffer(call_id.buffers()[1], np.int32)[call_id.offset : call_id.offset + lines.size + 1]
        body = call_id.buffers()[2]
        data = np.frombuffer(body, np.uint8) if body is not None and body.size else np.zeros(1, np.uint8)
        rows = _Rows(offsets, data, np.uint64(data.ctypes.data), lines, incoming, bits, start, end)
        done = 0
        while done < lines.size:
            limit = int(self._entries.shape[0] * _FULL)
            done, self.count = _admit(
                self._entries, self.handles, self.count, limit, done, rows, oldest, base, answer.said
            )
            if done < lines.size:
                self._grow(lines.size - done, oldest)
        return answer

    def admit_one(self, call_id: bytes, line: int, bit: int, start: int, end: int, oldest: int) -> tuple[int, int, int]:
        """`admit` for one event of an outgoing call, quickly: (status, place, told)."""
        if len(call_id) > self._row.text.size:
            self._row = _Row(2 * len(call_id))
        row = self._row
        row.text[: len(call_id)] = np.frombuffer(call_id, np.uint8)
        row.rows.offsets[1] = len(call_id)
        row.rows.lines[0], row.rows.bits[0] = line, bit
        row.rows.start[0], row.rows.end[0] = start, end
        limit = int(self._entries.shape[0] * _FULL)
        done = 0
        while True:
            done, self.count = _admit(self._entries, self.handles, self.count, limit, 0, row.rows, oldest, -1, row.said)
            if done:
                place, _, status, told = row.said[0].item()
                return status, place, told
            self._grow(1, oldest)
            limit = int(self._entries.shape[0] * _FULL)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """For a snapshot: the entries in use only."""
        used = self._entries[:, _META] != 0
        return {"calls.entries": self._entries[used], "calls.handles": self.handles[used]}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> CallTable:
        """The inverse of `to_arrays`."""
        stored = np.ascontiguousarray(arrays["calls.entries"])
        table = cls()
        size = 4096
        while stored.shape[0] > int(size * _FULL):
            size *= 2
        table._entries = np.zeros((size, 4), np.uint64)
        table.handles = np.full(size, -1, np.int64)
        handles = np.ascontiguousarray(arrays["calls.handles"])
        table.count = _rehash(stored, handles, table._entries, table.handles, -(1 << 40))
        return table
