"""The backtest is the live judge run over recorded calls, and it never knows more than the judge did at the time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.rating.tariff import parse_tariff
from sekisho.core.tables import CALLS, VERDICTS
from sekisho.core.terms.call import Feed
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, parse_rfc3339
from sekisho.core.watch.features import NAMES
from sekisho.core.watch.policy import Policy
from sekisho.flow import Judge, JudgeSettings
from sekisho.lab.backtest import Backtest, backtest
from sekisho.lab.bars_file import bars_csv
from sekisho.lab.truth import truth_of

HIKARI = (Path(__file__).parents[2] / "examples/tariffs/hikari-style.csv").read_bytes()
TARIFF = parse_tariff(HIKARI, "hikari.csv")
EVENING = parse_rfc3339("2026-11-23T08:00:00Z")
ABROAD = ("01023276000001", "01022070000001", "0102356600001", "01088112345678", "01012125550100")
AT_HOME = ("0398765432", "09012345678", "05012345678", "110")
LINES = ("0312000000", "+81312000001", "0612000002")
LIMITS = Policy(
    daily_limit=1_500_000,
    monthly_limit=4_000_000,
    month_floor=500_000,
    month_new_customer=300_000,
    month_unknown_customer=300_000,
)
BOTH_FEEDS = st.sampled_from([Feed.LIVE, Feed.CDR])

Row = dict[str, Any]


def traffic(seed: int, count: int = 120) -> list[Row]:
    """Calls of two days in the order of their start; no two events fall on one instant."""
    chance = np.random.default_rng(seed)
    starts = np.sort(chance.choice(2 * DAY_MS, count, replace=False)) + EVENING
    calls = []
    for at, moment in enumerate(starts.tolist()):
        thief = count // 2 < at < count // 2 + 12
        start = EVENING + DAY_MS + at * 40 * SECOND_MS if thief else moment
        answer = start + int(chance.integers(1, 9 * SECOND_MS)) if chance.random() < 0.8 else None
        numbers = ABROAD if thief or chance.random() < 0.15 else AT_HOME
        calls.append(
            {
                "call_id": f"c{at}",
                "source": "sbc",
                "direction": "in" if not thief and chance.random() < 0.1 else "out",
                "line": LINES[0] if thief else str(chance.choice(LINES)),
                "number": str(chance.choice(numbers)),
                "start": start,
                "answer": answer,
                "end": (answer or start) + int(chance.integers(1, 3 * HOUR_MS)),
                "cause": 200 if answer else 486,
                "company": "default",
                "file_sha256": "f",
                "row": at + 1,
            }
        )
    return sorted(calls, key=lambda call: call["start"])


def told_live(calls: list[Row]) -> list[Row]:
    """Up to three rows a call, in the order of time."""
    rows = []
    for call in calls:
        rows.append((call["start"], call | {"answer": None, "end": None, "cause": None}))
        if call["answer"] is not None:
            rows.append((call["answer"], call | {"end": None, "cause": None}))
        if call["end"] is not None:
            rows.append((call["end"], call))
    return [row for _, row in sorted(rows, key=lambda each: each[0])]


def batch_of(rows: list[Row]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=CALLS)


def run(rows: list[Row], feed: Feed = Feed.LIVE, policy: Policy = LIMITS, cuts: Iterable[int] = ()) -> Backtest:
    edges = [0, *sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
    batches = [batch_of(rows[first:last]) for first, last in pairwise(edges)]
    ran = backtest(batches, TARIFF, policy, feed)
    assert ran.rows == len(rows) == ran.calls.size + ran.merged + ran.duplicates + ran.refused
    return ran


def said(ran: Backtest) -> list[Row]:
    return ran.verdicts.to_pylist()


def milliseconds(verdict: Row) -> int:
    return round(verdict["at"].timestamp() * 1000)


SEEDS = (1, 2, 3)
TRAFFIC = {seed: traffic(seed) for seed in SEEDS}
INSTANTS = {
    seed: sorted(call[name] for call in calls for name in ("start", "answer", "end") if call[name] is not None)
    for seed, calls in TRAFFIC.items()
}


def test_the_traffic_has_no_ties_and_makes_score_limits_and_the_notice_s_rule_speak():
    spoken = set()
    for seed, calls in TRAFFIC.items():
        assert len(set(INSTANTS[seed])) == len(INSTANTS[seed])
        timers = {milliseconds(each) for each in said(run(calls))} - set(INSTANTS[seed])
        assert timers, "some verdict is to come between two events"
        spoken |= {(each["action"], each["evidence"][0]["name"]) for each in said(run(calls))}
    assert spoken >= {("hold", "rate"), ("hold", "daily_limit"), ("alert", "month_multiple")}


@pytest.mark.parametrize("feed", Feed)
def test_three_rows_a_call_and_one_record_a_call_give_the_same(feed):
    for calls in TRAFFIC.values():
        records, events = run(calls, feed), run(told_live(calls), feed)
        assert said(events) == said(records) != []
        assert (events.charged, events.charge_milliyen) == (records.charged, records.charge_milliyen)
        assert (events.calls.size, events.events) == (records.calls.size, records.events)
        assert events.merged == len(told_live(calls)) - len(calls)


@given(st.sampled_from(SEEDS), BOTH_FEEDS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=20)
def test_the_order_of_the_rows_does_not_matter(seed, feed, chance):
    rows = told_live(TRAFFIC[seed])
    chance.shuffle(rows)
    assert said(run(rows, feed)) == said(run(TRAFFIC[seed], feed))


@given(st.sampled_from(SEEDS), BOTH_FEEDS, st.sets(st.integers(1, 300), max_size=8))
@settings(deadline=None, max_examples=20)
def test_the_rows_may_come_in_any_batches(seed, feed, cuts):
    rows = told_live(TRAFFIC[seed])
    assert said(run(rows, feed, cuts=cuts)) == said(run(rows, feed))


def test_in_a_feed_of_records_nothing_is_spoken_before_the_end_of_the_call():
    for calls in TRAFFIC.values():
        ends = {call["call_id"]: call["end"] for call in calls}
        verdicts = said(run(calls, Feed.CDR))
        assert verdicts
        assert [ends[each["call_id"]] for each in verdicts] == [milliseconds(each) for each in verdicts]


def until(calls: list[Row], cut: int, feed: Feed) -> list[Row]:
    """What a file holds that was closed at `cut`."""
    if feed == Feed.CDR:
        return [call for call in calls if call["end"] <= cut]

    def known(instant: int | None) -> int | None:
        return instant if instant is not None and instant <= cut else None

    return [call | {name: known(call[name]) for name in ("answer", "end")} for call in calls if call["start"] <= cut]


@given(st.sampled_from(SEEDS), BOTH_FEEDS, st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_nothing_is_judged_with_later_knowledge(seed, feed, place):
    cut = INSTANTS[seed][place % len(INSTANTS[seed])]
    early = [each for each in said(run(TRAFFIC[seed], feed)) if milliseconds(each) <= cut]
    assert said(run(until(TRAFFIC[seed], cut, feed), feed)) == early


def live_judge(policy: Policy, rows: list[Row]) -> list[Row]:
    """The engine's judge, told one event at a time."""
    judge = Judge(JudgeSettings(policy))
    judge.apply("tariff", json.dumps({"company": "default", "file": "h.csv", "csv": HIKARI.decode()}).encode())
    verdicts = []
    for row in rows:
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, CALLS) as writer:
            writer.write_batch(batch_of([row]))
        spoken = judge.apply("calls", sink.getvalue()).verdicts
        verdicts += spoken.to_pylist() if spoken is not None else []
    return verdicts


