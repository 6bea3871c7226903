"""Late and out-of-order events: the sums of a contract and the calls in progress are the same in whatever order."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.judge_arrays import arrays_of

from sekisho.core.tables import CALLS
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, SECOND_MS, parse_rfc3339
from sekisho.core.watch import spend
from sekisho.core.watch.state import FRESH, NONE, OPEN_CALL
from sekisho.flow import Judge, JudgeSettings

HIKARI = (Path(__file__).parents[2] / "examples/tariffs/hikari-style.csv").read_text("utf-8")
EVENING = parse_rfc3339("2026-11-30T18:00:00+09:00")  # six hours before the month turns
LATE_MS = 3 * HOUR_MS  # so much later than it happened an event may come
AFTER = EVENING + 20 * HOUR_MS
NUMBERS = ("01023276000001", "01012125550100", "0398765432", "09012345678")
LINES = ("0312000000", "0312000001", "0312000002")
LATENESS = st.one_of(st.just(0), st.integers(0, 2_000), st.integers(0, LATE_MS))
WAYS = ("live", "live without its start", "record", "evidence, then record", "live and evidence")

Row = dict[str, Any]


@st.composite
def happenings(draw) -> list[tuple[int, Row]]:
    """(instant, row) of everything that is told of some calls, in the order in which it happened."""
    told: list[tuple[int, Row]] = []
    for place in range(draw(st.integers(1, 12))):
        start = EVENING + draw(st.integers(0, 10 * HOUR_MS))
        answer = start + draw(st.integers(0, 9 * SECOND_MS)) if draw(st.booleans()) else None
        length = draw(st.one_of(st.none(), st.integers(0, 2 * MINUTE_MS), st.integers(0, 5 * HOUR_MS)))
        call = {
            "call_id": f"c{place}",
            "source": "sbc",
            "direction": "out",
            "line": draw(st.sampled_from(LINES)),
            "number": draw(st.sampled_from(NUMBERS)),
            "start": start,
            "answer": answer,
            "end": None if length is None else (answer or start) + length,
            "cause": None if length is None else 200,
            "company": "east",
            "file_sha256": "f",
            "row": 1,
        }
        told += as_told(call, draw(st.sampled_from(WAYS)))
    return sorted(told, key=lambda each: each[0])


def as_told(call: Row, way: str) -> list[tuple[int, Row]]:
    whole = [(call["end"], call)] if call["end"] is not None else []
    events = [(call["start"], call | {"answer": None, "end": None, "cause": None})]
    if call["answer"] is not None:
        events.append((call["answer"], call | {"end": None, "cause": None}))
    if way == "record":
        return whole
    if way == "live without its start":
        return [*events[1:], *whole]
    pbx = [(at + 700, row | {"source": "pbx"}) for at, row in [*events, *whole]]
    if way == "evidence, then record":
        return [*pbx, *whole]
    return [*events, *whole, *(pbx if way == "live and evidence" else [])]


def judged(rows: list[Row], cut: int) -> dict[str, Any]:
    """What is known of the lines after these rows, told in two entries; windows stand at one instant."""
    judge = Judge(JudgeSettings())
    judge.apply("tariff", json.dumps({"company": "east", "file": "t.csv", "csv": HIKARI}).encode())
    judge.apply("source", json.dumps({"company": "east", "name": "pbx", "charging": False}).encode())
    lines = [{"company": "east", "line": line, "contract": "A" if line != LINES[2] else "B"} for line in LINES]
    judge.apply("lines", json.dumps(lines).encode())
    for part in (rows[:cut], rows[cut:]):
        if part:
            sink = io.BytesIO()
            with pa.ipc.new_stream(sink, CALLS) as writer:
                writer.write_batch(pa.RecordBatch.from_pylist(part, schema=CALLS))
            judge.apply("calls", sink.getvalue())
    judge.apply("tick", AFTER.to_bytes(8, "little", signed=True))
    assert judge.conserved()
    arrays = arrays_of(judge)
    contracts, used = arrays["contracts"].copy(), arrays.get("open", FRESH[OPEN_CALL])
    for contract in contracts:
        spend.turn_to(contract, AFTER)
    sums = ("month_spend", "last_spend", "abroad_spend", "abroad_last", "day_spend", "course", "last_course")
    opened = used[used["line"] != NONE]
    fields = ("line", "start", "answer", "number", "price", "international")
    calls = sorted(str([opened[name][place].tolist() for name in fields]) for place in range(opened.size))
    return {name: contracts[name].tolist() for name in sums} | {"open": calls}


@settings(deadline=None, max_examples=60)
@given(happenings(), st.data())
def test_the_order_of_arrival_within_the_bound_changes_no_sum_and_no_open_call(told, data):
    delays = data.draw(st.lists(LATENESS, min_size=len(told), max_size=len(told)))
    arrivals = np.argsort([at + delay for (at, _), delay in zip(told, delays, strict=True)], kind="stable")
    rows = [row for _, row in told]
    late = [rows[place] for place in arrivals]
    cut = data.draw(st.integers(0, len(rows)))
    assert judged(late, cut) == judged(rows, len(rows))
