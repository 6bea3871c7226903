"""Signals: which of several a line keeps, and that the judge's evidence rests on it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import HOUR_MS
from sekisho.core.watch.evidence.signal import LASTS_HOURS, WEIGHTS, nats
from sekisho.core.watch.state import new_state
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow.attempt import Attempt
from sekisho.flow.controls import lines_body, signal_body, tariff_body
from sekisho.flow.outcome import Outcome
from sekisho.flow.signals import apply_signal

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
NIGHT = 1_795_456_800_000
LINE = "0312345678"


def heard(*signals: tuple[str, float]) -> tuple[int, float]:
    """Of signals (name, hours) on one line, what it keeps: hundredths of a nat, hours."""
    state = new_state(4, 4)
    for name, hours in signals:
        told = json.loads(signal_body("east", LINE, name, NIGHT + round(hours * HOUR_MS)))
        apply_signal(None, None, state, None, 2, told)
    assert state.lines["signal"][[0, 1, 3]].tolist() == [0, 0, 0]
    return int(state.lines["signal"][2]), (int(state.lines["signalled_at"][2]) - NIGHT) / HOUR_MS


@pytest.mark.parametrize(
    ("signals", "kept"),
    [
        ([("failed_logins", 0)], (150, 0)),
        ([("unknown_registration", 0), ("failed_logins", 1)], (300, 0)),  # the stronger, not the newer
        ([("unknown_registration", 0), ("failed_logins", 30)], (150, 30)),  # 3.0 has faded to 1.125
        ([("failed_logins", 0), ("unknown_registration", 1)], (300, 1)),
        ([("failed_logins", 0), ("failed_logins", 5)], (150, 5)),  # of two alike the newer
        ([("failed_logins", 5), ("failed_logins", 0)], (150, 5)),  # in whatever order they come
        ([("configuration_changed", 40), ("unknown_registration", 0)], (100, 40)),  # 3.0 is worth 0.5 by then
        ([("configuration_changed", 16), ("failed_logins", 0)], (100, 16)),  # 1.5 is worth 1.0 by then: the newer
        ([("failed_logins", 0), ("configuration_changed", 16)], (100, 16)),
        ([("configuration_changed", 0), ("dial_through_enabled", 1_000)], (100, 1_000)),
    ],
)
def test_that_is_kept_which_is_worth_more_by_now(signals, kept):
    assert heard(*signals) == kept


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(WEIGHTS)), st.integers(0, 100)), min_size=1, max_size=2))
def test_the_order_in_which_two_come_does_not_matter(signals):
    one, other = heard(*signals), heard(*reversed(signals))
    worth = [nats(weight / 100, 100 - hours) for weight, hours in (one, other)]
    assert worth[0] == pytest.approx(worth[1])


def test_the_row_goes_into_the_next_snapshot():
    state = new_state(4, 4)
    state.line_marks[:] = 0
    apply_signal(None, None, state, None, 2, json.loads(signal_body("east", LINE, "failed_logins", NIGHT)))
    assert np.flatnonzero(state.line_marks).tolist() == [2]


def test_a_name_nobody_knows_is_no_signal_of_ours():
    told = {"company": "east", "line": LINE, "name": "coffee", "at_ms": NIGHT}
    with pytest.raises(LogDamaged, match="a signal 'coffee', which this judge does not know"):
        apply_signal(None, None, new_state(4, 4), None, 0, told)


def judge(*signals: tuple[str, float]) -> Judge:
    made = Judge(JudgeSettings())
    made.apply("tariff", tariff_body("east", "hikari.csv", TARIFF))
    made.apply("lines", lines_body([{"company": "east", "line": LINE, "automatic_hold": True}]))
    for name, hours in signals:
        made.apply("signal", signal_body("east", LINE, name, NIGHT + round(hours * HOUR_MS)))
    return made


def calls_until_said(made: Judge) -> tuple[int, Outcome]:
    """How many calls abroad, half an hour apart, until the judge says something of them."""
    for place in range(20):
        number = f"0101415555{place * 7919 % 9973:04}"
        attempt = Attempt("east", str(place), LINE, number, NIGHT + place * HOUR_MS // 2)
        judged = made.decide(attempt)[1]
        if judged is not None and judged.outcome.verdicts is not None:
            return place, judged.outcome
    return 20, Outcome()


def names(outcome: Outcome) -> set[str]:
    return {one["name"] for row in outcome.verdicts.to_pylist() for one in row["evidence"]}


def test_after_a_signal_the_judge_speaks_sooner_and_says_why():
    quiet, without = calls_until_said(judge())
    sooner, outcome = calls_until_said(judge(("unknown_registration", -1)))
    assert sooner < quiet < 20
    assert "signal" in names(outcome)
    assert "signal" not in names(without)


def test_after_two_days_it_is_as_if_nothing_had_been_signalled():
    quiet, _ = calls_until_said(judge())
    late, outcome = calls_until_said(judge(("unknown_registration", -LASTS_HOURS)))
    assert late == quiet
    assert "signal" not in names(outcome)


def test_a_line_that_nobody_knew_is_made_and_survives_a_snapshot():
    made = Judge(JudgeSettings())
    (effect,) = made.apply("signal", signal_body("west", LINE, "failed_logins", NIGHT)).effects
    assert (effect.kind, effect.facts["name"], effect.facts["since_ms"]) == ("signal", "failed_logins", NIGHT)
    again = Judge.restore(JudgeSettings(), made.pieces())
    assert again._state.lines["signal"][:1].tolist() == [150]
    assert again.names_of(np.array([0])) == [("west", LINE)]
