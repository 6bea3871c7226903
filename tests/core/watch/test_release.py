"""The desk ends a hold: score, floor and hold are gone; honest calling is learnt."""

from __future__ import annotations

import pytest

from sekisho.core.watch.release import release
from sekisho.core.watch.state import NEVER, WatchState, new_state

NOW, PROBATION = 1_000_000, 1_000
CHAD, NONE = 100, 0


@pytest.fixture
def state() -> WatchState:
    state = new_state(2, 1)
    for line in state.lines:
        line["held_until"], line["alerted_at"], line["scored_at"] = NOW + 500, NOW - 5, NOW - 5
        line["held_country"], line["asked_until"], line["asked_country"] = CHAD, NOW + 500, CHAD
        line["score"], line["shares"] = 20.0, 3.0
        line["country"][:2], line["country_since"][:2] = (CHAD, NONE), NOW - 10
    return state


def test_hold_score_and_floor_are_gone(state):
    release(state, 0, NOW, honest=False, probation_ms=PROBATION)
    line = state.lines[0]
    assert (int(line["held_until"]), int(line["alerted_at"]), int(line["scored_at"])) == (NEVER, NEVER, NOW)
    assert (int(line["held_country"]), int(line["asked_until"]), int(line["asked_country"])) == (0, NEVER, 0)
    assert not line["score"].any()
    assert not line["shares"].any()


def test_other_lines_keep_theirs(state):
    before = state.lines[1].copy()
    release(state, 0, NOW, honest=True, probation_ms=PROBATION)
    assert state.lines[1] == before


@pytest.mark.parametrize(("honest", "calls", "since"), [(True, 1.0, NOW - PROBATION), (False, 0.0, NOW - 10)])
def test_only_honest_calling_is_learnt(state, honest, calls, since):
    release(state, 0, NOW, honest=honest, probation_ms=PROBATION)
    line = state.lines[0]
    assert (float(line["country_calls"][0]), int(line["country_since"][0])) == (calls, since)
    assert float(line["country_calls"][1]) == 0.0, "a free place learns nothing"


def test_what_was_known_better_stays(state):
    state.lines["country_calls"][0, 0], state.lines["country_since"][0, 0] = 7.5, NOW - 50_000
    release(state, 0, NOW, honest=True, probation_ms=PROBATION)
    assert (state.lines["country_calls"][0, 0], state.lines["country_since"][0, 0]) == (7.5, NOW - 50_000)
