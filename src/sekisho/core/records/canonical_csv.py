"""Canonical CSV → CALLS: a header of the canonical columns in any order, one record a line, RFC 3339 times.

1. The header is read; the rest is cut into blocks of whole lines.
2. A plain block is read by our own scanner (canonical_scan), any other by Arrow, with its types; the rules are checked
   over whole columns, and only rows that break one are read again, alone, for their reason.
3. Where Arrow refuses a block (one bad time is enough), its halves are tried; a small piece that still fails is read
   a row at a time.

Arrow reads without quotes first: then a row is a line for certain, nothing needs counting, and a field that begins
with a quote shows that this file wants the other way.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from sekisho.core.columns import figures
from sekisho.core.records.blocks import BOM, MAX_LINE, TOO_LONG, cut, lines_of
from sekisho.core.records.call_row import BadRow, Rows, rejects_batch, with_provenance
from sekisho.core.records.canonical_checks import begins_with, broken_rows, plain
from sekisho.core.records.canonical_rows import canonical_row, check_columns
from sekisho.core.records.canonical_scan import Scanner
from sekisho.core.records.parsed import Bytes, Parsed, Provenance, Tally
from sekisho.core.records.source import SourceProfile
from sekisho.core.tables import CALL_FIELDS, CANONICAL_COLUMNS, INSTANT
from sekisho.core.terms.errors import BadCallFile

_TYPES: Final = {field.name: field.type for field in CALL_FIELDS}
_FINE_TYPES: Final = {n: pa.timestamp("ns", "UTC") if t == INSTANT else t for n, t in _TYPES.items()}
_TEXTS: Final = [place for place, kind in enumerate(_TYPES.values()) if kind == pa.string()]
_WORDS: Final = [place for place, kind in enumerate(_TYPES.values()) if pa.types.is_dictionary(kind)]
_SMALL: Final = 1 << 17
_BLOCK_BYTES: Final = 1 << 22  # what is read of a block stays in the cache until it is judged
_END_OF_LINE: Final = re.compile(rb"\r\n|\n|\r")


class Way(NamedTuple):
    """One way to have Arrow read a block: with quotes or without, times in ms or finer ones."""

    quotes: bool
    fine: bool


_WAYS: Final = (Way(quotes=False, fine=False), Way(quotes=True, fine=False), Way(False, True), Way(True, True))


def read(
    data: Bytes,
    profile: SourceProfile,
    provenance: Provenance,
    *,
    threads: bool = False,
    block_bytes: int = _BLOCK_BYTES,
) -> Iterator[Parsed]:
    """A canonical CSV file, block by block, as Parsed pieces; rows count from 1, the header being row 1.

    Raises BadCallFile where the header is missing or wrong; whatever is wrong further down becomes a reject.
    """
    buffer = pa.py_buffer(data)
    body, columns = _header(buffer, provenance.file)
    reader, row = _Reader(columns, profile.company, provenance, threads=threads), 2
    for block in cut(buffer.slice(body), block_bytes):
        for parsed in reader.block(block, row):
            yield parsed
            row += parsed.tally.rows_in


def looks_canonical(head: bytes) -> bool:
    """Whether a file that begins with `head` has a header of canonical columns."""
    first = head.removeprefix(BOM).split(b"\n", 1)[0]
    names = {name.strip(' "\r') for name in first.decode(errors="replace").split(",")}
    return len(names & set(CANONICAL_COLUMNS)) > len(CANONICAL_COLUMNS) // 2


def _header(buffer: Any, file: str) -> tuple[int, list[str]]:
    """Where the records begin, and the names of the columns. Raises BadCallFile."""
    view = bytes(buffer.slice(0, min(buffer.size, MAX_LINE)))
    found = _END_OF_LINE.search(view)
    first = view[: found.start()] if found else view
    if not first.removeprefix(BOM).strip():
        raise BadCallFile(file, 1, "no header", f"begin with {','.join(CANONICAL_COLUMNS)}")
    try:
        row = next(csv.reader([first.removeprefix(BOM).decode(errors="replace")]))
    except csv.Error as error:
        raise BadCallFile(file, 1, f"the header is not CSV: {error}", f"begin with {CANONICAL_COLUMNS[0]},…") from None
    names = [name.strip() for name in row]
    check_columns(names, file, 1)
    return found.end() if found else len(view), names


class _Reader:
    """Reads the blocks of one file whose header is known."""

    def __init__(self, columns: list[str], company: str, provenance: Provenance, *, threads: bool) -> None:
        self.columns, self.company, self.provenance, self.threads = columns, company, provenance, threads
        self.places = [columns.index(name) if name in columns else -1 for name in CANONICAL_COLUMNS]
        self.scanner, self.ways = Scanner(columns), list(_WAYS)

    def block(self, block: Any, row: int) -> Iterator[Parsed]:
        """A buffer of whole lines, the first of which is line `row`: as a whole, else in halves, else row by row."""
        plain_columns = self.scanner.scan(block)
        if plain_columns is not None:
            yield from self._checked(block, row, plain_columns)
            return
        for way in self.ways:
            arrays = self._typed(block, way)
            if arrays is not None:
                self.ways.sort(key=lambda other: other is not way)  # what worked is tried first next time
                yield from self._checked(block, row, arrays)
                return
        if block.size > _SMALL:
            for half in cut(block, block.size // 2 + 1):
                if half.size == block.size:
                    break
                for parsed in self.block(half, row):
                    yield parsed
                    row += parsed.tally.rows_in
            else:
                return
        yield from self._slowly(block, row)

    def _typed(self, block: Any, way: Way) -> list[Any] | None:
        """The canonical columns with their types; None where Arrow cannot, or does not see a row a line."""
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(block),
                read_options=arrow_csv.ReadOptions(
                    use_threads=self.threads, block_size=min(block.size + 1, 2**31 - 1), column_names=self.columns
                ),
                parse_options=arrow_csv.ParseOptions(quote_char=way.quotes and '"', ignore_empty_lines=False),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=_FINE_TYPES if way.fine else _TYPES,
                    include_columns=CANONICAL_COLUMNS,
                    include_missing_columns=True,
                    null_values=[""],
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowException:
            return None
        arrays = [plain(column) for column in table.columns]
        if way.quotes:
            if len(lines_of(block, lone_cr=True)) != len(arrays[0]) or _open_quote(arrays):
                return None
        elif any(begins_with(arrays[place], '"') for place in _TEXTS) or any(
            word.startswith('"') for place in _WORDS for word in arrays[place].dictionary.to_pylist()
        ):
            return None
        return [_whole_milliseconds(array) for array in arrays] if way.fine else arrays

    def _checked(self, block: Any, row: int, arrays: list[Any]) -> Iterator[Parsed]:
        """The block as it is or, where rows break a rule, first the good ones and then what became of the others."""
        bad = broken_rows(arrays)
        rows, lines = np.arange(row, row + len(bad)), []
        if bad.any():
            keep, lines = pa.array(~bad), lines_of(block, lone_cr=True)
            arrays, rows = [array.filter(keep) for array in arrays], rows[~bad]
        calls = with_provenance(arrays, self.company, self.provenance, rows)
        none = rejects_batch((), self.provenance.file, self.company)
        yield Parsed(calls, none, Tally(rows_in=len(rows), calls=len(rows)))
        if lines:
            collected = Rows(self.company, self.provenance)
            for place in np.flatnonzero(bad):
                self._one(collected, lines[place], row + int(place))
            yield from collected.parsed()

    def _slowly(self, block: Any, row: int) -> Iterator[Parsed]:
        collected = Rows(self.company, self.provenance)
        for number, line in enumerate(lines_of(block, lone_cr=True), row):
            self._one(collected, line, number)
        yield from collected.parsed()

    def _one(self, collected: Rows, line: str, row: int) -> None:
        """One line into `collected`: a call, a reject, or not a record where it is blank."""
        if not line.strip() and line != TOO_LONG:
            collected.not_a_record += 1
            return
        try:
            collected.call(canonical_row(self._texts(line)), row)
        except BadRow as fault:
            collected.reject(row, str(fault))

    def _texts(self, line: str) -> list[str]:
        """The fields of a line in the order of the canonical columns."""
        if line == TOO_LONG:
            raise BadRow("the line is longer than any record")
        try:
            fields = next(csv.reader([line])) if '"' in line else line.split(",")
        except csv.Error:
            raise BadRow("the line is not CSV") from None
        if len(fields) != len(self.columns):
            raise BadRow(f"{len(fields)} columns where the header has {len(self.columns)}")
        return [fields[place] if place >= 0 else "" for place in self.places]


def _open_quote(arrays: list[Any]) -> bool:
    """Whether a quote that was never closed let the last text swallow its line break."""
    return any("\n" in (arrays[place][-1].as_py() or "") for place in _TEXTS + _WORDS)


def _whole_milliseconds(array: Any) -> Any:
    """A column of ns times cut to ms; any other column as it is."""
    if array.type != _FINE_TYPES["start"]:
        return array
    instants = np.floor_divide(figures(array), 1_000_000)
    return pa.Array.from_buffers(INSTANT, len(array), [array.buffers()[0], pa.py_buffer(instants)], array.null_count)
