"""The worked tables of docs/algorithms/numbering.md, row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sekisho.core.digits.packed import unpack
from sekisho.core.numbering.access_codes import strip_codes
from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.numbering.reading import read_digits

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "numbering.md"
COLUMNS = ["line", "stripped", "E.164", "class", "country", "valid"]


def rows(first_column):
    """The cells of the table that begins with this column."""
    lines = PAGE.read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    start = cells.index([first_column, *COLUMNS])
    end = next(at for at in range(start, len(cells)) if not lines[at].startswith("|"))
    return cells[start + 2 : end]


def stripped(text, *, outgoing):
    data = np.frombuffer(text.encode() + b"0", np.uint8)
    high, low, count, plus_at, _ = read_digits(data, 0, len(text.encode()))
    high, low, _, _ = strip_codes(np.uint64(high), np.uint64(low), count, plus_at, outgoing)
    return unpack(high) + unpack(low)


def worked(text, line, *, outgoing):
    found = resolve(build_plan(), text, line, outgoing=outgoing)
    valid = "yes" if found.valid else "no"
    return [stripped(text, outgoing=outgoing), found.e164, found.class_.name.lower(), found.country, valid]


@pytest.mark.parametrize("row", rows("dialled"), ids=lambda row: row[0])
def test_a_dialled_number_is_worked_as_written(row):
    text, line, *expected = row
    assert worked(text, line, outgoing=True) == expected


@pytest.mark.parametrize("row", rows("caller"), ids=lambda row: row[0])
def test_a_caller_is_worked_as_written(row):
    text, line, *expected = row
    assert worked(text, line, outgoing=False) == expected


def test_the_page_has_its_rows():
    assert len(rows("dialled")) > 60
    assert len(rows("caller")) > 5