@pytest.mark.parametrize("policy", [LIMITS, Policy(), Policy(automatic_hold=False, daily_limit=900_000)])
def test_the_live_judge_says_exactly_what_the_backtest_says(policy):
    for calls in TRAFFIC.values():
        backtested = said(run(calls, policy=policy))
        assert live_judge(policy, told_live(calls)) == backtested != []


def test_a_judge_of_records_says_exactly_what_the_backtest_of_records_says():
    for calls in TRAFFIC.values():
        by_end = sorted(calls, key=lambda call: call["end"])
        assert live_judge(LIMITS, by_end) == said(run(calls, Feed.CDR))


def test_with_the_truth_honest_callers_prove_themselves_and_thieves_do_not():
    """The burst of a quiet line, once its own and once a thief's."""
    calls, busy = TRAFFIC[1], Policy(ask_nats=(3.0,) * 4, hold_nats=(60.0,) * 4, alert_nats=2.0)
    thief = {call["call_id"]: ("a", "blitz") for call in calls if 60 < int(call["call_id"][1:]) < 72}

    def asks(truth):
        ran = backtest([batch_of(calls)], TARIFF, busy, Feed.LIVE, truth=truth)
        return ran, [milliseconds(each) for each in said(ran) if each["action"] == "ask" and each["line"] == LINES[0]]

    unknown, own, stolen = (asks(truth) for truth in (None, truth_of({}), truth_of(thief)))
    assert own[0].calls["proves"].all()
    assert int((stolen[0].calls["proves"] == 0).sum()) == len(thief)
    assert not unknown[0].calls["proves"].any()
    assert 0 < len(own[1]) <= len(unknown[1])
    assert stolen[1][0] <= own[1][-1]


