"""Canonical Parquet → CALLS: the canonical columns in any order, read batch by batch.

Times may be timestamps of any unit (without a zone they are in the profile's) or RFC 3339 texts. The rules are those
of canonical CSV. Rows count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from sekisho.core.records.call_row import BadRow, CallRow, Rows, check, rejects_batch, with_provenance
from sekisho.core.records.canonical_checks import are_plain, broken_rows, holds_break
from sekisho.core.records.canonical_rows import check_columns
from sekisho.core.records.parquet_columns import Faults, column_as, fits
from sekisho.core.records.parsed import Bytes, Parsed, Provenance, Tally
from sekisho.core.records.source import SourceProfile
from sekisho.core.tables import CALL_FIELDS, CANONICAL_COLUMNS, INSTANT, WORD
from sekisho.core.terms.errors import BadCallFile

MAGIC: Final = b"PAR1"
BATCH_ROWS: Final = 131_072
_LEAST_TEXT: Final = 6  # bytes that a text takes at least where it is written out: four are its length
_DAMAGE: Final = (pa.ArrowException, OSError, ValueError, LookupError, MemoryError, OverflowError)


def read(
    data: Bytes,
    profile: SourceProfile,
    provenance: Provenance,
    *,
    threads: bool = False,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Parsed]:
    """A canonical Parquet file, batch by batch, as Parsed pieces.

    Raises BadCallFile where the file is damaged, at once or after pieces that could be read, or its columns are not
    the canonical ones; whatever is wrong with a single row becomes a reject.
    """
    file = provenance.file
    try:
        buffer = pa.py_buffer(data)
        seen = parquet.ParquetFile(pa.BufferReader(buffer))
        _refuse_columns(seen.schema_arrow, file)
        words = [field.name for field in CALL_FIELDS if field.type == WORD] + _repeating(seen.metadata)
        source = parquet.ParquetFile(pa.BufferReader(buffer), read_dictionary=words, pre_buffer=False)
        batches = source.iter_batches(batch_rows, columns=source.schema_arrow.names, use_threads=threads)
    except _DAMAGE as error:
        raise _damaged(file, error) from None
    first = 1
    while True:
        try:
            batch = next(batches, None)
            if batch is None:
                break
            pieces = list(_batch(batch, first, profile, provenance))
        except _DAMAGE as error:
            raise _damaged(file, error) from None
        yield from pieces
        first += batch.num_rows
    if first - 1 != source.metadata.num_rows:
        raise _damaged(file, ValueError(f"{first - 1} rows, and its footer promises {source.metadata.num_rows}"))


def rows_promised(data: Bytes) -> int | None:
    """How many rows the footer of a Parquet file promises; None where the bytes are no whole Parquet file."""
    buffer = pa.py_buffer(data)
    if bytes(buffer.slice(0, min(buffer.size, len(MAGIC)))) != MAGIC:
        return None
    try:
        return int(parquet.ParquetFile(pa.BufferReader(buffer)).metadata.num_rows)
    except _DAMAGE:
        return None


def _damaged(file: str, error: BaseException) -> BadCallFile:
    said = (str(error).splitlines() or [type(error).__name__])[0]
    return BadCallFile(file, 0, f"not readable as Parquet: {said[:200]}", "write it again")


def _refuse_columns(schema: Any, file: str) -> None:
    """Raises BadCallFile unless the columns are the canonical ones, each of a type that can mean what it must."""
    wanted = {field.name: field.type for field in CALL_FIELDS}
    check_columns(schema.names, file, 0)
    for field in schema:
        if not fits(field.type, wanted[field.name]):
            raise BadCallFile(file, 0, f"column {field.name} is {field.type}", f"write it as {wanted[field.name]}")


def _repeating(metadata: Any) -> list[str]:
    """The columns of text of which a value takes so few bytes in the file that it must lie there as a dictionary.

    Read as one and spread out afterwards, each of its texts is made once. A wrong guess costs time, nothing else; the
    first group of rows stands for all.
    """
    if not metadata.num_row_groups:
        return []
    group, found = metadata.row_group(0), []
    texts = {field.name for field in CALL_FIELDS if field.type == pa.string()}
    for place in range(group.num_columns):
        column = group.column(place)
        few = column.total_uncompressed_size < _LEAST_TEXT * column.num_values
        if few and column.physical_type == "BYTE_ARRAY" and column.path_in_schema in texts:
            found.append(column.path_in_schema)
    return found


def _batch(batch: Any, first: int, profile: SourceProfile, provenance: Provenance) -> Iterator[Parsed]:
    """The good rows of a batch, then its rejects if there are any."""
    faults: Faults = {}
    arrays = [
        _column(batch.column(field.name), field, profile.zone, faults, kept=provenance.kept)
        if field.name in batch.schema.names
        else pa.nulls(len(batch), field.type)
        for field in CALL_FIELDS
    ]
    bad = broken_rows(arrays)
    _find_breaks(arrays, faults)
    bad[list(faults)] = True
    rows = np.arange(first, first + len(bad))
    collected = Rows(profile.company, provenance)
    if bad.any():
        for place in np.flatnonzero(bad).tolist():
            collected.reject(first + place, faults.get(place) or _reason(arrays, place))
        keep = pa.array(~bad)
        arrays, rows = [array.filter(keep) for array in arrays], rows[~bad]
    calls = with_provenance(arrays, profile.company, provenance, rows)
    yield Parsed(calls, rejects_batch((), provenance.file, profile.company), Tally(len(rows), len(rows)))
    if collected.bad:
        yield from collected.parsed()


def _column(column: Any, field: Any, zone: str, faults: Faults, *, kept: bool) -> Any:
    """The column in its field's type. Lines that the file has as words stay so where the rows are not kept."""
    if field.name == "line" and column.type == WORD and not kept:
        words = column_as(column, field.name, WORD, zone, faults)
        if are_plain(words):
            return words
    return column_as(column, field.name, field.type, zone, faults)


def _find_breaks(arrays: list[Any], faults: Faults) -> None:
    """A text with a line break would be two records in canonical CSV, so it is none here."""
    for field, array in zip(CALL_FIELDS, arrays, strict=True):
        if array.type == pa.string() and holds_break(array):
            found = pc.indices_nonzero(pc.match_substring_regex(array, r"[\r\n]").fill_null(False))
            for place in found.to_pylist():
                faults.setdefault(place, f"{field.name} holds a line break")


def _reason(arrays: list[Any], place: int) -> str:
    """Why the row at `place` is no call."""
    found = [
        array[place].cast(pa.int64()).as_py() if field.type == INSTANT else array[place].as_py()
        for field, array in zip(CALL_FIELDS, arrays, strict=True)
    ]
    if found[CANONICAL_COLUMNS.index("start")] is None:
        return "start is empty"
    texts = {place for place, field in enumerate(CALL_FIELDS) if field.type in (WORD, pa.string())}
    try:
        check(CallRow._make("" if value is None and at in texts else value for at, value in enumerate(found)))
    except BadRow as fault:
        return str(fault)
    return "number is null"
