"""What a line is used to: countries and their probation, numbers, rates, its usual most, its segment."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.watch.desk import SL, US, Desk

from sekisho.core.digits.packed import pack
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS
from sekisho.core.watch import habit
from sekisho.core.watch.calendar import BUSINESS, NIGHT, PART_HOURS
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import COUNTRIES_REMEMBERED, NUMBERS_FRESH, NUMBERS_KEPT

NOON = 1_780_000_020_000 // HOUR_MS * HOUR_MS
FORGETS = 45 * DAY_MS


class Line:
    """What is remembered of one line's calls abroad, and what a kernel says of it."""

    def __init__(self, policy: Policy | None = None, at: int = NOON) -> None:
        self.desk = Desk(policy, lines=1)
        self.dials = self.desk.dials
        self.abroad = self.desk.abroad(0, at)

    def slot(self, country: int, at: int = NOON) -> int:
        return int(habit.country_slot(self.abroad, country, at))

    def learn(self, country: int, at: int, part: int = BUSINESS, yen: float = 9.0, *, fresh: bool = False) -> int:
        slot = self.slot(country, at)
        habit.learn(self.abroad, slot, part, yen, fresh, at, self.dials)
        return slot

    def young(self, slot: int, at: int) -> bool:
        return bool(habit.is_young(self.abroad, slot, at, self.dials))

    def alone(self, slot: int, at: int) -> bool:
        return bool(habit.is_young_alone(self.abroad, slot, at, self.dials))

    def known(self, at: int) -> tuple[int, int, float]:
        known, young, calls = habit.known_countries(self.abroad, at, self.dials)
        return int(known), int(young), float(calls)

    def hours(self, number: str, at: int) -> float:
        return float(habit.number_hours(self.abroad, np.uint64(pack(number)), at))


# --- countries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "young"), [(0, True), (35.9, True), (36, False), (400, False)])
def test_a_country_is_on_probation_for_a_day_and_a_half(hours, young):
    line = Line()
    slot = line.learn(SL, NOON)
    at = NOON + int(hours * HOUR_MS)
    assert line.young(slot, at) is young
    assert line.known(at) == ((0, 1, 0.0) if young else (1, 0, 1.0))


def test_a_country_that_was_called_but_never_learnt_stays_young():
    line = Line()
    slot = line.slot(SL, NOON)
    assert line.young(slot, NOON + 400 * HOUR_MS)
    later = NOON + 500 * HOUR_MS
    line.learn(SL, later)
    assert line.young(slot, later + 35 * HOUR_MS), "its probation begins with the first call that teaches"


def test_a_country_forgotten_begins_anew():
    line = Line()
    slot = line.learn(SL, NOON)
    line.abroad["country_calls"][slot] = habit.LEARNT_CALLS / 2
    later = NOON + 90 * DAY_MS
    line.learn(SL, later)
    assert line.young(slot, later)
    assert line.abroad["opened"] == 2.0


def test_a_country_forgotten_is_neither_known_nor_young():
    line = Line()
    line.learn(SL, NOON)
    line.learn(US, NOON)
    assert line.known(NOON) == (0, 2, 0.0)
    line.abroad["country_calls"][line.slot(SL)] = habit.LEARNT_CALLS / 2
    assert line.known(NOON + 40 * HOUR_MS) == (1, 0, 1.0)
    assert line.known(NOON + 35 * HOUR_MS) == (0, 2, 0.0), "called lately, it is on probation, whatever it has taught"


