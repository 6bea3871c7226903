"""Money at risk: the worked table of docs/algorithms/risk.md, and what of the lake goes into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "risk.md"


def worked_rows() -> list[list[str]]:
    rows = [line.strip("|\n ").split("|") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if len(row) == 7][2:]


def milliyen(yen: str) -> int:
    return round(float(yen) * 1_000)


@pytest.mark.parametrize("row", worked_rows(), ids=lambda row: row[0])
def test_the_worked_table(office, row):
    from sekisho.office.queries.risk import risk

    _, ended, lately, in_progress, stopped, next_hour, at_risk = row
    found = risk(
        ended=milliyen(ended),
        ended_lately=milliyen(lately),
        in_progress=milliyen(in_progress),
        stopped=stopped == "yes",
    )
    assert (found.next_hour, found.total) == (milliyen(next_hour), milliyen(at_risk))
    assert (found.spent, found.in_progress) == (milliyen(ended), milliyen(in_progress))


def test_the_table_is_found():
    assert len(worked_rows()) == 6


def test_calls_that_ended_since_the_case_opened(office, cast, make_call_book, now_ms):
    from sekisho.office.queries.case_spend import case_spend

    opened = now_ms - 2 * HOUR_MS
    call_book = make_call_book(
        (cast.line_a, opened - HOUR_MS, {}),  # over before
        ("0312345678", opened - 30 * SECOND_MS, {"charge_milliyen": 1}),  # up when the case opened
        (cast.line_a, now_ms - HOUR_MS, {"charge_milliyen": 20}),
        (cast.line_a, now_ms - 10 * MINUTE_MS, {"charge_milliyen": 300}),
        (cast.line_a, now_ms - 20 * MINUTE_MS, {"end": now_ms - 14 * MINUTE_MS, "charge_milliyen": 4_000}),
        (cast.line_a, now_ms - 5 * MINUTE_MS, {"class": "mobile", "charge_milliyen": 50_000}),
        (cast.line_a2, now_ms - 5 * MINUTE_MS, {"charge_milliyen": 600_000}),
        (cast.line_b, now_ms - 5 * MINUTE_MS, {"charge_milliyen": 7_000_000}),
        (cast.line_b, now_ms - DAY_MS, {"charge_milliyen": 80_000_000}),
    )
    found = case_spend(call_book, "east", {cast.line_a: opened, cast.line_b: now_ms - HOUR_MS}, now_ms)
    assert found == {cast.line_a: (4_321, 4_300), cast.line_b: (7_000_000, 7_000_000)}
    assert case_spend(call_book, "west", {cast.line_a: opened}, now_ms) == {cast.line_a: (0, 0)}
    assert case_spend(call_book, "east", {}, now_ms) == {}
