"""Calls as files: canonical CSV and Parquet (DESIGN §4)."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from sekisho.core.tables import CANONICAL_COLUMNS, INSTANT
from sekisho.lab.simulator.byte_rows import instant_rows, text_column

_ROWS: Final = 1 << 18  # texts built and written at once: the bytes stay in the cache, the memory small


def write_csv(table: pa.Table, path: str) -> None:
    """Write calls as canonical CSV: header, no quotes, times with milliseconds and Z, empty = null."""
    texts = pa.schema([field if field.type != INSTANT else field.with_type(pa.string()) for field in table.schema])
    options = csv.WriteOptions(quoting_style="none", quoting_header="none", batch_size=_ROWS // 8)
    with csv.CSVWriter(path, texts, write_options=options) as writer:
        for batch in table.to_batches(max_chunksize=_ROWS):
            columns = [_instant_texts(column) if column.type == INSTANT else column for column in batch.columns]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=texts))


def write_parquet(table: pa.Table, path: str) -> None:
    """Write calls as canonical Parquet: the columns of the CSV with their own types."""
    pq.write_table(table.select(list(CANONICAL_COLUMNS)), path, row_group_size=1 << 20)


def _instant_texts(column: pa.Array) -> pa.StringArray:
    rows = instant_rows(column.cast(pa.int64()).fill_null(0).to_numpy())
    if column.null_count:
        rows[column.is_null().to_numpy(zero_copy_only=False)] = 0
    return text_column(rows)
