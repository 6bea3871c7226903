"""One bar and one call, to the millisecond: within its time, within its scope, what a cut costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lab.paper_tables import table
from tests.lab.worked_calls import PRICES, at, backtested, call, records

from sekisho.core.terms.call import Action
from sekisho.lab.bars import bars_of
from sekisho.lab.stopping import NEVER, noticed, stopped

ASK, HOLD = int(Action.ASK), int(Action.HOLD)
BAR_AT = at("09:00:00")
FOUR_HOURS = 14_400_000


def stop(row, *verdicts):
    """(begun, during, stopped_at, cost) of one call under verdicts of line 1."""
    bars = bars_of(backtested({}, [(1, *verdict) for verdict in verdicts]))
    result = stopped(records([row]), bars, 2, PRICES)
    return tuple(int(column[0]) for column in (result.begun, result.during, result.stopped_at, result.cost))


@pytest.mark.parametrize(
    ("after_ms", "covered"), [(-1, False), (0, True), (1, True), (FOUR_HOURS - 1, True), (FOUR_HOURS, False)]
)
def test_a_call_that_begins_in_the_four_hours_is_stopped(after_ms, covered):
    row = list(call(1, "09:00:00", "-", "-", 175))
    row[1], row[2], row[3] = BAR_AT + after_ms, BAR_AT + after_ms, BAR_AT + after_ms + 60_000
    begun, during, _, cost = stop(row, (BAR_AT, "hold"))
    assert begun == (HOLD if covered else 0)
    assert during == (HOLD if after_ms < 0 else 0)
    assert cost == (0 if covered else 175_000)


SCOPES = table("scope", "number", "covered")


@pytest.mark.parametrize("row", SCOPES, ids=lambda row: f"{row['scope']} {row['number']}")
def test_a_scope_covers_the_numbers_that_begin_with_one_of_its_prefixes(row):
    made = call(1, "10:00:00", "10:00:05", "10:01:05", 175, to=row["number"])
    begun, _, _, cost = stop(made, (BAR_AT, "hold", row["scope"]))
    assert (begun, cost) == ((HOLD, 0) if row["covered"] == "yes" else (0, 175_000))


def test_the_harshest_bar_counts_and_the_first_stops():
    verdicts = [(at("08:50:00"), "ask"), (at("08:55:00"), "hold", "232"), (at("08:58:00"), "ask")]
    assert stop(call(1, "09:00:00", "09:00:00", "09:01:00", 175), *verdicts)[0] == HOLD
    up = call(1, "08:40:00", "08:40:00", "09:10:00", 5_250)
    assert stop(up, *verdicts) == (0, HOLD, at("08:50:00"), 11 * 175_000)


@pytest.mark.parametrize(
    "row", [call(1, "10:00:00", "10:00:00", "10:03:00", 8, rate=1), call(1, "10:00:00", outgoing=0)]
)
def test_domestic_and_incoming_calls_pass(row):
    assert stop(row, (BAR_AT, "hold"), (BAR_AT + 1, "hold", "232"))[:3] == (0, 0, NEVER)


def test_a_bar_of_another_line_stops_nothing():
    assert stop(call(0, "10:00:00", "10:00:00", "10:01:00", 175), (BAR_AT, "hold")) == (0, 0, NEVER, 175_000)


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["ask", "hold"]), st.sampled_from(["", "232", "220"]))),
    st.integers(0, 40),
    st.integers(1, 20),
    st.integers(0, 20),
)
def test_as_a_plain_loop_would_say(verdicts, start, length, ringing):
    hour, base = 3_600_000, at("00:00:00")
    row = list(call(1, "00:00:00", "-", "-", 3_000))
    row[1], row[2], row[3] = base + start * hour, base + min(start + ringing, start + length) * hour, 0
    row[3] = base + (start + length) * hour
    told = [(base + when * hour, action, scope or "international") for when, action, scope in verdicts]
    mine = [(when, ASK if action == "ask" else HOLD) for when, action, scope in told if scope != "220"]
    begun = max((action for when, action in mine if when <= row[1] < when + FOUR_HOURS), default=0)
    during = max((action for when, action in mine if row[1] < when < row[3]), default=0)
    cut = min((when for when, _ in mine if row[1] < when < row[3]), default=NEVER)
    expected = row[1] if begun else cut
    assert stop(row, *told)[:3] == (begun, during, expected)


def test_when_a_bar_first_covers_a_number_behind_its_call():
    bars = bars_of(backtested({}, [(1, at("09:00:00"), "hold", "220"), (1, at("10:00:00"), "hold", "232")]))
    calls = records([call(1, "08:00:00"), call(1, "09:30:00"), call(1, "10:00:00"), call(1, "08:00:00", to="2201")])
    late = np.full(4, at("23:00:00"))
    assert noticed(calls, bars, 2, late).tolist() == [at("10:00:00"), at("10:00:00"), NEVER, at("09:00:00")]
    assert noticed(calls, bars, 2, late * 0 + at("09:59:59")).tolist() == [NEVER, NEVER, NEVER, at("09:00:00")]
