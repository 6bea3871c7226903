"""CALLS → canonical CSV, for tools: what `canonical_csv.read` reads back as the same calls.

Times are always written with milliseconds (`2026-11-23T17:52:57.000Z`): one width, one format, no rounding.
"""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from sekisho.core.tables import CALL_FIELDS, CANONICAL_COLUMNS, INSTANT

HEADER: Final = (",".join(CANONICAL_COLUMNS) + "\n").encode()


def canonical_csv(batch: Any) -> bytes:
    """A RecordBatch or Table in CALLS as canonical CSV without the header; HEADER comes once before the first."""
    columns = [
        _times(batch.column(field.name)) if field.type == INSTANT else batch.column(field.name) for field in CALL_FIELDS
    ]
    table = pa.table(dict(zip(CANONICAL_COLUMNS, columns, strict=True)))
    try:
        return _written(table, "none")  # no field needs quotes, as nearly always
    except pa.ArrowInvalid:
        return _written(table, "needed")


def _times(column: Any) -> Any:
    return pc.replace_substring(column.cast(pa.string()), " ", "T")


def _written(table: Any, quoting: str) -> bytes:
    sink = pa.BufferOutputStream()
    arrow_csv.write_csv(table, sink, arrow_csv.WriteOptions(include_header=False, quoting_style=quoting))
    return bytes(sink.getvalue())
