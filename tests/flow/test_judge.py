"""What the judge says of calls, worked by hand.

Contracts, limits and timers are in test_judge_contracts.py, replays and snapshots in test_judge_replay.py.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.flow.judge_arrays import EAGER, arrays_of

from sekisho.core.tables import CALLS
from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, parse_rfc3339
from sekisho.flow import Judge, JudgeSettings, Outcome

HIKARI = (Path(__file__).parents[2] / "examples/tariffs/hikari-style.csv").read_text("utf-8")
NIGHT = parse_rfc3339("2026-11-23T17:52:57Z")  # Tuesday, ten to three in Japan
NOON = parse_rfc3339("2026-11-24T03:00:00Z")
MOBILE = "09012345678"  # 17.5 yen a minute, no score
ABROAD = ("01023276000001", "01022070000001", "0102356600001", "01088112345678")  # 175, 150, 250, 700 yen a minute
LINE = "0312000000"


def told(*messages: dict[str, Any], **message: Any) -> bytes:
    return json.dumps(list(messages) if messages else message).encode()


def judge_of(*companies: str, tariff: str = HIKARI) -> Judge:
    judge = Judge(JudgeSettings(EAGER))
    for company in companies or ("east",):
        judge.apply("tariff", told(company=company, file="t.csv", csv=tariff))
    return judge


def call(call_id: str, number: str, start: int, talk_ms: int = 25 * SECOND_MS, **more: Any) -> dict[str, Any]:
    """One call as a CDR has it: answered after three seconds."""
    filled = {"source": "sbc", "direction": "out", "line": LINE, "company": "east", "file_sha256": "f", "cause": 200}
    moments = {"start": start, "answer": start + 3_000, "end": start + 3_000 + talk_ms}
    return {"call_id": call_id, "number": number, **moments, **filled, **more}


def live(call: dict[str, Any]) -> list[dict[str, Any]]:
    """The same call as a live feed tells it."""
    ringing = call | {"answer": None, "end": None, "cause": None}
    return [ringing, call | {"end": None, "cause": None}, call]


def feed(judge: Judge, *rows: dict[str, Any]) -> Outcome:
    """Rows as one journal entry; whatever becomes of them, all are accounted for."""
    numbered = [{"row": at + 1, **row} for at, row in enumerate(rows)]
    batch = pa.RecordBatch.from_pylist(numbered, schema=CALLS)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, CALLS) as writer:
        writer.write_batch(batch)
    outcome = judge.apply("calls", sink.getvalue())
    rejects = outcome.rejects.num_rows if outcome.rejects is not None else 0
    assert outcome.calls + outcome.merged + outcome.duplicates + rejects == len(rows)
    return outcome


def rows_of(table: pa.RecordBatch | None) -> list[dict[str, Any]]:
    return table.to_pylist() if table is not None else []


def said(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Verdicts as (action, first evidence, call_id)."""
    return [(each["action"], each["evidence"][0]["name"], each["call_id"]) for each in rows_of(outcome.verdicts)]


def burst(start: int = NIGHT, **more: Any) -> list[dict[str, Any]]:
    return [call(f"b{at}", ABROAD[at % 4], start + at * 30 * SECOND_MS, **more) for at in range(8)]


def scores(judge: Judge) -> list[float]:
    return arrays_of(judge)["abroad"]["score"].ravel().tolist()


def test_a_burst_of_dear_calls_to_new_countries_is_held():
    outcome = feed(judge_of(), *burst())
    verdicts = rows_of(outcome.verdicts)
    assert [each["action"] for each in verdicts] == ["ask", "hold"]
    first = verdicts[1]
    assert (first["scope"], first["company"], first["line"], first["call_id"]) == ("international", "east", LINE, "b2")
    assert first["score_nats"] >= 19
    assert {"rate", "country", "price", "part_of_week"} <= {each["name"] for each in first["evidence"]}
    assert sum(each["nats"] for each in first["evidence"]) == pytest.approx(first["score_nats"], abs=1e-3)
    assert outcome.calls == 8


def test_domestic_calls_are_charged_and_never_suspect():
    rows = [call(f"d{at}", ["0312345678", MOBILE, "05012345678"][at % 3], NIGHT + at * 1_000) for at in range(200)]
    outcome = feed(judge_of(), *rows)
    assert outcome.verdicts is None
    charges = outcome.rated.column("charge_milliyen").to_pylist()
    assert charges[:3] == [8_000, 17_500, 10_800]
    assert len(charges) == 200


