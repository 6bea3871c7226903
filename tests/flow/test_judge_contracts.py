"""Contracts, limits and calls in progress, as messages of the journal tell the judge of them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.flow.judge_arrays import arrays_of

from sekisho.core.identity.calls import CallTable
from sekisho.core.tables import CALLS
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, SECOND_MS, parse_rfc3339
from sekisho.flow import Judge, JudgeSettings, Outcome

HIKARI = (Path(__file__).parents[2] / "examples/tariffs/hikari-style.csv").read_text("utf-8")
NOON = parse_rfc3339("2026-11-24T03:00:00Z")
MOBILE = "09012345678"  # 17.5 yen a minute, no score
LINE = "0312000000"


def told(*messages: dict[str, Any], **message: Any) -> bytes:
    return json.dumps(list(messages) if messages else message).encode()


def judge_of(*companies: str, tariff: str = HIKARI) -> Judge:
    judge = Judge(JudgeSettings())
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


def tick(judge: Judge, at: int) -> Outcome:
    return judge.apply("tick", at.to_bytes(8, "little", signed=True))


def restored(judge: Judge) -> Judge:
    return Judge.restore(JudgeSettings(), judge.pieces())


def limited(judge: Judge, line: str = LINE, **more: Any) -> Judge:
    judge.apply("lines", told({"company": "east", "line": line, **more}))
    return judge


@pytest.mark.parametrize("limit", ["daily_limit", "monthly_limit"])
def test_a_limit_holds_once_it_is_reached(limit):
    judge = limited(judge_of(), **{f"{limit}_yen": 100})
    rows = [call(f"d{at}", MOBILE, NOON + at * HOUR_MS, 3 * MINUTE_MS) for at in range(2)]  # 52.5 yen each
    assert said(feed(judge, rows[0])) == []
    outcome = feed(judge, rows[1])
    assert said(outcome) == [("hold", limit, "d1")]
    [verdict] = rows_of(outcome.verdicts)
    assert json.loads(verdict["evidence"][0]["facts"]) == {"spent": 105.0, "limit": 100.0}
    assert (verdict["spend_today"], verdict["spend_month"]) == (105_000, 105_000)


def test_a_limit_without_terms_for_a_hold_is_an_alert_and_a_limit_of_0_is_none():
    judge = limited(judge_of(), daily_limit_yen=10, automatic_hold=False)
    assert said(feed(judge, call("a", MOBILE, NOON))) == [("alert", "daily_limit", "a")]
    limited(judge, daily_limit_yen=0)
    assert said(feed(judge, call("b", MOBILE, NOON + HOUR_MS))) == []


def test_the_lines_of_one_contract_share_its_money_and_other_lines_do_not():
    judge = judge_of()
    lines = [f"031200000{at}" for at in range(4)]
    judge.apply("lines", told(*({"company": "east", "line": each, "contract": "C1"} for each in lines[:2])))
    judge.apply("lines", told({"company": "east", "line": lines[0], "daily_limit_yen": 30}))
    judge.apply("lines", told({"company": "east", "line": lines[2], "contract": "C2", "daily_limit_yen": 30}))
    rows = [call(each, MOBILE, NOON + at * MINUTE_MS, line=each) for at, each in enumerate([*lines, lines[1]])]
    assert said(feed(judge, *rows)) == [("hold", "daily_limit", lines[1])]


@pytest.mark.parametrize("snapshot", [False, True])
def test_a_line_that_leaves_a_contract_for_a_new_one_leaves_the_money_of_the_others(snapshot):
    judge, other = judge_of(), "0312000001"
    for line in (LINE, other):
        judge.apply("lines", told({"company": "east", "line": line, "contract": "C1", "daily_limit_yen": 30}))
    judge = restored(judge) if snapshot else judge
    judge.apply("lines", told({"company": "east", "line": LINE, "contract": "C2"}))
    rows = [call("a", MOBILE, NOON), call("b", MOBILE, NOON, line=other), call("c", MOBILE, NOON + HOUR_MS)]
    assert said(feed(judge, *rows)) == []  # C2 has no limit, C1 has spent 17.5 of 30 yen
    assert said(feed(judge, call("d", MOBILE, NOON + HOUR_MS, line=other))) == [("hold", "daily_limit", "d")]


def test_a_new_contract_begins_with_nothing_told():
    judge, other = judge_of(), "0312000001"
    limited(judge)
    limited(judge, line=other, daily_limit_yen=10, automatic_hold=False)
    assert said(feed(judge, call("a", MOBILE, NOON, line=other))) == [("alert", "daily_limit", "a")]
    for line in (LINE, other):
        limited(judge, line=line, contract="C1")
    limited(judge, contract="C2")
    assert said(feed(judge, call("b", MOBILE, NOON + 1))) == []
    limited(judge, daily_limit_yen=10, automatic_hold=False)
    assert said(feed(judge, call("c", MOBILE, NOON + 2))) == [("alert", "daily_limit", "c")]


def test_one_contract_name_in_two_companies_is_two_contracts():
    judge = judge_of("east", "west")
    for company in ("east", "west"):
        judge.apply("lines", told({"company": company, "line": LINE, "contract": "C1", "daily_limit_yen": 30}))
    rows = [call("a", MOBILE, NOON), call("a", MOBILE, NOON, company="west")]
    assert said(feed(judge, *rows)) == []


@pytest.mark.parametrize("snapshot", [False, True])
@pytest.mark.parametrize("split", [False, True])
def test_a_tick_lets_a_running_call_cross_the_limit_and_names_that_call(split, snapshot):
    judge = limited(judge_of(), daily_limit_yen=100)
    rows = live(call("running", MOBILE, NOON))[:2]
    for entry in [rows[:1], rows[1:]] if split else [rows]:
        assert said(feed(judge, *entry)) == []
    feed(judge, call("another", MOBILE, NOON + 1_000, line="0312000001"))
    judge = restored(judge) if snapshot else judge
    sixth = NOON + 3_000 + 5 * MINUTE_MS  # minute; with it 105 yen
    assert said(tick(judge, sixth - 1_001)) == []
    outcome = tick(judge, sixth - 1_000)  # a second before it begins
    assert said(outcome) == [("hold", "daily_limit", "running")]
    [verdict] = rows_of(outcome.verdicts)
    assert (verdict["line"], verdict["spend_today"]) == (LINE, 87_500)
    assert json.loads(verdict["evidence"][0]["facts"]) == {"spent": 105.0, "limit": 100.0}


def test_a_timer_between_two_rows_of_a_batch_names_the_call_of_that_batch():
    judge = limited(judge_of(), daily_limit_yen=100)
    rows = live(call("running", MOBILE, NOON))[:2]
    other = call("x", MOBILE, NOON + HOUR_MS, line="0312000001")
    assert said(feed(judge, *rows, other)) == [("hold", "daily_limit", "running")]


def test_a_limit_told_during_a_call_counts_for_that_call():
    judge = judge_of()
    feed(judge, *live(call("running", MOBILE, NOON))[:2])
    tick(judge, NOON + MINUTE_MS)
    limited(judge, daily_limit_yen=100)
    assert said(tick(judge, NOON + HOUR_MS)) == [("hold", "daily_limit", "running")]


def open_on_many_lines(judge: Judge, count: int, tail: str = "") -> list[str]:
    """Calls in progress, each on a line with a limit of its own; their ids."""
    lines = [f"03130{at:05d}" for at in range(count)]
    judge.apply("lines", told(*({"company": "east", "line": line, "daily_limit_yen": 100} for line in lines)))
    calls = [call(f"open-{line}{tail}", MOBILE, NOON, line=line) for line in lines]
    feed(judge, *(row for each in calls for row in live(each)[:2]))
    return [each["call_id"] for each in calls]


@pytest.mark.parametrize("snapshot", [False, True])
def test_timers_name_the_right_calls_after_the_memory_of_calls_has_grown_or_shrunk(snapshot):
    judge = judge_of()
    ids = open_on_many_lines(judge, 60)
    # Room is made for so many calls; only one comes of them, so that a snapshot needs less room again.
    feed(judge, *([call("more", MOBILE, NOON, line="0312000009")] * 4_000))
    judge = restored(judge) if snapshot else judge
    later = [call(f"later-{at}", MOBILE, NOON + HOUR_MS, line="0312000009") for at in range(2_000)]
    assert sorted(call_id for _, _, call_id in said(feed(judge, *later))) == sorted(ids)


def call_id_in_the_first_place() -> str:
    """A call id (of the first line, outgoing) that stands in the first entry of an empty table."""
    for at in range(100_000):
        table, one = CallTable(), np.zeros(1, np.int64)
        column = pa.array([f"first-{at}"])
        if table.admit(column, one.astype(np.int32), one > 0, one.astype(np.uint8) + 1, one, one, 0).place[0] == 0:
            return f"first-{at}"
    raise AssertionError("a hash that never says 0")


def test_a_timer_never_names_a_call_that_was_refused():
    judge, call_id = limited(judge_of(), daily_limit_yen=100), call_id_in_the_first_place()
    feed(judge, *live(call(call_id, MOBILE, NOON))[:2])
    refused = call("refused", MOBILE, NOON, line="nobody")
    later = call("later", MOBILE, NOON + HOUR_MS, line="0312000009")
    assert said(feed(judge, refused, later)) == [("hold", "daily_limit", call_id)]


@pytest.mark.parametrize("split", [False, True])
def test_a_timer_names_the_line_as_it_was_first_written(split):
    judge = limited(judge_of(), daily_limit_yen=100)
    rows = live(call("running", MOBILE, NOON, line="+81312000000"))[:2]
    other = call("x", MOBILE, NOON + HOUR_MS, line="0312000001")
    outcomes = [feed(judge, *rows), feed(judge, other)] if split else [feed(judge, *rows, other)]
    assert [row["line"] for each in outcomes for row in rows_of(each.verdicts)] == [LINE]


def test_timers_name_a_call_by_its_whole_id_however_long():
    judge = judge_of()
    ids = open_on_many_lines(judge, 2, tail="あ" * 40 + "@" + "x" * 300)
    feed(judge, *(live(call(f"short-{at}", MOBILE, NOON, line="0312000009"))[0] for at in range(1_500)))
    assert sorted(call_id for _, _, call_id in said(tick(judge, NOON + HOUR_MS))) == sorted(ids)


def test_a_contract_agrees_on_countries_and_on_a_price():
    judge = limited(judge_of(), allowed_countries=["US"], automatic_hold=False)
    assert said(feed(judge, call("a", "01023276123456", NOON))) == [("alert", "allowed_countries", "a")]
    limited(judge, allowed_countries=[], price_ceiling_yen=100)
    assert said(feed(judge, call("b", "01023276123457", NOON + HOUR_MS))) == [("alert", "price_ceiling", "b")]


def test_a_contract_agrees_on_calls_at_a_time():
    judge = limited(judge_of(), concurrent_calls=1)
    rings = [live(call(each, "01012125550100", NOON))[0] for each in ("c", "d")]
    assert said(feed(judge, *rings)) == [("hold", "concurrent_calls", "d")]


def test_the_limit_on_calls_abroad_does_not_count_calls_at_home():
    judge = limited(judge_of(), international_monthly_limit_yen=300)
    rows = [call(f"m{at}", MOBILE, NOON + at * MINUTE_MS, 10 * MINUTE_MS) for at in range(5)]
    assert said(feed(judge, *rows)) == []
    abroad = [call(f"a{at}", "01012125550100", NOON + HOUR_MS + at, 20 * MINUTE_MS) for at in range(2)]  # 180 yen each
    assert said(feed(judge, *abroad)) == [("hold", "international_monthly_limit", "a1")]


@pytest.mark.parametrize("snapshot", [False, True])
def test_a_line_that_leaves_leaves_nothing_behind(snapshot):
    judge, other = judge_of(), "0312000001"
    for line in (LINE, other):
        limited(judge, line=line, contract="C1", daily_limit_yen=30)
    feed(judge, live(call("up", MOBILE, NOON))[0], call("a", MOBILE, NOON))
    limited(judge, leaves=True)
    judge = restored(judge) if snapshot else judge
    assert judge.conserved()
    assert judge.in_progress(NOON + HOUR_MS).line.size == 0
    assert said(feed(judge, call("b", MOBILE, NOON + 1, 3 * MINUTE_MS))) == [], "a new line without a limit"
    assert said(feed(judge, call("c", MOBILE, NOON + 2, line=other))) == [("hold", "daily_limit", "c")]
    limited(judge, line=other, leaves=True)
    limited(judge, line=other, contract="C1")
    assert said(feed(judge, call("d", MOBILE, NOON + HOUR_MS, HOUR_MS, line=other))) == [], "the name is free again"


def test_the_end_of_a_call_on_a_line_that_left_is_no_further_call():
    judge = judge_of()
    rows = live(call("up", MOBILE, NOON))
    feed(judge, *rows[:2])
    limited(judge, leaves=True)
    feed(judge, rows[2])
    totals = arrays_of(judge)["totals"][0]
    assert [int(totals[name]) for name in ("started", "ended", "expired")] == [1, 0, 1]
    assert judge.conserved()


@pytest.mark.parametrize("snapshot", [False, True])
def test_a_call_whose_end_never_comes_expires_and_its_record_still_counts(snapshot):
    judge = judge_of()
    rows = live(call("lost", MOBILE, NOON, HOUR_MS))
    feed(judge, *rows[:2])
    tick(judge, NOON + 24 * HOUR_MS)
    assert judge.in_progress(NOON + 24 * HOUR_MS).line.size == 0
    judge = restored(judge) if snapshot else judge
    feed(judge, call("more", MOBILE, NOON + 24 * HOUR_MS, line="0312000009"))
    outcome = feed(judge, rows[2])
    assert outcome.rated.num_rows == 1
    arrays = arrays_of(judge)
    assert arrays["contracts"]["month_spend"][0] == 60 * 17_500
    assert [int(arrays["totals"][name][0]) for name in ("started", "ended", "expired")] == [2, 1, 1]
    assert judge.conserved()


def test_a_line_bears_the_number_of_its_company_also_after_it_left():
    judge = judge_of("east", "west")
    lines = [{"company": company, "line": f"031200000{at}"} for at, company in enumerate(("west", "east", "west"))]
    judge.apply("lines", told(*lines))
    judge.apply("lines", told(lines[2] | {"leaves": True}))
    assert judge._state.lines["company"][:3].tolist() == [0, 1, 0]
    again = Judge.restore(JudgeSettings(), judge.pieces())
    again.apply("lines", told({"company": "north", "line": LINE}, {"company": "east", "line": "0612345678"}))
    assert again._state.lines["company"][:5].tolist() == [0, 1, 0, 2, 1]
