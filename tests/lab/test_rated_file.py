"""Files of rated calls: every word of RATED, readable by people (CSV) and by machines (Parquet)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.core.digits.packed import pack
from sekisho.core.tables import CALLS, RATED
from sekisho.core.terms.instants import parse_rfc3339
from sekisho.lab.rated_file import RatedCount, write_rated
from sekisho.wiring.tariffs import load_tariff

START = "2026-11-23T17:52:57.008Z"
VERSION = "2015-01-01-"


def row(call_id="a", number="01023222278680", **more):
    """Sierra Leone for 70.3 s: two units of 175 yen."""
    told = {
        "call_id": call_id,
        "source": "edge",
        "direction": "out",
        "line": "0312345678",
        "number": number,
        "start": START,
        "answer": "2026-11-23T17:53:00.700Z",
        "end": "2026-11-23T17:54:11Z",
        "cause": 200,
        "talk_ms": None,
        "company": "east",
        "file_sha256": "5e",
        "row": 2,
    } | more
    return told | {
        name: parse_rfc3339(told[name]) if told[name] is not None else None for name in ("start", "answer", "end")
    }


def rated(path, *batches, progress=lambda _rows: None):
    """Write batches (lists of rows) to `path`, as CSV if it is called so; returns the count."""
    return write_rated(
        (pa.RecordBatch.from_pylist(rows, schema=CALLS) for rows in batches),
        load_tariff(),
        "east",
        str(path),
        as_csv=path.suffix == ".csv",
        progress=progress,
    )


def csv_rows(path):
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(params=["rated.csv", "rated.parquet"])
def path(tmp_path, request):
    return tmp_path / request.param


def rows_of(path):
    return csv_rows(path) if path.suffix == ".csv" else pq.read_table(path).to_pylist()


def test_a_csv_row_word_for_word(tmp_path):
    path = tmp_path / "rated.csv"
    count = rated(path, [row()])
    assert count == RatedCount(rows=1, charged=1, charge_milliyen=350_000)
    (told,) = csv_rows(path)
    assert list(told) == RATED.names
    assert told.pop("tariff_version").startswith(VERSION)
    assert told.pop("destination_id").isdecimal()
    del told["place"]
    assert told == {
        "call_id": "a",
        "source": "edge",
        "direction": "out",
        "line": "0312345678",
        "number": "01023222278680",
        "start": "2026-11-23T17:52:57.008Z",
        "answer": "2026-11-23T17:53:00.700Z",
        "end": "2026-11-23T17:54:11.000Z",
        "cause": "200",
        "talk_ms": "",
        "company": "east",
        "file_sha256": "5e",
        "row": "2",
        "e164": "23222278680",
        "class": "international",
        "country": "SL",
        "valid": "true",
        "unit_ms": "60000",
        "units": "2",
        "charge_milliyen": "350000",
    }


def test_the_times_in_a_csv_file_are_exact(tmp_path):
    path = tmp_path / "rated.csv"
    instants = [parse_rfc3339(START) + step for step in (0, 1, 10, 100, 999, 991, 86_400_001)]
    rated(path, [row(str(at)) | {"start": at} for at in instants])
    told = [each["start"] for each in csv_rows(path)]
    assert [parse_rfc3339(text) for text in told] == instants
    assert all(text.endswith("Z") for text in told)


def test_what_is_not_there_is_empty_in_a_csv_file(tmp_path):
    path = tmp_path / "rated.csv"
    rated(path, [row(answer=None, end=None, cause=None), row("b", "110", talk_ms=61_000)])
    refused, emergency = csv_rows(path)
    assert [refused[name] for name in ("answer", "end", "cause", "talk_ms")] == ["", "", "", ""]
    assert (refused["units"], refused["charge_milliyen"]) == ("0", "0")
    assert (emergency["e164"], emergency["class"], emergency["talk_ms"]) == ("", "emergency", "61000")


def test_a_csv_file_keeps_odd_texts_whole(tmp_path):
    path = tmp_path / "rated.csv"
    odd = 'a,"b"\n東京'
    rated(path, [row(odd, "+44 20 7946 0000"), row("2", "invalid")])
    first, second = csv_rows(path)
    assert (first["call_id"], first["number"], first["e164"]) == (odd, "+44 20 7946 0000", "442079460000")
    assert (second["class"], second["valid"], second["e164"]) == ("invalid", "false", "")


def test_a_parquet_file_has_the_schema_of_the_border(tmp_path):
    path = tmp_path / "rated.parquet"
    count = rated(path, [row()], [row("b", "0312345678")])
    assert count == RatedCount(rows=2, charged=2, charge_milliyen=358_000)
    assert pq.read_schema(path).equals(RATED)
    abroad, at_home = pq.read_table(path).to_pylist()
    assert (abroad["e164"], abroad["country"], abroad["charge_milliyen"]) == (pack("23222278680"), "SL", 350_000)
    assert abroad["start"] == datetime(2026, 11, 23, 17, 52, 57, 8_000, UTC)
    assert (at_home["e164"], at_home["class"], at_home["unit_ms"]) == (pack("81312345678"), "fixed", 180_000)


def test_a_call_told_twice_is_written_once(path):
    count = rated(path, [row("a"), row("b"), row("a")], [row("b"), row("c")])
    assert count == RatedCount(rows=3, charged=3, charge_milliyen=1_050_000, duplicates=2)
    assert [each["call_id"] for each in rows_of(path)] == ["a", "b", "c"]


def test_each_row_of_a_live_feed_is_kept_and_the_call_is_charged_once(path):
    begins, answered = row(answer=None, end=None, cause=None), row(end=None, cause=None)
    count = rated(path, [begins, answered], [row(), row()])
    assert count == RatedCount(rows=3, charged=1, charge_milliyen=350_000, duplicates=1, merged=2)
    assert [int(each["charge_milliyen"]) for each in rows_of(path)] == [0, 0, 350_000]


def test_a_call_of_no_line_is_left_out_and_counted(path):
    count = rated(path, [row(line="reception"), row("b")])
    assert count == RatedCount(rows=1, charged=1, charge_milliyen=350_000, refused=1)
    assert [each["call_id"] for each in rows_of(path)] == ["b"]


@pytest.mark.parametrize("batches", [(), ([],), ([row(line="reception")],)], ids=["none", "empty", "all refused"])
def test_without_calls_there_is_a_file_with_a_header(path, batches):
    assert rated(path, *batches).rows == 0
    if path.suffix == ".csv":
        (header,) = csv.reader(path.read_text().splitlines())
        assert header == RATED.names
    else:
        table = pq.read_table(path)
        assert (table.num_rows, table.schema.equals(RATED)) == (0, True)


def test_progress_hears_of_every_row(tmp_path):
    heard = []
    rated(tmp_path / "rated.csv", [row("a"), row("a")], [row("b")], progress=heard.append)
    assert heard == [2, 1]
