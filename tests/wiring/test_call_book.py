"""The book of a running system reads what the archive of the same HOME wrote."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sekisho.core.tables import LINE_SUMS, RATED
from sekisho.wiring.call_book import open_call_book
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings


@pytest.fixture
def settings(tmp_path):
    return read_settings({"SEKISHO_HOME": str(tmp_path / "home")})


def rated() -> pa.RecordBatch:
    """One call of 1970-01-01, 00:00:00.007 UTC."""
    columns = []
    for field in RATED:
        word = {"line": "0312345678", "company": "east", "direction": "out"}.get(field.name, "x")
        value = word if field.type == pa.string() or pa.types.is_dictionary(field.type) else 7
        columns.append(pa.array([value]).cast(field.type))
    return pa.RecordBatch.from_arrays(columns, schema=RATED)


def test_it_opens_before_there_is_a_lake_and_sees_what_is_written_later(settings):
    book = open_call_book(settings)
    assert book.by_line("east", ["+81312345678"], 0, 10) == LINE_SUMS.empty_table()
    assert not settings.home.exists()
    home = open_embedded(settings)
    home.lake.write([rated()], 1, 1)
    home.close()
    assert book.by_line("east", ["+81312345678"], 0, 10).to_pylist() == [
        {"line": "+81312345678", "calls": 1, "charge_milliyen": 7, "international_milliyen": 0}
    ]
