"""A file of rated calls: what `sekisho rate` writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from sekisho.core.digits.packed import unpack_all
from sekisho.core.identity.calls import DUPLICATE, MERGED, CallTable
from sekisho.core.identity.lines import LineTable
from sekisho.core.numbering.plan import build_plan
from sekisho.core.rating.tariff import Tariff
from sekisho.core.tables import RATED
from sekisho.flow.stages import Stages, rated_batch


@dataclass(slots=True)
class RatedCount:
    """What went into the file: rows written, of them charged, their sum; rows that repeat or extend a call, refused."""

    rows: int = 0
    charged: int = 0
    charge_milliyen: int = 0
    duplicates: int = 0
    merged: int = 0
    refused: int = 0


def _as_text(batch: pa.RecordBatch) -> pa.RecordBatch:
    """RATED for a CSV reader: words as plain text, numbers as digits, times as RFC 3339."""
    columns = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name == "e164":
            columns.append(unpack_all(column.to_numpy()))
        elif pa.types.is_timestamp(column.type):
            columns.append(pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ"))
        elif pa.types.is_dictionary(column.type):
            columns.append(column.cast(pa.string()))
        else:
            columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def write_rated(
    batches: Iterable[pa.RecordBatch],
    tariff: Tariff,
    company: str,
    path: str,
    *,
    as_csv: bool,
    progress: Callable[[int], None],
) -> RatedCount:
    """Rate CALLS batches of one company into a file, Parquet or CSV; duplicates and refused rows are left out."""
    stages = Stages(build_plan(), LineTable(), CallTable())
    stages.tariffs[company] = tariff
    count = RatedCount()
    empty = RATED.empty_table().to_batches() or [pa.RecordBatch.from_pylist([], schema=RATED)]
    schema = _as_text(empty[0]).schema if as_csv else RATED
    with csv.CSVWriter(path, schema) if as_csv else pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            prepared = stages.prepare(batch, company)
            status = prepared.admission.status
            rated = rated_batch(batch, prepared, stages.plan, tariff).filter(pa.array(status < DUPLICATE))
            count.rows += rated.num_rows
            count.duplicates += int((status == DUPLICATE).sum())
            count.merged += int((status == MERGED).sum())
            count.refused += int((status > DUPLICATE).sum())
            charge = rated.column("charge_milliyen").to_numpy()
            count.charged += int((charge > 0).sum())
            count.charge_milliyen += int(charge.sum())
            writer.write_batch(_as_text(rated) if as_csv else rated)
            progress(batch.num_rows)
    return count