def test_incoming_calls_cost_nothing_and_are_not_suspect():
    outcome = feed(judge_of(), *burst(direction="in"))
    assert outcome.verdicts is None
    assert set(outcome.rated.column("charge_milliyen").to_pylist()) == {0}


def test_where_no_terms_allow_a_hold_the_burst_is_an_alert():
    judge = judge_of()
    judge.apply("lines", told({"company": "east", "line": LINE, "automatic_hold": False}))
    assert {action for action, _, _ in said(feed(judge, *burst()))} == {"alert"}


def test_a_second_telling_is_a_duplicate_and_a_further_event_is_merged():
    judge, rows = judge_of(), live(call("a", ABROAD[0], NIGHT))
    first = feed(judge, *rows)
    assert (first.calls, first.merged, first.duplicates) == (1, 2, 0)
    assert first.rated.column("charge_milliyen").to_pylist() == [175_000]
    before = scores(judge)
    again = feed(judge, *rows)
    assert (again.calls, again.merged, again.duplicates, again.rated, again.verdicts) == (0, 0, 3, None, None)
    assert scores(judge) == before


def test_a_line_that_is_no_number_is_rejected_with_its_place_and_reason():
    judge = judge_of()
    outcome = feed(judge, call("a", MOBILE, NOON, line="anonymous"), call("b", MOBILE, NOON))
    [reject] = rows_of(outcome.rejects)
    assert (reject["file"], reject["row"]) == ("f", 1)
    assert reject["reason"] == "the line is not a telephone number; give E.164 or a national number like 0312345678"
    assert outcome.rated.column("call_id").to_pylist() == ["b"]


def test_a_call_that_began_more_than_40_days_before_the_others_is_rejected():
    judge = judge_of()
    for day in range(45):
        assert feed(judge, call(f"day{day}", MOBILE, NOON + day * DAY_MS)).calls == 1
    for each in (judge, Judge.restore(JudgeSettings(EAGER), judge.pieces())):
        outcome = feed(each, call("late", MOBILE, NOON + 3 * DAY_MS), call("day5", MOBILE, NOON + 5 * DAY_MS))
        [reject] = rows_of(outcome.rejects)
        assert reject["reason"].startswith("the call began more than 40 days before the others")
        assert (reject["row"], outcome.duplicates, outcome.rated) == (1, 1, None)


def test_one_switch_with_a_wrong_clock_makes_nobody_else_too_old():
    judge = judge_of()
    feed(judge, call("a", MOBILE, NOON))
    feed(judge, call("clock", MOBILE, NOON + 20_000 * DAY_MS, line="0312000009"))
    outcome = feed(judge, call("b", MOBILE, NOON + 1_000))
    assert (outcome.calls, outcome.rejects) == (1, None)


EVIDENCE = {"source": "pbx"}


def with_evidence(*companies: str) -> Judge:
    judge = judge_of(*companies)
    for company in companies or ("east",):
        judge.apply("source", told(name="pbx", company=company, charging=False))
    return judge


def test_evidence_is_never_rated_and_its_call_is_scored_and_charged_once():
    told_by_both, told_once = with_evidence(), judge_of()
    calls = burst()[:2]
    for each in calls:
        outcome = feed(told_by_both, *live(each | EVIDENCE))
        assert (outcome.rated, outcome.calls, outcome.merged) == (None, 1, 2)
        late = feed(told_by_both, each)
        assert (late.rated.num_rows, late.calls, late.merged, late.verdicts) == (1, 0, 1, None)
        feed(told_once, *live(each))
    assert scores(told_by_both) == scores(told_once)
    spends = [arrays_of(judge)["contracts"]["month_spend"][0] for judge in (told_by_both, told_once)]
    assert spends == [175_000 + 150_000] * 2


def test_a_record_from_evidence_alone_does_not_hide_the_charging_record_from_the_watch():
    both, charging = with_evidence(), judge_of()
    feed(both, *burst(**EVIDENCE))
    assert said(feed(both, *burst())) == said(feed(charging, *burst()))
    assert scores(both) == scores(charging)


def test_what_evidence_tells_after_the_charging_record_changes_nothing():
    judge = with_evidence()
    feed(judge, *burst()[:1])
    before = arrays_of(judge)["contracts"].copy(), scores(judge)
    outcome = feed(judge, *live(burst(**EVIDENCE)[0]))
    assert (outcome.merged, outcome.rated, outcome.verdicts) == (3, None, None)
    assert (arrays_of(judge)["contracts"] == before[0]).all()
    assert scores(judge) == before[1]


