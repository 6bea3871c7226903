"""The last step, the same for honest calls and thieves': identifiers, milliseconds, forms, causes, order, columns.

Nothing here knows whose a call is: what a row looks like says nothing about it (`tests/lab/simulator/test_leaks.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.tables import CALL_FIELDS, INSTANT
from sekisho.core.terms.instants import SECOND_MS
from sekisho.lab.simulator.byte_rows import Rows, mixed, rows_of, text_column, uuid_rows
from sekisho.lab.simulator.calls import ANSWERED_CAUSE, LINES_OWN, Planned
from sekisho.lab.simulator.chance import F64, I64
from sekisho.lab.simulator.dialling import FORM_WIDTH, FORMS, digit_rows, forms_dialled
from sekisho.lab.simulator.lines import SOURCES, Lines

CHUNK: Final = 1 << 18  # rows of text built at once
SOURCE_WITH_TALK: Final = 2  # this one writes its own charged duration, in whole seconds
Tell = Callable[[int], None]


def finish(
    rng: np.random.Generator, lines: Lines, planned: Planned, first_ms: int, end_ms: int, tell: Tell
) -> tuple[pa.Table, I64]:
    """(CALLS in order of start without those outside the period, the row of each in `planned`).

    Times are drawn anew below the second, so no plan shows through. `tell` is called with the rows just written.
    """
    start = planned.start // SECOND_MS * SECOND_MS + _milliseconds(rng, len(planned))
    rows = np.flatnonzero((start >= first_ms) & (start < end_ms))
    rows = rows[np.argsort(start[rows], kind="stable")]
    calls, start = planned.taken(rows), start[rows]
    answered = calls.cause == ANSWERED_CAUSE
    ring = _whole_seconds(calls.ring_s) + _milliseconds(rng, len(rows))
    talk = np.where(answered, _whole_seconds(calls.talk_s) + _milliseconds(rng, len(rows)), 0)
    forms = np.where(calls.form == LINES_OWN, forms_dialled(rng, lines.dialling, calls.line, calls.abroad), calls.form)
    source = lines.source[calls.line]
    high = mixed(np.arange(len(rows), dtype=np.uint64) + rng.integers(0, 1 << 63, dtype=np.uint64))
    low = rng.integers(0, 1 << 64, len(rows), dtype=np.uint64)
    table = rows_of(FORMS, FORM_WIDTH)

    def number(part: slice) -> Rows:
        return np.hstack([table[forms[part]], digit_rows(calls.number[part])])

    columns = [
        _in_chunks(len(rows), lambda part: uuid_rows(high[part], low[part])),
        _words(source, SOURCES),
        _words((~calls.outgoing).astype(np.int32), ("out", "in")),
        _in_chunks(len(rows), lambda part: lines.text[calls.line[part]]),
        _in_chunks(len(rows), number, tell),
        pa.array(start).cast(INSTANT),
        pa.array(start + ring, mask=~answered).cast(INSTANT),
        pa.array(start + ring + talk).cast(INSTANT),
        pa.array(calls.cause),
        pa.array((talk + SECOND_MS // 2) // SECOND_MS * SECOND_MS, mask=~(answered & (source == SOURCE_WITH_TALK))),
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema(CALL_FIELDS)), rows


def _milliseconds(rng: np.random.Generator, size: int) -> npt.NDArray[np.int64]:
    return rng.integers(0, SECOND_MS, size)


def _whole_seconds(seconds: F64) -> I64:
    return seconds.astype(np.int64) * SECOND_MS


def _words(index: npt.NDArray[np.int32], names: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(names))


def _in_chunks(count: int, build: Callable[[slice], Rows], tell: Tell | None = None) -> pa.ChunkedArray:
    parts = []
    for first in range(0, count, CHUNK):
        part = slice(first, min(first + CHUNK, count))
        parts.append(text_column(build(part)))
        if tell is not None:
            tell(part.stop - part.start)
    return pa.chunked_array(parts, pa.string())
