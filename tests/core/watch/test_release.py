"""The desk ends a hold: score, what was counted lately and the hold are gone; honest calling is learnt."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, NEVER
from sekisho.core.watch.release import release
from sekisho.core.watch.state import NONE, WatchState, new_state

NOW, PROBATION = 1_780_000_020_000, 36 * HOUR_MS
MINUTE, HOUR = NOW // MINUTE_MS, NOW // HOUR_MS & 0xFFFF
CHAD, FREE = 100, 0
LATELY = (
    *("calls_2m", "calls_15m", "calls_2h", "calls_day", "fresh_15m", "fresh_day", "missed_2h", "walked_2h"),
    *("prefixed_2h", "through_day", "probes_2d", "young_calls", "young_numbers", "young_spend", "spend_2h"),
    *("spend_day", "peak_hours", "peak_calls", "peak_spend", "peak_open"),
)


@pytest.fixture
def state() -> WatchState:
    """Two lines that are held and asked, and have called Chad ten minutes ago."""
    state = new_state(3, 1)
    for row, line in enumerate(state.lines[:2]):
        line["held_until"], line["alerted_at"] = NOW + 500, NOW - 5
        line["held_country"], line["asked_until"], line["asked_country"] = CHAD, NOW + 500, CHAD
        line["signal"], line["abroad"] = 300, row
        abroad = state.abroad[row]
        abroad["at"], abroad["score"], abroad["shares"] = NOW - 5, 20.0, 3.0
        abroad["country"][:2], abroad["country_since"][:2] = (CHAD, FREE), MINUTE - 10
        abroad["number"][:2], abroad["number_since"][:2] = (77, FREE), HOUR
        for place, name in enumerate(LATELY):
            abroad[name] = 1 + place
    state.line_marks[:] = state.abroad_marks[:] = 0
    return state


def test_hold_ask_score_and_what_was_counted_lately_are_gone(state):
    release(state, 0, NOW, honest=False, probation_ms=PROBATION)
    line, abroad = state.lines[0], state.abroad[0]
    assert (int(line["held_until"]), int(line["asked_until"]), int(line["alerted_at"])) == (NEVER, NEVER, NEVER)
    assert (int(line["held_country"]), int(line["asked_country"]), int(line["signal"])) == (0, 0, 0)
    assert int(abroad["at"]) == NOW
    assert not abroad["score"].any()
    assert not abroad["shares"].any()
    assert [float(abroad[name]) for name in LATELY] == [0.0] * len(LATELY)


def test_other_lines_keep_theirs(state):
    before = state.lines[1].copy(), state.abroad[1].copy()
    release(state, 0, NOW, honest=True, probation_ms=PROBATION)
    assert (state.lines[1], state.abroad[1]) == before
    assert np.flatnonzero(state.line_marks).tolist() == np.flatnonzero(state.abroad_marks).tolist() == [0]


@pytest.mark.parametrize(("honest", "calls", "since"), [(True, 1.0, MINUTE - 36 * 60), (False, 0.0, MINUTE - 10)])
def test_only_honest_calling_is_learnt(state, honest, calls, since):
    release(state, 0, NOW, honest=honest, probation_ms=PROBATION)
    abroad = state.abroad[0]
    assert (float(abroad["country_calls"][0]), int(abroad["country_since"][0])) == (calls, since)
    assert float(abroad["country_calls"][1]) == 0.0, "a free place learns nothing"


@pytest.mark.parametrize(("honest", "hours"), [(True, 72), (False, 0)])
def test_honest_numbers_are_past_their_probation(state, honest, hours):
    release(state, 0, NOW, honest=honest, probation_ms=PROBATION)
    assert (HOUR - state.abroad["number_since"][0, :2].astype(int)).tolist() == [hours, 0]


@pytest.mark.parametrize("honest", [True, False])
def test_an_honest_most_of_late_is_the_lines_usual_most(state, honest):
    abroad = state.abroad[0]
    abroad["usual_hours"], abroad["usual_calls"] = 1_000.0, 1.0
    peaks = [float(abroad[f"peak_{name}"]) for name in ("calls", "spend", "open")]
    release(state, 0, NOW, honest=honest, probation_ms=PROBATION)
    usual = [float(abroad[f"usual_{name}"]) for name in ("hours", "calls", "spend", "open")]
    assert usual == ([1_000.0, *peaks] if honest else [1_000.0, 1.0, 0.0, 0.0])


def test_what_was_known_better_stays(state):
    abroad = state.abroad[0]
    abroad["country_calls"][0], abroad["country_since"][0] = 7.5, MINUTE - 50_000
    release(state, 0, NOW, honest=True, probation_ms=PROBATION)
    assert (abroad["country_calls"][0], abroad["country_since"][0]) == (7.5, MINUTE - 50_000)


def test_a_line_that_never_called_abroad_can_be_released_too(state):
    state.lines["held_until"][2] = NOW + 500  # for its money
    assert state.lines["abroad"][2] == NONE
    before = state.abroad.copy()
    release(state, 2, NOW, honest=True, probation_ms=PROBATION)
    assert state.lines["held_until"][2] == NEVER
    np.testing.assert_array_equal(state.abroad, before)


def test_a_release_from_the_past_does_not_turn_time_back(state):
    release(state, 0, NOW - HOUR_MS, honest=False, probation_ms=PROBATION)
    assert int(state.abroad["at"][0]) == NOW - 5