def test_a_source_becomes_charging_when_told_so():
    judge = with_evidence()
    judge.apply("source", told(name="pbx", company="east", charging=True))
    assert feed(judge, call("a", MOBILE, NOON, **EVIDENCE)).rated.num_rows == 1


def test_one_company_s_evidence_source_may_be_another_s_charging_source():
    judge = judge_of("east", "west")
    judge.apply("source", told(name="pbx", company="east", charging=False))
    assert feed(judge, call("a", MOBILE, NOON, **EVIDENCE)).rated is None
    assert feed(judge, call("a", MOBILE, NOON, company="west", **EVIDENCE)).rated.num_rows == 1
    judge.apply("source", told(name="pbx", company="west", charging=True))
    assert feed(judge, call("b", MOBILE, NOON, **EVIDENCE)).rated is None


def test_a_new_tariff_prices_the_calls_after_it():
    judge = judge_of()
    before = rows_of(feed(judge, call("a", MOBILE, NOON)).rated)[0]
    dearer = HIKARI.replace("60,17.5,", "60,20,")
    judge.apply("tariff", told(company="east", file="t.csv", csv=dearer))
    after = rows_of(feed(judge, call("b", MOBILE, NOON)).rated)[0]
    assert (before["charge_milliyen"], after["charge_milliyen"]) == (17_500, 20_000)
    assert before["tariff_version"] != after["tariff_version"]


def test_an_answer_after_the_end_opens_nothing():
    judge = judge_of()
    start, answer, end = live(call("a", ABROAD[0], NIGHT))
    feed(judge, start, end)
    before = scores(judge)
    outcome = feed(judge, answer)
    assert (outcome.merged, outcome.rated, outcome.verdicts) == (1, None, None)
    assert scores(judge) == before
    totals = arrays_of(judge)["totals"]
    assert totals["started"] == totals["ended"] == 1


def test_two_companies_in_one_batch_are_judged_apart():
    both = judge_of("east", "west")
    rows = [row for each in burst() for row in (each, each | {"company": "west", "number": MOBILE})]
    outcome = feed(both, *rows)
    alone = feed(judge_of("east"), *burst())
    assert [row for row in rows_of(outcome.verdicts) if row["company"] == "east"] == rows_of(alone.verdicts)
    assert {row["company"] for row in rows_of(outcome.verdicts)} == {"east"}
    assert outcome.calls == 16
    charges = {(row["company"], row["charge_milliyen"]) for row in rows_of(outcome.rated)}
    assert {charge for company, charge in charges if company == "west"} == {17_500}


def test_rows_of_two_companies_are_judged_in_the_order_in_which_they_came():
    judge = judge_of("east", "west")
    judge.apply("lines", told({"company": "west", "line": LINE, "daily_limit_yen": 100}))
    start, answer, end = live(call("a", MOBILE, NOON, 2 * MINUTE_MS, company="west"))
    feed(judge, start, answer)
    later = call("b", MOBILE, NOON + HOUR_MS)
    assert said(feed(judge, end, later)) == []  # the call was over long before its limit


def test_what_no_journal_of_ours_holds_is_an_error():
    judge = judge_of()
    with pytest.raises(LogDamaged, match="kind 'bogus', which this judge does not know"):
        judge.apply("bogus", b"")
    with pytest.raises(LogDamaged, match="'north' has calls but no tariff"):
        feed(judge, call("a", MOBILE, NOON, company="north"))
    with pytest.raises(LogDamaged, match="'nobody', which is not a number"):
        judge.apply("lines", told({"company": "east", "line": "nobody"}))


def test_an_empty_entry_leads_to_nothing():
    outcome = feed(judge_of())
    assert (outcome.rated, outcome.verdicts, outcome.rejects, outcome.calls) == (None, None, None, 0)


def test_a_stream_of_several_batches_is_one_entry():
    judge, rows = judge_of("east", "west"), [call("a", MOBILE, NOON), call("b", MOBILE, NOON, company="west")]
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, CALLS) as writer:
        for at, row in enumerate(rows):
            writer.write_batch(pa.RecordBatch.from_pylist([{"row": at, **row}], schema=CALLS))
    outcome = judge.apply("calls", sink.getvalue())
    assert [(row["company"], row["call_id"]) for row in rows_of(outcome.rated)] == [("east", "a"), ("west", "b")]
    assert np.isclose(sum(outcome.rated.column("charge_milliyen").to_pylist()), 35_000)