def test_what_a_run_counts():
    calls = TRAFFIC[1]
    ran = run([*told_live(calls), *calls[:7], calls[0] | {"line": "nobody", "call_id": "x"}])
    assert (ran.calls.size, ran.duplicates, ran.refused) == (len(calls), 7, 1)
    assert ran.events == len(INSTANTS[1])
    assert ran.call_ids.to_pylist() == [call["call_id"] for call in calls]
    assert ran.charged == sum(
        call["direction"] == "out" and bool(call["answer"]) and call["number"] != "110" for call in calls
    )
    assert ran.charge_milliyen == ran.calls["charge"].sum() > 0
    assert ran.international == sum(call["direction"] == "out" and call["number"] in ABROAD for call in calls)


def test_a_caller_from_abroad_is_no_call_abroad():
    incoming = TRAFFIC[1][0] | {"direction": "in", "number": "+23276000001"}
    assert run([incoming]).international == 0
    assert run([incoming | {"direction": "out"}]).international == 1


def test_a_call_that_is_still_up_is_judged_live_and_unknown_to_records():
    rows = [{**TRAFFIC[1][0], "direction": "out", "number": number, "line": LINES[0]} for number in ABROAD[:4]]
    rows = [
        row | {"call_id": f"up{at}", "start": EVENING + at * MINUTE_MS, "answer": None, "end": None}
        for at, row in enumerate(rows)
    ]
    assert {each["action"] for each in said(run(rows, policy=Policy()))} == {"alert", "ask"}
    assert said(run(rows, Feed.CDR, policy=Policy())) == []


def test_more_calls_at_once_than_there_was_room_for():
    calls = [
        TRAFFIC[1][0]
        | {"call_id": f"c{at}", "start": EVENING + at, "answer": EVENING + 10_000 + at, "end": EVENING + DAY_MS + at}
        for at in range(3_000)
    ]
    ran = run([call | {"direction": "out", "number": AT_HOME[0]} for call in calls], policy=Policy())
    assert ran.events == 9_000
    assert ran.charged == 3_000


@pytest.mark.parametrize("feed", Feed)
@pytest.mark.parametrize("batches", [[], [batch_of([])]])
def test_no_calls_no_verdicts(feed, batches):
    ran = backtest(batches, TARIFF, Policy(), feed)
    assert (ran.rows, ran.calls.size, ran.events, ran.verdicts.num_rows) == (0, 0, 0, 0)
    assert ran.verdicts.schema.equals(VERDICTS)
    assert bars_csv(ran.verdicts) == "line,time,action,scope,score_nats,evidence\n"


def test_progress_hears_of_every_batch():
    heard: list[int] = []
    backtest([batch_of(TRAFFIC[1][:5]), batch_of(TRAFFIC[1][5:8])], TARIFF, Policy(), Feed.LIVE, progress=heard.append)
    assert heard == [5, 3]


def test_the_bars_of_a_run_repeat_each_line_as_it_was_written_and_say_when():
    ran = run(TRAFFIC[1])
    rows = list(csv.DictReader(io.StringIO(bars_csv(ran.verdicts))))
    holds = [each for each in said(ran) if each["action"] in ("ask", "hold")]
    assert [row["line"] for row in rows] == [each["line"] for each in holds]
    assert {row["line"] for row in rows} <= set(LINES)
    assert [parse_rfc3339(row["time"]) for row in rows] == [milliseconds(each) for each in holds]
    assert {row["scope"] for row in rows} == {"international"}


@pytest.mark.parametrize("feed", [Feed.LIVE, Feed.CDR])
def test_a_number_tried_behind_many_prefixes_is_seen_at_the_call_that_gets_through(feed):
    """The tries go to no number of the plan; 010 is right."""
    row = {"source": "sbc", "direction": "out", "line": LINES[0], "company": "default", "file_sha256": "f"}
    calls = [
        row
        | {
            "call_id": f"t{at}",
            "number": f"{prefix}23276123456",
            "start": EVENING + 2_000 * at,
            "answer": None,
            "end": EVENING + 2_000 * at + 900,
            "cause": 404,
            "row": at + 1,
        }
        for at, prefix in enumerate(("0", "00", "9", "90", "9011", "010"))
    ]
    batch = pa.RecordBatch.from_pylist(calls, schema=CALLS)
    run = backtest([batch], TARIFF, Policy(), feed, trace=True)
    told = run.traces["features"][:, NAMES.index("prefixed")]
    assert np.expm1(told[0]) == pytest.approx(4, rel=0.01), "the five before it, but for the first"
    assert run.international == 1
