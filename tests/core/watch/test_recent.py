"""What a line did lately: what is counted, and how it fades."""

from __future__ import annotations

from math import exp, log, log1p, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.watch.desk import Desk

from sekisho.core.digits.packed import pack
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS
from sekisho.core.watch import recent
from sekisho.core.watch.state import SIGHT

NOON = 1_780_000_020_000
QUARTER, TWO_HOURS, PROBATION = 15 * MINUTE_MS, 2 * HOUR_MS, 36 * HOUR_MS
FADES = {
    "calls_2m": 2 * MINUTE_MS,
    "calls_15m": QUARTER,
    "fresh_15m": QUARTER,
    "calls_2h": TWO_HOURS,
    "missed_2h": TWO_HOURS,
    "walked_2h": TWO_HOURS,
    "prefixed_2h": TWO_HOURS,
    "spend_2h": TWO_HOURS,
    "calls_day": DAY_MS,
    "fresh_day": DAY_MS,
    "through_day": DAY_MS,
    "spend_day": DAY_MS,
    "probes_2d": PROBATION,
    "young_calls": PROBATION,
    "young_numbers": PROBATION,
    "young_spend": PROBATION,
}


@pytest.mark.parametrize(("digits", "tried"), [("3123456789", 13_123_456_789), ("0023", 10_023), ("23", 123), ("", 1)])
def test_of_digits_that_lead_nowhere_noughts_before_count_too(digits, tried):
    assert recent.tried_of(np.uint64(pack(digits))) == tried


class Line:
    def __init__(self) -> None:
        self.abroad = Desk(lines=1).abroad(0, NOON)

    def call(
        self, digits: int, *, hours: float = 200.0, gap_s: float = 1e7, through: int = 0, young: bool = False
    ) -> Line:
        recent.count_call(self.abroad, digits, sight(hours=hours, gap_s=gap_s, through=through), young)
        return self

    def end(self, talk_s: float | None, yen: float = 0.0, *, hours: float = 200.0, young: bool = False) -> Line:
        talk_ms = -1 if talk_s is None else int(talk_s * 1000)
        recent.count_end(self.abroad, talk_ms, int(yen * 1000), sight(hours=hours), young)
        return self

    def counts(self) -> dict[str, float]:
        """What is not nought."""
        return {name: float(self.abroad[name]) for name in FADES if self.abroad[name] != 0}


def sight(*, hours: float, gap_s: float = 0.0, through: int = 0):
    seen = np.zeros(1, SIGHT)[0]
    seen["number_hours"], seen["gap_s"], seen["through"] = hours, gap_s, through
    return seen


@pytest.mark.parametrize("text", ["", "1", "81312345678", "120000000000001", "999999999999999"])
def test_digits_of_a_packed_number(text):
    assert recent.digits_of(np.uint64(pack(text))) == int(text or "0")


@pytest.mark.parametrize("name", FADES)
def test_each_count_fades_at_its_own_pace(name):
    line = Line()
    line.abroad[name] = 8.0
    recent.fade(line.abroad, NOON + FADES[name])
    assert line.abroad[name] == pytest.approx(8 * exp(-1), rel=1e-5)
    assert line.abroad["at"] == NOON + FADES[name]


def test_time_turned_back_changes_nothing():
    line = Line().call(1)
    before = line.abroad.copy()
    recent.fade(line.abroad, NOON - DAY_MS)
    assert line.abroad == before


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, DAY_MS), min_size=1, max_size=8))
def test_fading_in_steps_is_fading_at_once(waits):
    steps, once = Line(), Line()
    for line in (steps, once):
        for name in FADES:
            line.abroad[name] = 100.0
    at = NOON
    for wait in waits:
        at += wait
        recent.fade(steps.abroad, at)
    recent.fade(once.abroad, at)
    for name in FADES:
        assert steps.abroad[name] == pytest.approx(float(once.abroad[name]), rel=1e-4, abs=1e-30)


# --- a call begins ---------------------------------------------------------------------------------------------------


def test_a_call_to_a_number_and_a_country_the_line_knows():
    every = ("calls_2m", "calls_15m", "calls_2h", "calls_day")
    assert Line().call(12_125_550_101).counts() == dict.fromkeys(every, 1.0)


def test_a_new_number_of_a_young_country_within_an_incoming_call():
    more = ("fresh_15m", "fresh_day", "young_calls", "young_numbers", "through_day")
    counts = Line().call(23_276_000_001, hours=-1.0, young=True, through=1).counts()
    assert [counts[name] for name in more] == [1.0] * 5


