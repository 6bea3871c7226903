"""The rules of a call, one row at a time, and rows as batches."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sekisho.core.records.call_row import (
    LATEST,
    LONGEST_MS,
    BadRow,
    CallRow,
    Rows,
    calls_batch,
    check,
    rejects_batch,
    shown,
)
from sekisho.core.records.parsed import Provenance, Tally
from sekisho.core.tables import CALLS, REJECTS
from sekisho.core.terms.instants import parse_rfc3339

PROVENANCE = Provenance("calls.csv", "ab12")
T = parse_rfc3339("2026-11-23T17:52:57Z")
GOOD = CallRow("c1", "edge", "out", "0312000000", "0106112345678", T, T + 5_000, T + 65_000, 200, 60_000)


def test_a_good_row_comes_back():
    assert check(GOOD) is GOOD
    assert check(GOOD._replace(number="", answer=None, end=None, cause=None, talk_ms=None)).end is None
    assert check(GOOD._replace(start=0, answer=0, end=0, talk_ms=0)).start == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"call_id": ""}, "call_id is empty"),
        ({"source": ""}, "source is empty"),
        ({"line": ""}, "line is empty"),
        ({"call_id": "x" * 513}, "call_id is longer than 512 bytes"),
        ({"number": "9" * 256}, "number is longer than 255 bytes"),
        ({"line": "線" * 86}, "line is longer than 255 bytes"),
        ({"source": "s" * 256}, "source is longer than 255 bytes"),
        ({"direction": "both"}, 'direction "both" is neither in nor out'),
        ({"start": -1}, "start is not between 1970 and 2199"),
        ({"start": LATEST, "answer": None, "end": None}, "start is not between 1970 and 2199"),
        ({"answer": T - 1}, "answer is before start"),
        ({"answer": LATEST}, "answer is not between 1970 and 2199"),
        ({"end": T + 4_999}, "end is before answer"),
        ({"answer": None, "end": T - 1}, "end is before start"),
        ({"end": T + LONGEST_MS + 1}, "end is more than 366 days after start"),
        ({"cause": 1_000}, "cause 1000 is no SIP status"),
        ({"cause": -1}, "cause -1 is no SIP status"),
        ({"talk_ms": -1}, "talk_ms is negative"),
        ({"talk_ms": LONGEST_MS + 1}, "talk_ms is more than 366 days"),
    ],
)
def test_a_broken_rule_is_named(change, reason):
    with pytest.raises(BadRow) as caught:
        check(GOOD._replace(**change))
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("change"),
    [{"call_id": "x" * 512}, {"number": "9" * 255}, {"line": "線" * 85}, {"end": T + LONGEST_MS}, {"cause": 999}],
)
def test_the_edge_of_a_rule_is_inside(change):
    assert check(GOOD._replace(**change))


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("now", '"now"'), ("a\nb\0", '"a\\x0ab\\x00"'), ("x" * 60, '"' + "x" * 48 + '…"'), ("電話", '"電話"')],
)
def test_foreign_text_is_shown_in_quotes_on_one_line(text, quoted):
    assert shown(text) == quoted


def test_rows_become_a_batch_of_calls():
    batch = calls_batch([GOOD, GOOD._replace(direction="in", talk_ms=None)], [7, 9], "east", PROVENANCE)
    assert batch.schema == CALLS
    batch.validate(full=True)
    assert batch.column("row").to_pylist() == [7, 9]
    assert batch.column("direction").to_pylist() == ["out", "in"]
    assert batch.column("start").cast(pa.int64()).to_pylist() == [T, T]
    assert batch.column("talk_ms").to_pylist() == [60_000, None]
    assert batch.column("company").to_pylist() == ["east", "east"]
    assert batch.column("file_sha256").to_pylist() == ["ab12", "ab12"]


def test_no_rows_are_an_empty_batch():
    assert calls_batch([], [], "east", PROVENANCE).schema == CALLS
    assert rejects_batch([], "f", "east").schema == REJECTS


def test_a_file_name_need_not_be_utf8():
    assert rejects_batch([(1, "why")], "caf\udce9.csv", "east").column("file").to_pylist() == ["caf?.csv"]


def test_a_file_is_collected_into_one_piece_with_its_sum():
    rows = Rows("east", PROVENANCE)
    rows.call(GOOD, 2)
    rows.reject(5, "billsec 0312345678 is not seconds")
    rows.reject(3, "no")
    rows.merged, rows.not_a_record = 2, 1
    (piece,) = rows.parsed()
    assert piece.tally == Tally(rows_in=6, calls=1, merged=2, not_a_record=1, rejects=2)
    assert piece.rejects.to_pylist() == [
        {"file": "calls.csv", "row": 3, "reason": "no", "company": "east"},
        {"file": "calls.csv", "row": 5, "reason": "billsec 031234**** is not seconds", "company": "east"},
    ]


def test_nothing_collected_is_one_empty_piece():
    (piece,) = Rows("east", PROVENANCE).parsed()
    assert piece.tally == Tally()
    assert len(piece.calls) == len(piece.rejects) == 0


def test_very_many_calls_come_in_pieces_that_balance(monkeypatch):
    monkeypatch.setattr("sekisho.core.records.call_row._BATCH_ROWS", 2)
    rows = Rows("east", PROVENANCE)
    for number in range(5):
        rows.call(GOOD._replace(call_id=f"c{number}"), number)
    rows.merged = 3
    rows.reject(9, "no")
    pieces = list(rows.parsed())
    assert [len(piece.calls) for piece in pieces] == [2, 2, 1]
    assert all(piece.tally.balanced for piece in pieces)
    assert sum((piece.tally for piece in pieces), Tally()) == Tally(rows_in=9, calls=5, merged=3, rejects=1)
    assert [row for piece in pieces for row in piece.calls.column("row").to_pylist()] == [0, 1, 2, 3, 4]