def test_the_country_rung_least_makes_room():
    line = Line()
    for place in range(COUNTRIES_REMEMBERED):
        for _ in range(1 if place == 3 else 2):
            line.learn(10 + place, NOON)
    slot = line.slot(SL, NOON + HOUR_MS)
    assert line.abroad["country"].tolist() == [10, 11, 12, SL, 14, 15, 16, 17]
    assert (slot, int(line.abroad["country_since"][3])) == (3, (NOON + HOUR_MS) // MINUTE_MS)
    assert line.abroad["country_calls"][3] == 0.0


def test_an_attack_on_many_countries_does_not_make_the_line_forget_its_own():
    """What teaches nothing yields first."""
    line = Line()
    line.learn(US, NOON)
    for country in range(100, 130):
        line.slot(country, NOON + HOUR_MS)
    assert US in line.abroad["country"].tolist()


def test_a_country_nobody_knows_takes_one_place_and_hides_no_other():
    line = Line()
    for country in [*range(10, 10 + COUNTRIES_REMEMBERED), 0, 0]:
        line.learn(country, NOON)
    assert line.abroad["country"].tolist() == [habit.UNKNOWN_COUNTRY, *range(11, 18)]
    assert line.abroad["country_calls"][0] == 2.0
    assert line.slot(17) == 7, "the last country is still found"


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_a_number_is_new_then_young_then_known():
    line = Line()
    told = [line.hours("12125550101", NOON + hours * HOUR_MS) for hours in (0, 0, 5, 35, 36, 37, 400)]
    assert told == [-1.0, 0.0, 5.0, 35.0, 36.0, habit.KEPT_HOURS, habit.KEPT_HOURS]


def test_a_number_of_a_late_call_is_not_old():
    """An hour before it was first called: else the hours would wrap round, and it were known for years."""
    line = Line()
    line.hours("12125550101", NOON)
    assert line.hours("12125550101", NOON - 3 * HOUR_MS) == 0.0
    assert not line.abroad["kept"].any()


def test_an_attack_does_not_wash_out_the_numbers_that_have_proved_themselves():
    line = Line()
    for number in range(NUMBERS_FRESH):
        line.hours(f"1212555010{number}", NOON)
    for number in range(NUMBERS_FRESH):
        line.hours(f"1212555010{number}", NOON + 40 * HOUR_MS)
    for number in range(500):
        assert line.hours(f"23276{number:06}", NOON + 50 * HOUR_MS) == -1.0
    told = [line.hours(f"1212555010{number}", NOON + 60 * HOUR_MS) for number in range(NUMBERS_FRESH)]
    assert told == [habit.KEPT_HOURS] * NUMBERS_FRESH


def test_the_numbers_kept_longest_make_room():
    line = Line()
    for number in range(NUMBERS_KEPT + 1):
        line.hours(f"121255501{number:02}", NOON + number)
        line.hours(f"121255501{number:02}", NOON + number + 40 * HOUR_MS)
    assert line.hours("12125550100", NOON + 90 * HOUR_MS) == -1.0
    assert line.hours("12125550101", NOON + 90 * HOUR_MS) == habit.KEPT_HOURS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 200)), max_size=60))
def test_a_number_is_never_older_than_the_line_has_called_it(told):
    line, first, at = Line(), {}, NOON
    for number, wait in told:
        at += wait * HOUR_MS
        hours = line.hours(f"2327600{number:04}", at)
        since = (at - first.setdefault(number, at)) // HOUR_MS
        assert hours in (-1.0, habit.KEPT_HOURS) or hours <= since
        assert hours < habit.KEPT_HOURS or since >= 36


# --- rates and segments ----------------------------------------------------------------------------------------------


def test_a_line_nobody_has_seen_has_the_rates_of_the_policy():
    line = Line()
    week, business = habit.honest_rates(line.abroad, BUSINESS, NOON, line.dials)
    _, night = habit.honest_rates(line.abroad, NIGHT, NOON, line.dials)
    assert (business * HOUR_MS, night * HOUR_MS) == pytest.approx((0.02, 0.001))
    guess = (45 * 0.02 + 40 * 0.006 + 49 * 0.001 + 34 * 0.003) / 168
    assert week * HOUR_MS == pytest.approx(guess)


def test_what_was_seen_is_added_to_the_guess():
    """Ten calls in business hours of ten weeks: 10 and the guess of 200 hours, over the faded hours and 200."""
    line = Line(at=NOON - 70 * DAY_MS)
    line.abroad["calls"][BUSINESS] = 10.0
    week, business = habit.honest_rates(line.abroad, BUSINESS, NOON, line.dials)
    hours = 45 * 24 * (1 - exp(-70 / 45))
    guess = (45 * 0.02 + 40 * 0.006 + 49 * 0.001 + 34 * 0.003) / 168
    assert week * HOUR_MS == pytest.approx((10 + 200 * guess) / (hours + 200), rel=1e-5)
    assert business * HOUR_MS == pytest.approx((10 + 4) / (hours * 45 / 168 + 200), rel=1e-5)


def test_a_line_that_is_watched_in_silence_is_known_to_be_silent():
    line = Line(at=NOON - 2 * 364 * DAY_MS)
    _, business = habit.honest_rates(line.abroad, BUSINESS, NOON, line.dials)
    assert business * HOUR_MS == pytest.approx(0.02 * 200 / (PART_HOURS[BUSINESS] / 168 * 45 * 24 + 200), rel=1e-4)


@pytest.mark.parametrize(
    ("days", "a_day", "segment"),
    [
        (6.9, 50.0, habit.NEW_LINE),
        (7.1, 0.0, habit.RARE),
        (300, 0.14, habit.RARE),
        (300, 0.16, habit.SOMETIMES),
        (300, 1.9, habit.SOMETIMES),
        (300, 2.1, habit.DAILY),
        (300, 500.0, habit.DAILY),
    ],
)
def test_segments(days, a_day, segment):
    line = Line(at=NOON - int(days * DAY_MS))
    line.abroad["calls"][:2] = a_day * 45 * (1 - exp(-days / 45)) / 2
    assert habit.segment_of(line.abroad, NOON, line.dials) == segment


# --- learning and forgetting -----------------------------------------------------------------------------------------


