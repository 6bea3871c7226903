"""The tables at the borders are what the design says, and a batch of each survives a log (IPC) and a lake (Parquet)."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.core.tables import CALLS, CANONICAL_COLUMNS, INSTANT, RATED, REJECTS, VERDICTS, WORD

CALL_COLUMNS = ["call_id", "source", "direction", "line", "number", "start", "answer", "end", "cause", "talk_ms"]
INSIDE = ["company", "file_sha256", "row"]
RATED_ADDS = [
    "e164",
    "destination_id",
    "class",
    "country",
    "place",
    "valid",
    "unit_ms",
    "units",
    "charge_milliyen",
    "tariff_version",
]
VERDICT_COLUMNS = [
    "verdict_id",
    "call_id",
    "company",
    "line",
    "at",
    "action",
    "scope",
    "score_nats",
    "evidence",
    "spend_today",
    "spend_month",
]
START = 1_795_456_377_296

CALL = {
    "call_id": "a@b",
    "source": "tokyo",
    "direction": "out",
    "line": "0312000000",
    "number": "01023276000001",
    "start": START,
    "answer": START + 3_001,
    "end": None,
    "cause": None,
    "talk_ms": None,
    "company": "east",
    "file_sha256": "e3b0c442",
    "row": 1,
}
ENDED = CALL | {"end": START + 9_999, "cause": 200, "talk_ms": 6_000, "row": 2}
PRICED = {
    "e164": 0xFFFF_FFFF_FFFF_FFFF,  # does not fit into a signed word
    "destination_id": 1_480,
    "class": "international",
    "country": "SL",
    "place": "フリータウン",
    "valid": True,
    "unit_ms": 60_000,
    "units": 1,
    "charge_milliyen": 175_000,
    "tariff_version": "2015-01-01-22b9572c203c",
}
VERDICT = {
    "verdict_id": "c86aaad5726f2507743b4637",
    "call_id": "a@b",
    "company": "east",
    "line": "0312000000",
    "at": START,
    "action": "hold",
    "scope": "international",
    "score_nats": 14.5,
    "evidence": [
        {"name": "rate", "nats": 11.5, "facts": '{"per_hour": 0.006}'},
        {"name": "country", "nats": 3.0, "facts": '{"share": 0.001}'},
    ],
    "spend_today": 175_000,
    "spend_month": 1 << 40,
}
REJECT = {"file": "calls.csv", "row": 7, "reason": "the line is not a telephone number", "company": "east"}
BATCHES = {
    "CALLS": pa.RecordBatch.from_pylist([CALL, ENDED], schema=CALLS),
    "RATED": pa.RecordBatch.from_pylist([ENDED | PRICED], schema=RATED),
    "VERDICTS": pa.RecordBatch.from_pylist([VERDICT, VERDICT | {"evidence": []}], schema=VERDICTS),
    "REJECTS": pa.RecordBatch.from_pylist([REJECT], schema=REJECTS),
}


def test_calls_have_the_columns_of_the_canonical_file_and_where_each_row_came_from():
    assert CALLS.names == CALL_COLUMNS + INSIDE
    assert list(CANONICAL_COLUMNS) == CALL_COLUMNS


def test_rated_adds_its_columns_to_calls():
    assert RATED.names == CALLS.names + RATED_ADDS
    assert [RATED.field(name) for name in CALLS.names] == list(CALLS)


def test_verdicts_have_their_columns_and_evidence_is_name_nats_facts():
    assert VERDICTS.names == VERDICT_COLUMNS
    assert pa.types.is_list(VERDICTS.field("evidence").type)
    assert [field.name for field in VERDICTS.field("evidence").type.value_type] == ["name", "nats", "facts"]


def test_rejects_say_file_row_and_reason():
    assert REJECTS.names == ["file", "row", "reason", "company"]


def test_a_company_stands_in_every_table_of_calls_and_verdicts():
    assert all("company" in schema.names for schema in (CALLS, RATED, VERDICTS))


def test_only_what_may_be_unknown_of_a_call_is_nullable():
    assert [field.name for field in CALLS if field.nullable] == ["answer", "end", "cause", "talk_ms"]
    assert [field.name for field in RATED if field.nullable] == ["answer", "end", "cause", "talk_ms"]
    assert not any(field.nullable for field in [*VERDICTS, *REJECTS])


def test_times_are_utc_milliseconds_and_money_is_whole():
    assert pa.timestamp("ms", tz="UTC") == INSTANT
    assert {CALLS.field(name).type for name in ("start", "answer", "end")} == {INSTANT}
    assert VERDICTS.field("at").type == INSTANT
    money = [RATED.field("charge_milliyen"), VERDICTS.field("spend_today"), VERDICTS.field("spend_month")]
    assert {field.type for field in money} == {pa.int64()}


def test_words_that_repeat_are_dictionaries_with_int32_indices():
    assert pa.dictionary(pa.int32(), pa.string()) == WORD
    words = ["source", "direction", "company", "file_sha256", "class", "country", "place", "tariff_version"]
    assert [field.name for field in RATED if field.type == WORD] == words
    assert [field.name for field in VERDICTS if field.type == WORD] == ["company", "action"]


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_survives_ipc(name):
    batch = BATCHES[name]
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    with pa.ipc.open_stream(sink.getvalue()) as reader:
        back = reader.read_all()
    assert back.schema.equals(batch.schema)
    assert back.to_pylist() == batch.to_pylist()


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_survives_parquet(name):
    table = pa.Table.from_batches([BATCHES[name]])
    sink = io.BytesIO()
    pq.write_table(table, sink)
    back = pq.read_table(io.BytesIO(sink.getvalue()))
    assert back.schema.equals(table.schema)
    assert back.to_pylist() == table.to_pylist()


def test_a_row_without_its_line_is_no_batch():
    batch = pa.RecordBatch.from_pylist([CALL | {"line": None}], schema=CALLS)
    sink = io.BytesIO()
    with pytest.raises(pa.ArrowInvalid, match="line"):
        pq.write_table(pa.Table.from_batches([batch]), sink)
