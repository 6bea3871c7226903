"""What the screening announcement's word changes: the ask ends and the country is known, or calls there are held."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, NEVER
from sekisho.core.watch.habit import CALM_MINUTES, UNKNOWN_COUNTRY
from sekisho.core.watch.screening import failed, proved
from sekisho.core.watch.state import COUNTRIES_REMEMBERED, PROVED, WatchState, new_state
from sekisho.core.watch.state import NONE as NOWHERE

NOW, PROBATION, HOLD = 1_780_000_020_000, 36 * HOUR_MS, 4 * HOUR_MS
MINUTE = NOW // MINUTE_MS
SL, LV, NONE = 480, 290, 0


@pytest.fixture
def state() -> WatchState:
    state = new_state(2, 1)
    state.contracts["automatic_hold"] = 1
    for row, line in enumerate(state.lines):
        line["contract"] = line["abroad"] = row
        line["asked_until"], line["asked_country"] = NOW + 500, SL
        line["alerted_at"], abroad = NOW - 5, state.abroad[row]
        abroad["at"], abroad["score"], abroad["shares"], abroad["calls_2h"] = NOW - 5, 11.0, 3.0, 9.0
        abroad["country"][:2], abroad["country_calls"][:2] = (LV, SL), (5.0, 0.0)
        abroad["country_since"][:2] = MINUTE - 10
    return state


def standing(state):
    line = state.lines[0]
    return tuple(int(line[name]) for name in ("held_until", "held_country", "asked_until", "asked_country"))


def test_who_proves_himself_ends_the_ask_and_the_score(state):
    other = state.lines[1].copy(), state.abroad[1].copy()
    proved(state, 0, SL, NOW, probation_ms=PROBATION, hold_ms=HOLD)
    assert standing(state) == (NEVER, NONE, NOW + HOLD, PROVED)
    line, abroad = state.lines[0], state.abroad[0]
    assert (int(line["alerted_at"]), int(abroad["at"])) == (NEVER, NOW)
    assert not abroad["score"].any()
    assert not abroad["shares"].any()
    assert abroad["calls_2h"] == 0.0
    assert (state.lines[1], state.abroad[1]) == other


def test_what_was_said_before_keeps_nothing_from_being_learnt(state):
    state.abroad["said_minute"] = MINUTE - 3
    proved(state, 0, SL, NOW, probation_ms=PROBATION, hold_ms=HOLD)
    assert state.abroad["said_minute"][:2].tolist() == [MINUTE - CALM_MINUTES, MINUTE - 3]


def test_the_country_he_called_is_known_and_no_other(state):
    proved(state, 0, SL, NOW, probation_ms=PROBATION, hold_ms=HOLD)
    abroad = state.abroad[0]
    assert abroad["country_calls"][:2].tolist() == [5.0, 1.0]
    assert abroad["country_since"][:2].tolist() == [MINUTE - 10, MINUTE - 36 * 60]


def test_a_country_that_was_not_remembered_takes_the_free_place(state):
    proved(state, 0, 99, NOW, probation_ms=PROBATION, hold_ms=HOLD)
    assert state.abroad["country"][0].tolist()[:4] == [LV, SL, 99, 0]
    assert (state.abroad["country_calls"][0, 2], state.abroad["country_since"][0, 2]) == (1.0, MINUTE - 36 * 60)


def test_else_that_of_the_one_rung_least(state):
    state.abroad["country"][0] = range(100, 100 + COUNTRIES_REMEMBERED)
    state.abroad["country_calls"][0] = [4, 3, 2, 1, 9, 9, 9, 9]
    proved(state, 0, SL, NOW, probation_ms=PROBATION, hold_ms=HOLD)
    assert state.abroad["country"][0].tolist() == [100, 101, 102, SL, 104, 105, 106, 107]


def test_a_destination_nobody_knows_is_remembered_as_such(state):
    proved(state, 0, NONE, NOW, probation_ms=PROBATION, hold_ms=HOLD)
    assert state.abroad["country"][0].tolist()[2] == UNKNOWN_COUNTRY


def test_who_never_called_abroad_has_nothing_to_remember(state):
    state.lines["abroad"][0] = NOWHERE
    before = state.abroad.copy()
    proved(state, 0, SL, NOW, probation_ms=PROBATION, hold_ms=HOLD)
    assert standing(state)[2:] == (NOW + HOLD, PROVED)
    assert (state.abroad == before).all()


def test_a_hold_outlives_the_proof(state):
    state.lines["held_until"][0], state.lines["held_country"][0] = NOW + 9, LV
    proved(state, 0, SL, NOW, probation_ms=PROBATION, hold_ms=HOLD)
    assert standing(state) == (NOW + 9, LV, NOW + HOLD, PROVED)


def test_who_fails_has_calls_there_held_and_the_ask_there_ends(state):
    assert failed(state, 0, SL, NOW, hold_ms=HOLD)
    assert standing(state) == (NOW + HOLD, SL, NEVER, NONE)


def test_an_ask_on_all_goes_on_beside_the_hold(state):
    state.lines["asked_country"][0] = NONE
    assert failed(state, 0, SL, NOW, hold_ms=HOLD)
    assert standing(state) == (NOW + HOLD, SL, NOW + 500, NONE)


def test_without_the_clause_nothing_is_held(state):
    state.contracts["automatic_hold"] = 0
    assert not failed(state, 0, SL, NOW, hold_ms=HOLD)
    assert standing(state) == (NEVER, NONE, NOW + 500, SL)


@pytest.mark.parametrize(
    ("left", "there", "begins", "until", "covers"),
    [
        (HOLD // 2 + 1, SL, False, HOLD // 2 + 1, SL),  # just held
        (HOLD // 2, SL, True, HOLD, SL),  # half of it is over: renewed
        (HOLD // 2 + 1, NONE, False, HOLD // 2 + 1, NONE),
        (HOLD // 2, NONE, True, HOLD, NONE),  # a hold on all is not narrowed
        (HOLD - 1, LV, True, HOLD, NONE),  # a second country: all
        (0, LV, True, HOLD, SL),  # that one is over
    ],
)
def test_beside_an_older_hold(state, left, there, begins, until, covers):
    state.lines["held_until"][0], state.lines["held_country"][0] = NOW + left, there
    assert failed(state, 0, SL, NOW, hold_ms=HOLD) is begins
    assert standing(state)[:2] == (NOW + until, covers)


def test_a_destination_nobody_knows_holds_all(state):
    assert failed(state, 0, NONE, NOW, hold_ms=HOLD)
    assert standing(state)[:2] == (NOW + HOLD, NONE)
