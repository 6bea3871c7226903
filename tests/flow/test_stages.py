"""Number, identify, rate: what the watch is given of a batch of CALLS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sekisho.core.digits.packed import pack
from sekisho.core.identity.calls import DUPLICATE, MERGED, NEW, NO_LINE, TOO_OLD, CallTable
from sekisho.core.identity.lines import LineTable
from sekisho.core.numbering.plan import build_plan
from sekisho.core.rating.tariff import parse_tariff
from sekisho.core.tables import CALLS, CALLS_OF_WORDS, RATED
from sekisho.core.terms.destination import country_code
from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import DAY_MS, parse_rfc3339
from sekisho.flow.stages import ANSWER, END, START, Stages, rated_batch, text_bytes

HIKARI = parse_tariff((Path(__file__).parents[2] / "examples/tariffs/hikari-style.csv").read_bytes(), "hikari.csv")
NIGHT = parse_rfc3339("2026-11-23T17:52:57Z")
CALL = {
    "call_id": "a",
    "source": "sbc",
    "direction": "out",
    "line": "0312000000",
    "number": "01023276000001",
    "start": NIGHT,
    "answer": NIGHT + 3_000,
    "end": NIGHT + 90_000,
    "cause": 200,
    "company": "east",
    "file_sha256": "f",
    "row": 1,
}
RINGING = {"answer": None, "end": None, "cause": None}
ANSWERED = {"end": None, "cause": None}


def batch_of(*changes: dict[str, Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([CALL | change for change in changes], schema=CALLS)


@pytest.fixture
def stages() -> Stages:
    made = Stages(build_plan(), LineTable(), CallTable())
    made.tariffs["east"] = HIKARI
    return made


def test_texts_are_bytes_of_utf8():
    assert text_bytes(pa.array(["0312000000", "", "あ"])).tolist() == [b"0312000000", b"", "あ".encode()]


def test_a_dear_call_abroad_as_the_watch_sees_it(stages):
    prepared = stages.prepare(batch_of({}), "east")
    [call] = prepared.calls
    assert (call["start"], call["answer"], call["end"]) == (NIGHT, NIGHT + 3_000, NIGHT + 90_000)
    assert (call["line"], call["number"], call["country"]) == (0, pack("23276000001"), country_code("SL"))
    assert (call["international"], call["outgoing"], call["scored"]) == (1, 1, 1)
    assert call["charge"] == 2 * 175_000
    assert HIKARI.rate_names[int(call["rate"])].as_py() == "Sierra Leone"
    assert stages.lines.text(0) == "0312000000"


def test_a_domestic_and_an_incoming_call(stages):
    prepared = stages.prepare(batch_of({"number": "0398765432"}, {"direction": "in", "number": "+23276000001"}), "east")
    assert prepared.calls["international"].tolist() == [0, 1]
    assert prepared.calls["outgoing"].tolist() == [1, 0]
    assert prepared.calls["charge"].tolist() == [8_000, 0]
    assert prepared.admission.status.tolist() == [NEW, NEW]


def test_the_event_a_row_tells_is_the_last_instant_it_knows(stages):
    rows = [RINGING, ANSWERED, {}, {}, {"call_id": "b", "answer": None}]
    prepared = stages.prepare(batch_of(*rows), "east")
    assert prepared.kind.tolist() == [START, ANSWER, END, END, END]
    assert prepared.admission.status.tolist() == [NEW, MERGED, MERGED, DUPLICATE, NEW]
    assert prepared.admission.told.tolist() == [0, 1, 3, 7, 0]
    assert prepared.calls["charge"].tolist() == [0, 0, 350_000, 350_000, 0]


def test_evidence_is_counted_apart_costs_nothing_and_its_late_records_are_not_scored(stages):
    stages.evidence_sources = frozenset({("east", "pbx"), ("west", "sbc")})
    pbx = {"source": "pbx"}
    prepared = stages.prepare(batch_of(pbx | RINGING, pbx, {}, pbx), "east")
    assert prepared.charging.tolist() == [False, False, True, False]
    assert prepared.admission.status.tolist() == [NEW, MERGED, MERGED, DUPLICATE]
    assert prepared.admission.told.tolist() == [0, 8, 40, 44]
    assert prepared.calls["scored"].tolist() == [1, 0, 1, 0]
    assert prepared.calls["charge"].tolist() == [0, 0, 350_000, 0]


def test_a_line_written_in_two_ways_is_one_line_and_keeps_its_first_text(stages):
    prepared = stages.prepare(batch_of({"line": "+81312000000"}, {"call_id": "b"}), "east")
    assert prepared.calls["line"].tolist() == [0, 0]
    assert stages.lines.text(0) == "+81312000000"


def test_a_line_that_is_no_number_has_no_row(stages):
    prepared = stages.prepare(batch_of({"line": "anonymous"}, {"call_id": "b"}), "east")
    assert prepared.admission.status.tolist() == [NO_LINE, NEW]
    assert prepared.calls["line"].tolist() == [-1, 0]
    assert stages.lines.count == 1


def test_a_company_without_a_tariff_is_an_error(stages):
    with pytest.raises(LogDamaged, match="company 'west' has calls but no tariff; load one before its calls"):
        stages.prepare(batch_of({}), "west")


def test_a_call_from_before_the_horizon_is_too_old(stages):
    old = {"call_id": "old", "start": NIGHT - 41 * DAY_MS, "answer": None, "end": NIGHT - 41 * DAY_MS}
    rows = [{}, {"call_id": "b"}, old]
    assert stages.prepare(batch_of(*rows), "east").admission.status.tolist() == [NEW, NEW, TOO_OLD]


def test_each_row_is_described_with_a_handle_behind_the_base_and_told_from_no_other(stages):
    rows = ({}, {}, {"line": "anonymous"}, RINGING)
    told = stages.describe(batch_of(*rows), "east", 7)
    assert told.calls["handle"].tolist() == [7, 8, 9, 10]
    assert told.line_rows.tolist() == [0, 0, -1, 0]
    assert told.bits.tolist() == [4, 4, 4, 1]
    assert stages.prepare(batch_of(*rows), "east").admission.status.tolist() == [NEW, DUPLICATE, NO_LINE, MERGED]


def test_a_slice_of_a_batch_is_prepared_like_a_batch_of_its_own(stages):
    rows = [{"call_id": str(at), "line": f"03120000{at:02d}", "start": NIGHT - at, **RINGING} for at in range(9)]
    rows[6] |= {"answer": NIGHT, "end": NIGHT + 61_000, "number": "0398765432", "direction": "in", "source": "pbx"}
    stages.evidence_sources = frozenset({("east", "pbx")})
    alone = Stages(stages.plan, LineTable(), CallTable())
    alone.tariffs["east"], alone.evidence_sources = HIKARI, stages.evidence_sources
    part = stages.prepare(batch_of(*rows).slice(5, 3), "east")
    own = alone.prepare(batch_of(*rows[5:8]), "east")
    assert part.calls.tolist() == own.calls.tolist()
    assert part.kind.tolist() == own.kind.tolist() == [START, END, START]
    assert part.admission.said.tolist() == own.admission.said.tolist()


def as_words(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same batch with its lines as words."""
    place = CALLS.get_field_index("line")
    columns = [*batch.columns]
    columns[place] = columns[place].dictionary_encode()
    return pa.RecordBatch.from_arrays(columns, schema=CALLS_OF_WORDS)


