"""The file of asks and holds is a contract (`sekisho backtest --bars`): columns, times and texts are pinned here."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from sekisho.core.tables import VERDICTS
from sekisho.lab.bars_file import bars_csv, evidence_text


def evidence(name: str, nats: float, **facts: float) -> dict[str, Any]:
    return {"name": name, "nats": nats, "facts": json.dumps(facts)}


SCORE = [
    evidence("rate", 9.2103, per_hour=0.006),
    evidence("country", 1.43, share=0.001),
    evidence("price", -0.5, yen=9.0),
]
HOLD = {
    "verdict_id": "v1",
    "call_id": "a",
    "company": "east",
    "line": "0312000000",
    "at": 1_795_456_377_000,
    "action": "hold",
    "scope": "international",
    "score_nats": 14.126,
    "evidence": SCORE,
    "spend_today": 0,
    "spend_month": 0,
}


def table(*changes: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([HOLD | change for change in changes], schema=VERDICTS)


def test_one_hold_to_the_letter():
    assert bars_csv(table({})) == (
        "line,time,action,scope,score_nats,evidence\n"
        "0312000000,2026-11-23T17:52:57Z,hold,international,14.13,rate +9.21 country +1.43 price -0.50\n"
    )


def test_asks_and_holds_are_written_in_their_order_and_alerts_are_not():
    actions = ["alert", "ask", "hold", "alert", "ask"]
    rows = csv.DictReader(io.StringIO(bars_csv(table(*({"action": action} for action in actions)))))
    assert [row["action"] for row in rows] == ["ask", "hold", "ask"]


def test_without_verdicts_there_is_the_header():
    assert bars_csv(table()) == "line,time,action,scope,score_nats,evidence\n"
    assert bars_csv(table({"action": "alert"})) == "line,time,action,scope,score_nats,evidence\n"


@pytest.mark.parametrize("line", ["+81312000000", "0312000000", "03-1200-0000"])
def test_the_line_is_repeated_as_the_input_wrote_it(line):
    [row] = csv.DictReader(io.StringIO(bars_csv(table({"line": line}))))
    assert row["line"] == line


def test_times_are_rfc_3339_with_z_and_keep_their_milliseconds():
    [row] = csv.DictReader(io.StringIO(bars_csv(table({"at": 1_795_456_377_296}))))
    assert row["time"] == "2026-11-23T17:52:57.296Z"
    assert datetime.fromisoformat(row["time"]) == datetime(2026, 11, 23, 17, 52, 57, 296_000, tzinfo=UTC)


def test_a_scope_of_prefixes_keeps_its_spaces():
    [row] = csv.DictReader(io.StringIO(bars_csv(table({"scope": "232 220 2356"}))))
    assert row["scope"] == "232 220 2356"


def test_an_evidence_without_weight_is_still_an_evidence():
    assert evidence_text([evidence("rate", 4.0, per_hour=0.1), evidence("price", 0.0, yen=9.0)]) == (
        "rate +4.00 price +0.00"
    )


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"spent": 60_112.0, "limit": 50_000.0}, "daily_limit spent=60112 limit=50000"),
        ({"spent": 1_234_567.0, "limit": 1_000_000.0}, "daily_limit spent=1234567 limit=1000000"),
        ({"spent": 105.5, "limit": 100.0}, "daily_limit spent=105.5 limit=100"),
    ],
)
def test_a_rule_is_named_with_its_facts(facts, text):
    assert evidence_text([evidence("daily_limit", 0.0, **facts)]) == text