def test_what_is_learnt():
    line = Line()
    slot = line.learn(SL, NOON, NIGHT, yen=175.0, fresh=True)
    abroad = line.abroad
    assert abroad["calls"].tolist() == [0.0, 0.0, 1.0, 0.0]
    assert (abroad["country_calls"][slot], abroad["opened"], abroad["dear"]) == (1.0, 1.0, 0.0)
    assert abroad["fresh_usual"] == 1.0, "for want of others the first is usual"
    line.learn(SL, NOON + 40 * HOUR_MS, NIGHT, yen=175.0)
    assert abroad["dear"] == 175.0, "past its probation its price is the line's own"
    assert abroad["fresh_usual"] == pytest.approx(0.5, abs=0.01), "the mean of both"
    assert abroad["opened"] == 1.0


def test_what_was_learnt_fades():
    line = Line()
    line.learn(US, NOON)
    for name in ("usual_hours", "usual_calls", "usual_spend", "usual_open"):
        line.abroad[name] = 1.0
    habit.fade(line.abroad, NOON + FORGETS, line.dials)
    for name in ("calls", "country_calls"):
        assert line.abroad[name][0] == pytest.approx(exp(-1))
    for name in ("usual_hours", "usual_calls", "usual_spend", "usual_open", "opened"):
        assert line.abroad[name] == pytest.approx(exp(-1))


@pytest.mark.parametrize("passed", [-DAY_MS, 0, HOUR_MS - 1])
def test_less_than_an_hour_and_time_turned_back_fade_nothing(passed):
    line = Line()
    line.learn(US, NOON)
    habit.fade(line.abroad, NOON + passed, line.dials)
    assert line.abroad["calls"][BUSINESS] == 1.0
    assert line.abroad["counted_at"] == NOON


def peaks(line: Line, *most: float) -> None:
    for name, value in zip(("hours", "calls", "spend", "open"), most, strict=True):
        line.abroad[f"peak_{name}"] = value


def usual(line: Line) -> list[float]:
    return [float(line.abroad[f"usual_{name}"]) for name in ("hours", "calls", "spend", "open")]


@pytest.mark.parametrize(("hours", "turns"), [(35.9, False), (36, True)])
def test_the_most_of_a_day_and_a_half_becomes_usual(hours, turns):
    line = Line()
    line.abroad["usual_calls"] = 9.0
    peaks(line, 1.0, 2.0, 3.0, 4.0)
    habit.turn_peaks(line.abroad, NOON + int(hours * HOUR_MS))
    assert usual(line) == ([1.0, 9.0, 3.0, 4.0] if turns else [0.0, 9.0, 0.0, 0.0])
    assert (line.abroad["peak_calls"] == 0.0) is np.bool_(turns)


@pytest.mark.parametrize(("hours", "turns"), [(47.9, False), (48, True)])
def test_but_not_within_two_days_of_an_ask_or_a_hold(hours, turns):
    line = Line()
    at = NOON + 100 * HOUR_MS
    line.abroad["said_minute"] = (at - int(hours * HOUR_MS)) // MINUTE_MS
    peaks(line, 1.0, 2.0, 3.0, 4.0)
    habit.turn_peaks(line.abroad, at)
    assert usual(line) == ([1.0, 2.0, 3.0, 4.0] if turns else [0.0] * 4)
    assert line.abroad["peak_calls"] == 0.0, "they are gone either way"


def test_what_is_unproven_is_forgotten():
    line = Line()
    old, young = line.learn(US, NOON - 40 * HOUR_MS), line.learn(SL, NOON - HOUR_MS)
    line.hours("12125550101", NOON - 40 * HOUR_MS)
    line.hours("23276000001", NOON - 30 * HOUR_MS)
    peaks(line, 1.0, 2.0, 3.0, 4.0)
    habit.forget_unproven(line.abroad, NOON, line.dials)
    assert line.abroad["country_calls"][[old, young]].tolist() == [1.0, 0.0]
    assert line.hours("23276000001", NOON + 10 * HOUR_MS) == 10.0, "its probation begins anew"
    assert line.hours("12125550101", NOON) == 40.0
    assert line.abroad["peak_hours"] == line.abroad["peak_open"] == 0.0


def test_a_country_is_young_alone_where_no_other_is_on_probation():
    line = Line()
    known, first = line.learn(US, NOON), line.learn(SL, NOON + 48 * HOUR_MS)
    assert line.alone(first, NOON + 49 * HOUR_MS)
    assert not line.alone(known, NOON + 49 * HOUR_MS), "an old country is not young"
    line.slot(7, NOON + 50 * HOUR_MS)
    assert not line.alone(first, NOON + 51 * HOUR_MS)
    later = NOON + 100 * HOUR_MS
    line.abroad["country_calls"][known] = 0.0  # forgotten, and so as good as new
    line.abroad["country_since"][line.slot(7)] = (later - HOUR_MS) // MINUTE_MS
    assert not line.alone(known, later)
