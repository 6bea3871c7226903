"""All calls of a file before the judge sees the first of them: numbered, rated, and each of them once.

What the live judge does for each row as it comes, is a row of a known call, is done here for all rows at once: only
rows whose call_id comes again are looked at one by one (identity/repeats.py), with the same outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sekisho.core.identity.calls import MERGED, NEW, NO_LINE, CallTable
from sekisho.core.identity.repeats import call_keys, repeated
from sekisho.core.terms.instants import NEVER
from sekisho.core.watch.judged import CALL
from sekisho.core.watch.state import NONE, Records
from sekisho.flow.stages import Stages

I8 = npt.NDArray[np.int8]
I64 = npt.NDArray[np.int64]
_AT_ONCE: Final = 1 << 18  # rows told apart at once: their call_ids are copied together


@njit(cache=True)
def _merge(calls: Any, rows: Any, into: Any) -> None:
    """Fold later rows of a call into its first row."""
    for index in range(rows.size):
        later, call = calls[rows[index]], calls[into[index]]
        call.start = min(call.start, later.start)
        if call.answer == NEVER:
            call.answer = later.answer
        if call.end == NEVER and later.end != NEVER:
            call.end = later.end
        call.charge = max(call.charge, later.charge)
        if call.rate == NONE:
            call.rate = later.rate


@dataclass(slots=True)
class Loaded:
    """All rows: `calls` has the kernel's record of each, `status` what became of it (identity/calls.py).

    Rows that tell more of a call are MERGED, and folded into its first row, which is NEW.
    """

    calls: Records
    status: I8
    call_ids: pa.ChunkedArray
    line_texts: list[pa.Array]

    def texts_of(self, rows: I64) -> tuple[list[str], list[str]]:
        """call_id and line, as its input wrote it, of some rows."""
        ends = np.cumsum([0, *(len(chunk) for chunk in self.call_ids.chunks)])
        chunks = np.searchsorted(ends, rows, side="right") - 1
        places = list(zip(chunks.tolist(), (rows - ends[chunks]).tolist(), strict=True))
        ids = [self.call_ids.chunk(chunk)[place].as_py() for chunk, place in places]
        return ids, [self.line_texts[chunk][place].as_py() for chunk, place in places]


@dataclass(slots=True)
class _Room:
    """Rows as they come in."""

    calls: Records
    keys: npt.NDArray[np.uint64]
    rows: int = 0
    call_ids: list[pa.Array] = field(default_factory=list)
    line_texts: list[pa.Array] = field(default_factory=list)
    status: list[I8] = field(default_factory=list)

    def more(self, rows: int) -> slice:
        """Where so many further rows go."""
        if self.rows + rows > self.calls.size:
            for name in ("calls", "keys"):
                old = getattr(self, name)
                grown = np.empty(max(self.rows + rows, 2 * old.size), old.dtype)
                grown[: self.rows] = old[: self.rows]
                setattr(self, name, grown)
        self.rows += rows
        return slice(self.rows - rows, self.rows)


def load(
    batches: Iterable[pa.RecordBatch], stages: Stages, company: str, progress: Callable[[int], None], expected: int
) -> Loaded:
    """Read CALLS batches of one company into the kernel's records.

    `progress` hears of every batch's rows; `expected` is about how many rows will come, 0 where that is not known.
    """
    room = _Room(np.empty(expected, CALL), np.empty(expected, np.uint64))
    for batch in batches:
        place = room.more(batch.num_rows)
        told = stages.describe(batch, company, place.start, room.calls[place])
        ids = batch.column("call_id")
        call_keys(ids, told.line_rows, ~told.outgoing, room.keys[place])
        room.status.append(np.where(told.line_rows < 0, NO_LINE, NEW).astype(np.int8))
        room.call_ids.append(ids)
        room.line_texts.append(batch.column("line"))
        progress(batch.num_rows)
    calls = room.calls[: room.rows]
    loaded = Loaded(
        calls,
        np.concatenate(room.status) if room.status else np.zeros(0, np.int8),
        pa.chunked_array(room.call_ids, pa.string()),
        room.line_texts,
    )
    _tell_apart(loaded, repeated(room.keys[: room.rows]))
    return loaded


def _tell_apart(loaded: Loaded, rows: I64) -> None:
    """Find out which of `rows` are of one call, and fold those into its first."""
    table = CallTable()
    calls = loaded.calls
    for first in range(0, rows.size, _AT_ONCE):
        picked = rows[first : first + _AT_ONCE]
        some = calls[picked]
        bits = np.where(some["end"] != NEVER, 4, np.where(some["answer"] != NEVER, 2, 1)).astype(np.uint8)
        ids = loaded.call_ids.take(pa.array(picked)).combine_chunks()
        start, end = np.ascontiguousarray(some["start"]), np.ascontiguousarray(some["end"])
        lines = np.ascontiguousarray(some["line"])
        admission = table.admit(ids, lines, some["outgoing"] == 0, bits, start, end, 0, first)
        loaded.status[picked] = admission.status
        merged = np.flatnonzero(admission.status == MERGED)
        _merge(calls, picked[merged], rows[admission.handle[merged]])
