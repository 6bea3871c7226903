"""A call abroad begins: what is seen of it, what is counted, and what teaches."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from tests.core.watch.desk import CHEAP, DEAR, SL, US, Desk

from sekisho.core.digits.packed import pack
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, parse_rfc3339
from sekisho.core.watch import habit
from sekisho.core.watch.calendar import BUSINESS, NIGHT
from sekisho.core.watch.evidence import catalogue as of
from sekisho.core.watch.judged import new_calls
from sekisho.core.watch.meeting import (
    LONG_GAP_S,
    QUIET_NATS,
    STILL_MINUTES,
    abroad_of,
    count_try,
    may_learn,
    pass_time,
)
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import NO_LOOKS, NONE, PROVED

MONDAY = parse_rfc3339("2026-06-01T10:00:00+09:00")
NIGHT_HOURS = parse_rfc3339("2026-06-06T02:00:00+09:00")


def known_line(desk: Desk) -> int:
    """Calls one number in the United States on three days; the instant of the last."""
    for day in range(3):
        desk.meet(MONDAY + day * DAY_MS, US, CHEAP, "12125550101")
    return MONDAY + 2 * DAY_MS


# --- the row of a line that calls abroad -----------------------------------------------------------------------------


def test_a_line_has_no_row_before_its_first_call_abroad_and_one_after():
    desk = Desk()
    assert desk.line()["abroad"] == NONE
    desk.meet(MONDAY)
    abroad = desk.state.abroad[0]
    assert (int(desk.line()["abroad"]), int(abroad["line"])) == (0, 0)
    assert int(abroad["first_minute"]) == MONDAY // MINUTE_MS
    desk.meet(MONDAY + HOUR_MS, line=1)
    assert int(desk.line(1)["abroad"]) == 1
    assert desk.state.totals["abroad"][0] == 2


def test_a_row_given_back_is_used_again():
    desk = Desk(lines=3)
    desk.state.totals["abroad"], desk.state.totals["free_abroad"] = 2, 1
    desk.state.abroad["first_minute"][1] = NONE
    abroad_of(desk.book, 0, MONDAY)
    abroad_of(desk.book, 2, MONDAY)
    assert desk.state.lines["abroad"][:3].tolist() == [1, NONE, 2]
    assert (desk.state.totals["abroad"][0], desk.state.totals["free_abroad"][0]) == (3, NONE)


# --- digits that lead nowhere ----------------------------------------------------------------------------------------


def dialled(digits: str) -> np.void:
    call = new_calls(1)
    call["number"] = pack(digits)
    return call[0]


def test_tries_before_the_first_call_abroad_are_told_by_its_row():
    desk = Desk()
    for place, digits in enumerate(("23276123456", "923276123456", "0023276123456", "312345678")):
        count_try(desk.book, dialled(digits), MONDAY + 1_000 * place)
    assert desk.line()["abroad"] == NONE, "they are no calls abroad"
    desk.meet(MONDAY + 5_000, SL, DEAR, "23276123456")
    assert desk.abroad()["prefixed_2h"] == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize(("after_s", "counted"), [(1, 1), (119, 1), (121, 0)])
def test_tries_on_a_line_that_calls_abroad(after_s, counted):
    desk = Desk()
    at = known_line(desk)
    count_try(desk.book, dialled("9012125550101"), at + after_s * SECOND_MS)
    assert round(float(desk.abroad()["prefixed_2h"])) == counted
    count_try(desk.book, dialled("9012125550101"), at + (after_s + 1) * SECOND_MS)
    assert round(float(desk.abroad()["prefixed_2h"])) == counted, "the same digits again"


# --- what is seen ----------------------------------------------------------------------------------------------------


def test_what_is_seen_of_the_first_call():
    sight = Desk().meet(MONDAY, SL, DEAR, valid=0)
    assert (sight["country"], sight["milliyen_a_minute"], sight["valid"]) == (SL, DEAR, 0)
    assert (sight["gap_s"], sight["number_hours"], sight["country_hours"]) == (LONG_GAP_S, -1.0, 0.0)
    assert (sight["part"], sight["looks"], sight["quiet"], sight["through"]) == (BUSINESS, 0, 0, 0)
    assert sight["share"] == pytest.approx(0.001)


def test_gap_country_and_number_are_told_from_the_calls_before():
    desk = Desk()
    desk.meet(MONDAY, number="23276000001")
    sight = desk.meet(MONDAY + 2 * HOUR_MS + 5 * SECOND_MS, number="23276000001")
    assert sight["gap_s"] == 7_205.0
    assert sight["country_hours"] == pytest.approx(2.0, abs=0.02)
    assert sight["number_hours"] == 2.0


def test_the_part_of_the_week_is_that_of_the_start_even_where_only_the_end_is_told():
    sight = Desk().meet(NIGHT_HOURS + 8 * HOUR_MS, start=NIGHT_HOURS)
    assert sight["part"] == NIGHT
    assert sight["quieter"] == pytest.approx(log(0.00768 / 0.001), abs=0.01)


@pytest.mark.parametrize(
    ("incoming", "since", "through"),
    [
        (0, MONDAY, 0),
        (1, MONDAY, 1),
        (1, MONDAY + 1, 0),
        (1, MONDAY - 12 * HOUR_MS, 1),
        (1, MONDAY - 12 * HOUR_MS - 1, 0),  # it has ended untold, for all we know
    ],
)
def test_an_incoming_call_spans_those_that_begin_within(incoming, since, through):
    desk = Desk()
    desk.line()["incoming"], desk.line()["incoming_since"] = incoming, since
    assert desk.meet(MONDAY)["through"] == through
    assert desk.abroad()["through_day"] == through


def test_a_call_of_a_known_country_has_no_price():
    desk = Desk()
    at = known_line(desk) + DAY_MS
    desk.meet(at, US, CHEAP, "12125550199")
    nats = desk.aids.nats["x"][0]
    assert nats[of.PRICE] == 0.0
    assert nats[of.COUNTRY] == pytest.approx(-log(240 * (3.0 + 0.15) / 4.0), abs=0.05)
    assert nats[of.NUMBER] == 1.0, "a new number there"


def test_an_old_habit_is_not_looked_at():
    desk = Desk()
    at = known_line(desk)
    assert desk.sights[0]["quiet"] == 1
    assert desk.sights[0]["looks"] == NO_LOOKS
    assert desk.meet(at + HOUR_MS, US, CHEAP, "12125550199")["quiet"] == 0, "a new number"
    assert desk.meet(at + 2 * HOUR_MS, SL, DEAR)["quiet"] == 0, "a new country"
    desk.abroad()["score"][0] = 30.0
    assert desk.meet(at + 2 * HOUR_MS + 1, US, CHEAP, "12125550101")["quiet"] == 0, "a line under suspicion"
    assert QUIET_NATS == 1.5


def test_lines_of_one_campaign_see_it():
    desk = Desk(lines=6)
    told = [float(desk.meet(MONDAY + line, line=line)["block"]) for line in range(6)]
    assert told[0] == 0.0
    assert told == sorted(told)
    assert told[5] > 2.5


# --- what is counted -------------------------------------------------------------------------------------------------


def test_time_passes_for_scores_counts_and_habit():
    desk = Desk()
    desk.meet(MONDAY)
    pass_time(desk.book, desk.abroad(), MONDAY + 45 * DAY_MS)
    abroad = desk.abroad()
    assert not abroad["score"].any()
    assert abroad["calls_day"] < 1e-6
    assert abroad["calls"][BUSINESS] == pytest.approx(np.exp(-1))


def test_a_late_call_counts_and_turns_no_time_back():
    desk = Desk()
    desk.meet(MONDAY, number="23276000001")
    sight = desk.meet(MONDAY - HOUR_MS, number="23276000009")
    assert sight["gap_s"] == 0.0
    assert desk.abroad()["at"] == MONDAY
    assert desk.abroad()["calls_2h"] == 2.0


def test_the_country_a_call_goes_to_counts_as_young_until_it_has_proved_itself():
    desk = Desk()
    at = known_line(desk)
    young = float(desk.abroad()["young_calls"])
    desk.meet(at + HOUR_MS, US, CHEAP, "12125550101")
    assert desk.abroad()["young_calls"] < young
    desk.meet(at + HOUR_MS, SL)
    assert desk.abroad()["young_calls"] == pytest.approx(young * np.exp(-1 / 36) + 1, rel=1e-3)


# --- what teaches ----------------------------------------------------------------------------------------------------

LEARN_NATS = Policy().learn_nats
LATER = MONDAY + 40 * DAY_MS


@pytest.mark.parametrize(
    ("change", "young", "before", "teaches"),
    [
        ({}, True, 0.0, True),
        ({}, True, LEARN_NATS - 0.01, True),
        ({}, True, LEARN_NATS, False),
        ({}, False, 40.0, True),  # a busy line must be able to show that it is busy
        ({"held_until": LATER + 1}, False, 0.0, False),
        ({"asked_until": LATER + 1}, False, 0.0, False),
        ({"asked_until": LATER + 1, "asked_country": PROVED}, True, 0.0, True),  # its caller has proved himself
        ({"held_until": LATER}, True, 0.0, True),  # it is over
        ({"asked_until": LATER}, True, 0.0, True),
        ({"said_minute": LATER // MINUTE_MS - STILL_MINUTES + 1}, True, 0.0, False),
        ({"said_minute": LATER // MINUTE_MS - STILL_MINUTES}, True, 0.0, True),
        ({"said_minute": LATER // MINUTE_MS}, False, 0.0, True),
    ],
)
def test_whether_a_call_teaches(change, young, before, teaches):
    desk = Desk()
    line, abroad = desk.line(), desk.abroad(0, MONDAY)
    for name, value in change.items():
        (abroad if name == "said_minute" else line)[name] = value
    assert bool(may_learn(line, abroad, young, before, LATER, desk.dials)) is teaches


def test_an_attack_does_not_become_the_profile():
    """A country pumped for an hour under a raised score, then asked: it is as new as before."""
    desk = Desk(Policy(burst_odds_nats=1e9))
    for call in range(60):
        desk.meet(NIGHT_HOURS + call * MINUTE_MS, number=f"232760{call:05}")
    abroad = desk.abroad()
    assert abroad["calls"][NIGHT] == 1.0, "the first call came while nothing was suspected"
    slot = int(habit.country_slot(abroad, SL, NIGHT_HOURS))
    assert habit.is_young(abroad, slot, NIGHT_HOURS + HOUR_MS, desk.dials)


def test_what_a_new_country_taught_counts_after_its_probation():
    desk = Desk()
    desk.meet(MONDAY, SL)
    assert float(desk.meet(MONDAY + 35 * HOUR_MS, SL)["share"]) == pytest.approx(0.001)
    share = float(desk.meet(MONDAY + 37 * HOUR_MS, SL)["share"])
    assert share == pytest.approx((2 * np.exp(-1.5 / 45) + 0.001) / (2 * np.exp(-1.5 / 45) + 1), rel=0.02)
    assert desk.abroad()["dear"] == 175.0
