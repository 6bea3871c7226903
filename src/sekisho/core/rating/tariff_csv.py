"""A tariff file as columns of text that know their lines.

Arrow reads the file. Only when there is something to complain of is it read a second time, row by row, to learn on
which line each row stands.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv as pa_csv

from sekisho.core.rating.cells import COLUMNS, NEEDED_COLUMNS
from sekisho.core.terms.errors import BadTariff


class Fault(NamedTuple):
    """One thing that is wrong in a file, as BadTariff tells it."""

    line: int
    wrong: str
    right: str


def bad_tariff(file: str, faults: Iterable[Fault]) -> BadTariff:
    """One error for all faults (at least one), in the order of their lines."""
    first, *others = (BadTariff(file, *fault) for fault in sorted(faults, key=lambda fault: fault.line))
    return BadTariff(first.file, first.line, first.wrong, first.right, others)


@dataclass(frozen=True)
class Sheet:
    """The rows of a tariff file that have as many cells as the header.

    `columns` holds a pa.StringArray for each of COLUMNS; one that the file lacks is empty text. `ragged` says that the
    file has other rows too; `ragged_faults` are those.
    """

    file: str
    text: str
    header: list[str]
    columns: dict[str, Any]
    ragged: bool

    @cached_property
    def _numbered(self) -> tuple[list[int], list[Fault]]:
        lines: list[int] = []
        faults = []
        reader = csv.reader(io.StringIO(self.text, newline=""))
        before = 0
        try:
            for row in reader:
                line, before = before + 1, reader.line_num
                if len(row) == len(self.header):
                    lines.append(line)
                elif row:
                    wrong = f"a row of {len(row)} cells under a header of {len(self.header)}"
                    faults.append(Fault(line, wrong, "give every row a cell for each column, and close every quote"))
        except csv.Error as error:
            raise BadTariff(self.file, before + 1, f"not CSV ({error})", "close every quote") from error
        return lines[1:], faults

    def line(self, row: int) -> int:
        """The line, counted from 1, on which a row, counted from 0, begins."""
        return self._numbered[0][row]

    def ragged_faults(self) -> list[Fault]:
        """The rows that have more or fewer cells than the header."""
        return self._numbered[1] if self.ragged else []


def _header_faults(header: list[str]) -> list[Fault]:
    columns = "the columns are " + ", ".join(COLUMNS)
    return [
        *(Fault(1, f"no column {name}", columns) for name in NEEDED_COLUMNS if name not in header),
        *(Fault(1, f"unknown column {name!r}", columns) for name in header if name not in COLUMNS),
        *(Fault(1, f"two columns {name}", "keep one") for name, count in Counter(header).items() if count > 1),
    ]


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadTariff(file, line, "not UTF-8", "save the file as CSV in UTF-8") from error


def _columns(data: bytes, header: list[str]) -> tuple[dict[str, Any], bool]:
    skipped = []

    def skip(row: Any) -> str:
        skipped.append(row.number)
        return "skip"

    table = pa_csv.read_csv(
        io.BytesIO(data),
        read_options=pa_csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=header),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string())),
    )
    rows = table.num_rows
    columns = {
        name: table[name].combine_chunks() if name in header else pa.array([""] * rows, pa.string()) for name in COLUMNS
    }
    return columns, bool(skipped)


def read_sheet(data: bytes, file: str) -> Sheet:
    """The bytes of a tariff file as columns. Raises BadTariff: not UTF-8, a wrong header, no rows.

    `file` is the name that errors tell. Rows of a wrong length are left out and told by `ragged_faults`.
    """
    text = _decoded(data, file)
    first, _, rest = text.partition("\n")
    try:
        header = next(csv.reader([first.removesuffix("\r")]), [])
    except csv.Error as error:
        raise BadTariff(file, 1, f"not CSV ({error})", "end every line with a line feed") from error
    faults = _header_faults(header)
    if faults:
        raise bad_tariff(file, faults)
    columns, ragged = _columns(rest.encode(), header) if rest.strip() else ({}, False)
    sheet = Sheet(file, text, header, columns, ragged)
    if ragged and not len(columns["match"]):
        raise bad_tariff(file, sheet.ragged_faults())
    if not columns:
        raise BadTariff(file, 0, "no rates", "give each rate a row under the header")
    return sheet
