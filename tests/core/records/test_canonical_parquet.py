"""Canonical Parquet: files in, calls and rejects out."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from pyarrow import parquet

from sekisho.core.records.canonical_parquet import _repeating, read, rows_promised
from sekisho.core.records.parsed import Provenance, Tally
from sekisho.core.records.source import default_profile
from sekisho.core.tables import CALL_FIELDS, CALLS, CALLS_OF_WORDS
from sekisho.core.terms.errors import BadCallFile

PROFILE = default_profile("canonical", "feed", "east")
PROVENANCE = Provenance("calls.parquet", "c0ffee")
T = datetime(2026, 11, 23, 17, 52, 57, tzinfo=UTC)


def call(place=1, **change):
    row = {
        "call_id": f"c{place}",
        "source": "edge",
        "direction": "out",
        "line": "0312000000",
        "number": "0106112345678",
        "start": T,
        "answer": T + timedelta(seconds=5),
        "end": None,
        "cause": 200,
        "talk_ms": 60_000,
    }
    return row | change


def parquet_of(rows, schema=None, **options):
    sink = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, schema or pa.schema(CALL_FIELDS).remove_metadata()), sink, **options)
    return sink.getvalue()


def whole(data, **options):
    pieces = list(read(data, PROFILE, PROVENANCE, **options))
    assert all(piece.tally.balanced and piece.calls.schema == CALLS for piece in pieces)
    calls = [call for piece in pieces for call in piece.calls.to_pylist()]
    rejects = [(reject["row"], reject["reason"]) for piece in pieces for reject in piece.rejects.to_pylist()]
    return calls, rejects, sum((piece.tally for piece in pieces), Tally())


def test_a_file_becomes_calls():
    calls, rejects, tally = whole(parquet_of([call(1), call(2, answer=None, cause=None)]))
    assert (tally, rejects) == (Tally(rows_in=2, calls=2), [])
    assert calls[0] == call(1) | {"company": "east", "file_sha256": "c0ffee", "row": 1}
    assert calls[1]["answer"] is None


def loose_schema(**types):
    """The canonical columns, nullable, some of another type; without those whose type is None."""
    kinds = {field.name: field.type for field in CALL_FIELDS} | types
    return pa.schema([(name, kind) for name, kind in kinds.items() if kind is not None])


@pytest.mark.parametrize(
    "types",
    [
        {"start": pa.timestamp("ns", "UTC"), "answer": pa.timestamp("us", "Asia/Tokyo"), "source": pa.string()},
        {"start": pa.timestamp("us"), "end": pa.null(), "direction": pa.large_string()},
        {"cause": pa.float64(), "talk_ms": pa.int32(), "call_id": pa.large_string()},
        {"line": pa.dictionary(pa.int32(), pa.string())},
    ],
)
def test_the_same_calls_in_other_types(types):
    rows = [call(1), call(2)]
    plain = (
        [row | {"start": T.replace(tzinfo=None)} for row in rows] if types.get("start") == pa.timestamp("us") else rows
    )
    assert whole(parquet_of(plain, loose_schema(**types))) == whole(parquet_of(rows))


def test_times_as_texts_and_columns_in_any_order():
    rows = [{name: call(1)[name] for name in reversed(call(1))} | {"start": "2026-11-23T17:52:57Z"}]
    schema = pa.schema(reversed([field for field in loose_schema(start=pa.string()) if field.name != "talk_ms"]))
    calls, _, _ = whole(parquet_of(rows, schema))
    assert calls[0] == call(1) | {"talk_ms": None, "company": "east", "file_sha256": "c0ffee", "row": 1}


def test_bad_rows_are_rejects_and_good_rows_stay():
    rows = [
        call(1),
        call(2, line=""),
        call(3, answer=T - timedelta(seconds=1)),
        call(4, start=None),
        call(5, number=None),
        call(6, call_id="a\nb"),
        call(7, direction="sideways"),
        call(8, direction=None),
        call(9, start=datetime(1965, 1, 1, tzinfo=UTC)),
        call(10, source="0312345678" * 30),
        call(11),
    ]
    calls, rejects, tally = whole(parquet_of(rows, loose_schema()))
    assert tally == Tally(rows_in=11, calls=2, rejects=9)
    assert [call["row"] for call in calls] == [1, 11]
    assert rejects == [
        (2, "line is empty"),
        (3, "answer is before start"),
        (4, "start is empty"),
        (5, "number is null"),
        (6, "call_id holds a line break"),
        (7, 'direction "sideways" is neither in nor out'),
        (8, 'direction "" is neither in nor out'),
        (9, "start is not between 1970 and 2199"),
        (10, "source is longer than 255 bytes"),
    ]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.large_binary()])
@pytest.mark.parametrize("groups", [None, 700])
def test_texts_that_repeat_are_read_as_those_that_do_not(kind, groups):
    lines = ["0312000000", "+81 3-1200-0001", "", None, "0312000000\r", "番号", "03" * 200]
    rows = [call(place, line=lines[place * place % 7 if place < 2_000 else 0]) for place in range(1, 2_600)]
    rows += [call(place, line=f"03{place:08}") for place in range(2_600, 3_000)]
    if kind in (pa.binary(), pa.large_binary()):
        rows = [row | {"line": row["line"] and row["line"].encode()} for row in rows]
    options = {"row_group_size": groups} if groups else {}
    schema = pa.schema([pa.field(each.name, each.type) for each in CALL_FIELDS])
    schema = schema.set(schema.get_field_index("line"), pa.field("line", kind))
    repeating = parquet_of(rows, schema, **options)
    written_out = parquet_of(rows, schema, use_dictionary=["source", "direction"], **options)
    assert "line" in _repeating(parquet.ParquetFile(io.BytesIO(repeating)).metadata)
    assert "line" not in _repeating(parquet.ParquetFile(io.BytesIO(written_out)).metadata)
    calls, rejects, tally = whole(repeating, batch_rows=300)
    assert (calls, rejects, tally) == whole(written_out, batch_rows=300)
    assert tally.rejects == len(rejects) > 1_000
    assert tally.calls > 1_000


def test_a_big_file_comes_in_batches_with_running_rows():
    data = parquet_of([call(place, line="" if place == 70 else "03") for place in range(1, 101)], row_group_size=30)
    pieces = list(read(data, PROFILE, PROVENANCE, batch_rows=16))
    rows = [row for piece in pieces for row in piece.calls.column("row").to_pylist()]
    assert rows == [row for row in range(1, 101) if row != 70]
    assert len(pieces) > 4
    assert pieces[0].calls.column("call_id")[0].as_py() == "c1"
    assert [reject["row"] for piece in pieces for reject in piece.rejects.to_pylist()] == [70]
    assert whole(data, threads=True)[2] == Tally(rows_in=100, calls=99, rejects=1)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "calls.parquet: not readable as Parquet: "),
        (b"PAR1", "calls.parquet: not readable as Parquet: "),
        (parquet_of([call(1)])[:-9], "calls.parquet: not readable as Parquet: "),
        (parquet_of([call(1)], loose_schema(price=pa.int64())), 'calls.parquet: unknown column "price"; '),
        (parquet_of([call(1)], loose_schema(direction=None)), 'calls.parquet: missing column "direction"; '),
        (parquet_of([call(1, start=5)], loose_schema(start=pa.int64())), "calls.parquet: column start is int64; "),
        (parquet_of([call(1, source=5)], loose_schema(source=pa.int64())), "calls.parquet: column source is int64; "),
    ],
)  # fmt: skip
def test_a_file_that_is_not_canonical_is_refused(data, error):
    with pytest.raises(BadCallFile) as caught:
        list(read(data, PROFILE, PROVENANCE))
    assert str(caught.value).startswith(error)
    assert "\n" not in str(caught.value)


def test_a_footer_that_promises_other_rows_is_damage(monkeypatch):
    data = parquet_of([call(place) for place in range(1, 41)], row_group_size=20)
    batches = parquet.ParquetFile.iter_batches
    monkeypatch.setattr(parquet.ParquetFile, "iter_batches", lambda *a, **k: iter(list(batches(*a, **k))[:1]))
    with pytest.raises(BadCallFile, match="20 rows, and its footer promises 40"):
        list(read(data, PROFILE, PROVENANCE, batch_rows=20))


def test_a_file_without_rows_has_no_pieces_with_rows():
    assert whole(parquet_of([]))[2] == Tally()


def test_the_footer_promises_rows():
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table({"call_id": ["a", "b", "c"]}), sink)
    whole = sink.getvalue()
    assert rows_promised(whole) == 3
    assert rows_promised(bytes(whole)[:-6]) is None
    assert rows_promised(b"call_id,source\n") is None
    assert rows_promised(b"") is None


# --- lines as words --------------------------------------------------------------------------------------------------


def unkept(data):
    return list(read(data, PROFILE, Provenance("calls.parquet", "")))


MANY = [call(place, line=f"03120000{place % 7:02}") for place in range(500)]


def test_lines_stay_words_where_the_file_has_them_so_and_nobody_keeps_the_rows():
    (piece,) = unkept(parquet_of(MANY))
    assert piece.calls.schema == CALLS_OF_WORDS
    assert piece.calls.column("line").to_pylist() == [row["line"] for row in MANY]
    assert len(piece.calls.column("line").dictionary) == 7


@pytest.mark.parametrize("wrong", ["", "x" * 1_000, "0312\n00000"])
def test_a_word_that_is_no_line_has_its_rows_rejected_as_ever(wrong):
    rows = [*MANY, call(501, line=wrong)]
    kept, rejects, _ = whole(parquet_of(rows))
    (piece, rest) = unkept(parquet_of(rows))
    assert piece.calls.schema == CALLS
    assert piece.calls.column("call_id").to_pylist() == [row["call_id"] for row in kept]
    assert [(row["row"], row["reason"]) for row in rest.rejects.to_pylist()] == rejects
    assert len(rejects) == 1


def test_rows_with_another_fault_are_rejected_beside_lines_that_stay_words():
    (piece, rest) = unkept(parquet_of([*MANY, call(501, line="0312000001", direction="up")]))
    assert piece.calls.schema == CALLS_OF_WORDS
    assert (piece.calls.num_rows, rest.rejects.num_rows) == (500, 1)


def test_lines_that_do_not_repeat_are_texts():
    (piece,) = unkept(parquet_of([call(place, line=f"03{place:08}") for place in range(500)], use_dictionary=False))
    assert piece.calls.schema == CALLS