def test_a_number_of_yesterday_is_not_fresh():
    counts = Line().call(23_276_000_001, hours=20.0, young=True).counts()
    assert "fresh_day" not in counts
    assert "young_numbers" not in counts
    assert counts["young_calls"] == 1.0


@pytest.mark.parametrize(
    ("numbers", "redials", "walked"),
    [
        ([5_000, 5_000, 5_000], 2, 0.0),
        ([5_000, 5_001, 5_002], 0, 2.0),
        ([5_000, 5_020], 0, 1.0),
        ([5_000, 4_980], 0, 1.0),
        ([5_000, 5_021], 0, 0.0),
        ([5_000, 5_000, 5_001, 5_001], 1, 1.0),
    ],
)
def test_redials_and_walks(numbers, redials, walked):
    line = Line()
    for number in numbers:
        line.call(number)
    assert (line.abroad["redials"], line.abroad["walked_2h"]) == (redials, walked)
    assert line.abroad["last_digits"] == numbers[-1]


@pytest.mark.parametrize(
    ("second", "gap_s", "prefixed"),
    [
        (4_415_550_123, 5.0, 1.0),  # the same last seven digits
        (4_415_550_123, 120.0, 1.0),
        (4_415_550_123, 121.0, 0.0),  # not in one go
        (4_415_550_124, 5.0, 0.0),
    ],
)
def test_the_same_number_behind_another_prefix(second, gap_s, prefixed):
    line = Line().call(3_365_550_123).call(second, gap_s=gap_s)
    assert line.abroad["prefixed_2h"] == prefixed


def test_the_most_of_late_is_kept():
    line = Line()
    for number in range(5):
        line.call(1_000 * number)
    recent.fade(line.abroad, NOON + DAY_MS)
    line.call(1)
    assert line.abroad["peak_hours"] == line.abroad["peak_calls"] == 5.0


# --- a call ends -----------------------------------------------------------------------------------------------------


def test_a_call_without_an_answer_is_missed_and_nothing_else():
    assert Line().end(None, hours=-1.0, young=True).counts() == {"missed_2h": 1.0}


def test_what_it_cost():
    line = Line().end(60, 175.0).end(60, 25.0, young=True)
    assert line.counts() == {"spend_2h": 200.0, "spend_day": 200.0, "young_spend": 25.0}
    assert line.abroad["peak_spend"] == 200.0


@pytest.mark.parametrize(
    ("seconds", "hours", "probes"), [(10, -1.0, 1.0), (44.9, -1.0, 1.0), (45, -1.0, 0.0), (10, 0.0, 0.0)]
)
def test_a_short_talk_with_a_new_number_is_a_probe(seconds, hours, probes):
    assert Line().end(seconds, hours=hours).abroad["probes_2d"] == probes


def test_talk_times_are_averaged_the_last_ones_most():
    line = Line()
    logs = [log1p(seconds) for seconds in (60.0, 600.0, 30.0, 90.0, 1_200.0, 5.0)]
    mean = 0.0
    for count, each in enumerate(logs):
        line.end(np.expm1(each))
        mean += max(0.25, 1 / (count + 1)) * (each - mean)
    assert line.abroad["talk"] == pytest.approx(mean, rel=1e-4)
    assert line.abroad["talks"] == 6.0


def test_talks_with_young_countries_are_not_the_lines_usual():
    line = Line()
    assert line.end(600, young=True).abroad["talk_usual"] == 0.0, "nothing is usual yet"
    assert line.end(60).abroad["talk_usual"] == pytest.approx(log(61), rel=1e-5), "it begins at the first"
    usual = log(61) + (log(601) - log(61)) / 3
    assert line.end(600).abroad["talk_usual"] == pytest.approx(usual, rel=1e-5), "the third talk weighs a third"
    before = float(line.abroad["talk_usual"])
    assert line.end(3_600, young=True).abroad["talk_usual"] == before


def test_the_spread_of_the_last_talks():
    assert recent.talks_spread(Line().abroad) == recent.talks_spread(Line().end(60).abroad) == 1.0
    assert recent.talks_spread(Line().end(60).end(60).end(60).abroad) == pytest.approx(0.0, abs=2e-3)
    two = sqrt((log(61) ** 2 + log(601) ** 2) / 2 - ((log(61) + log(601)) / 2) ** 2)
    assert recent.talks_spread(Line().end(60).end(600).abroad) == pytest.approx(two, rel=1e-4)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 100_000)), max_size=40))
def test_the_spread_is_a_number_whatever_was_talked(talks):
    line = Line()
    for seconds in talks:
        line.end(seconds)
    assert 0.0 <= recent.talks_spread(line.abroad) <= 12.0
