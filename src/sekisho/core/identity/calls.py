"""Calls by identity: has this call been told before, and which events of it?

One call is (company, line, direction, call_id). Each of its three events is taken once from charging sources and once
from evidence sources; a repeat is a duplicate. Calls are remembered for HORIZON_DAYS; older records are too old.
The source is not part of the key: that is how two sources that report one call (same Call-ID) are told to be one. A
call_id may come again, in another call: one that began more than SAME_START_MS apart, or after the first had ended.

Entries are the rows of the table (segments.py): two words of key, the day and the events told, start and length.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.identity.segments import (
    AHEAD,
    CALLS,
    CHANGES,
    DUPLICATE,
    I64,
    KEY0,
    LAST_DEPTH,
    MERGED,
    NEW,
    NO_LINE,
    SAID,
    SEGMENT,
    SEGMENT_BITS,
    SEGMENTS,
    TOO_OLD,
    U64,
    Rows,
    Table,
    admit,
    find_all,
    follow,
    has_room,
    hash_rows,
    in_use,
    make_room,
    put,
    spread,
)
from sekisho.core.reserved import reserve
from sekisho.core.terms.instants import DAY_MS

__all__ = ["DUPLICATE", "HORIZON_DAYS", "MERGED", "NEW", "NO_LINE", "SEGMENT", "TOO_OLD", "Admission", "CallTable"]

HORIZON_DAYS: Final = 40
_MOST: Final = 1 << 20  # segments for which there is address space
_EXPECTED: Final = 2_048  # calls a segment, so that hardly one is full
_CHANGES: Final = 16_384  # kept in one piece


class Admission:
    """What `CallTable.admit` says of a batch, one entry a row.

    `status` i8: NEW, MERGED (a further event of a known call), DUPLICATE, TOO_OLD or NO_LINE; `place` i64: the call's
    entry in the table, valid until others are admitted; `handle` i64: the handle the call was given when it was new;
    `told` u8: the event bits told of the call before this row.
    """

    def __init__(self, rows: int) -> None:
        self.said: npt.NDArray[np.void] = np.zeros(rows, SAID)
        self.status: npt.NDArray[np.int8] = self.said["status"]
        self.place: I64 = self.said["place"]
        self.handle: I64 = self.said["handle"]
        self.told: npt.NDArray[np.uint8] = self.said["told"]


class _Row:
    """A batch of one row, made once and filled again for every call: making eight arrays costs more than a look-up."""

    def __init__(self, longest: int) -> None:
        self.text = np.zeros(longest, np.uint8)
        self.rows = Rows(
            np.zeros(2, np.int32),
            self.text,
            np.uint64(self.text.ctypes.data),
            np.zeros(1, np.int32),
            np.zeros(1, np.bool_),
            np.zeros(1, np.uint8),
            np.zeros(1, np.int64),
            np.zeros(1, np.int64),
        )
        self.said = np.zeros(1, SAID)


class CallTable:
    """The calls of the last HORIZON_DAYS, as 128-bit keys, with the events told of each."""

    def __init__(self, *, kept: bool = False) -> None:
        """`kept`: note what changes, for `take_changes`; whoever asks for that takes them now and then."""
        self._row, self._kept = _Row(256), kept
        self.handles: I64 = reserve(np.int64, _MOST * SEGMENT)
        self.handles[:SEGMENT] = -1
        self._table = Table(
            reserve(np.uint64, _MOST * SEGMENT * 4).reshape(-1, 4),
            self.handles,
            reserve(np.uint32, 1 << LAST_DEPTH),
            reserve(np.uint8, _MOST),
            reserve(np.int32, _MOST),
            np.array([0, 1, 0, 0], np.int64),
            np.zeros((_CHANGES if kept else 0, 4), np.uint64),
        )
        self._changes: list[U64] = []
        self._moved: list[tuple[I64, I64]] = []

    @property
    def count(self) -> int:
        """How many calls are remembered."""
        return int(self._table.shape[CALLS])

    @property
    def segments(self) -> int:
        """How many segments there are, of SEGMENT entries each."""
        return int(self._table.shape[SEGMENTS])

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
        rows = Rows(offsets, data, np.uint64(data.ctypes.data), lines, incoming, bits, start, end)
        self._admit(rows, oldest, base, answer.said)
        return answer

    def _admit(self, rows: Rows, oldest: int, base: int, said: npt.NDArray[np.void]) -> None:
        if self._kept:
            self._make_room_for_changes(rows.lines.size)
        done = 0
        while (done := admit(self._table, done, rows, oldest, base, said)) < rows.lines.size:
            at = int(said["place"][done])
            self._make_room(at, done, rows, oldest, said)
            if self._table.depths[at >> SEGMENT_BITS] == LAST_DEPTH and not has_room(self._table, at):
                said["status"][done], said["place"][done] = DUPLICATE, -1  # Call-IDs that were made to collide
                done += 1

    def _make_room(self, at: int, row: int, rows: Rows, oldest: int, said: npt.NDArray[np.void]) -> None:
        """Make room for the call in `row`, which would stand at `at`."""
        keys, moved = np.empty((AHEAD, 2), np.uint64), np.empty(SEGMENT, np.int64)
        hash_rows(self._table, row, keys, rows)
        make_room(self._table, at, keys[0, KEY0], oldest // DAY_MS, moved)
        follow(said, row, at >> SEGMENT_BITS, moved)
        held = moved[moved >= 0]
        held = held[self.handles[held] >= 0]
        if self._kept and held.size:
            self._moved.append((self.handles[held], held))

    def take_moved(self) -> list[tuple[I64, I64]]:
        """Handles, and the places of their calls that have moved since the last time; later ones count."""
        moved, self._moved = self._moved, []
        return moved

    def admit_one(self, call_id: bytes, line: int, bit: int, start: int, end: int, oldest: int) -> tuple[int, int, int]:
        """`admit` for one event of an outgoing call, quickly: (status, place, told)."""
        if len(call_id) > self._row.text.size:
            self._row = _Row(2 * len(call_id))
        row = self._row
        row.text[: len(call_id)] = np.frombuffer(call_id, np.uint8)
        row.rows.offsets[1] = len(call_id)
        row.rows.lines[0], row.rows.bits[0] = line, bit
        row.rows.start[0], row.rows.end[0] = start, end
        self._admit(row.rows, oldest, -1, row.said)
        place, _, status, told = row.said[0].item()
        return status, place, told

    def _make_room_for_changes(self, rows: int) -> None:
        used = int(self._table.shape[CHANGES])
        if used + rows > self._table.changes.shape[0]:
            self._changes.append(self._table.changes[:used])
            self._table = self._table._replace(changes=np.empty((max(rows, _CHANGES), 4), np.uint64))
            self._table.shape[CHANGES] = 0

    def take_changes(self) -> list[U64]:
        """Entries (u64 [n, 4]) as they became since the last time, in order; nothing is copied."""
        if not self._kept:
            return []
        used = int(self._table.shape[CHANGES])
        changes, self._changes = [*self._changes, self._table.changes[:used]], []
        self._table = self._table._replace(changes=np.empty((_CHANGES, 4), np.uint64))
        self._table.shape[CHANGES] = 0
        return [each for each in changes if each.size]

    def entries_of(self, first: int, last: int) -> U64:
        """Copies of the entries (u64 [n, 4]) of segments first..last that are in use."""
        last = min(last, self.segments)
        out = np.empty((int(self._table.counts[first:last].sum()), 4), np.uint64)
        in_use(self._table, first, last, out)
        return out

    def entries_at(self, places: I64) -> U64:
        """The entries (u64 [n, 4]) of calls."""
        return self._table.entries[places]

    def expect(self, calls: int) -> None:
        """Make an empty table large enough for so many calls, of which `put` tells."""
        depth = 0
        while calls > (_EXPECTED << depth) and depth < LAST_DEPTH:
            depth += 1
        spread(self._table, depth)

    def put(self, stored: U64) -> None:
        """Take in entries that `entries_of` or `take_changes` gave, in their order; none of them has a handle."""
        put(self._table, np.ascontiguousarray(stored), np.empty(SEGMENT, np.int64))

    def places_of(self, stored: U64) -> I64:
        """The places of the calls whose entries these are."""
        places = np.empty(stored.shape[0], np.int64)
        find_all(self._table, np.ascontiguousarray(stored), places)
        return places