def test_lines_may_come_as_words(stages):
    """Two batches of one dictionary, one of another, and the first company's words told by a second company."""
    other = Stages(build_plan(), LineTable(), CallTable())
    other.tariffs = stages.tariffs = {"east": HIKARI, "west": HIKARI}
    lines = ["0312000000", "+81312000001", "nonsense", "0312000000", "0398765432"]
    batch = batch_of(*({"line": line, "call_id": str(place)} for place, line in enumerate(lines)))
    words = as_words(batch)
    told = [(batch, words), (batch.slice(1), words.slice(1)), (batch.slice(3), as_words(batch.slice(3)))]
    for company in ("east", "west", "east"):
        for texts, same in told:
            plain, of_words = stages.describe(texts, company), other.describe(same, company)
            assert of_words.calls.tolist() == plain.calls.tolist()
            assert of_words.line_rows.tolist() == plain.line_rows.tolist()
    assert [other.lines.text(row) for row in range(6)] == [stages.lines.text(row) for row in range(6)]
    assert other.lines.count == stages.lines.count == 6


def test_an_empty_batch(stages):
    prepared = stages.prepare(batch_of(), "east")
    assert prepared.calls.size == prepared.admission.status.size == 0


def test_rated_is_the_batch_with_what_numbering_and_rating_say(stages):
    batch = batch_of({}, {"call_id": "b", "number": "110", "answer": None}, {"call_id": "c", "number": "0120345678"})
    prepared = stages.prepare(batch, "east")
    rated = rated_batch(batch, prepared, stages.plan, HIKARI)
    assert rated.schema.equals(RATED)
    rated.validate(full=True)
    first, emergency, free = rated.to_pylist()
    assert {name: first[name] for name in CALLS.names} == batch.to_pylist()[0]
    wanted = {"class": "international", "country": "SL", "units": 2, "unit_ms": 60_000, "charge_milliyen": 350_000}
    assert {name: first[name] for name in wanted} == wanted
    assert (first["e164"], first["valid"]) == (pack("23276000001"), True)
    assert first["tariff_version"] == HIKARI.tables[0].version
    assert (emergency["class"], emergency["e164"], emergency["units"]) == ("emergency", 0, 0)
    assert (free["class"], free["country"], free["charge_milliyen"]) == ("free", "JP", 0)


def test_numbers_on_a_hot_list_are_marked_and_others_not(stages):
    rows = ({}, {"number": "01023276000009"}, {"number": "0312345678"}, {"number": "010" + "23276000001"})
    batch = batch_of(*({"call_id": str(at)} | row for at, row in enumerate(rows)))
    assert stages.describe(batch, "east").calls["hot"].tolist() == [0, 0, 0, 0]
    told = {"name": "forum", "version": 1, "numbers": "23276000001 813123"}
    stages.hot_lists.apply(told | {"company": "west"})
    assert stages.describe(batch, "east").calls["hot"].tolist() == [0, 0, 0, 0]
    stages.hot_lists.apply(told | {"company": "east"})
    assert stages.describe(batch, "east").calls["hot"].tolist() == [1, 0, 1, 1]
