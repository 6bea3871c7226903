"""Habits: a working day adds up to one, nights and days off are quiet where they should be."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.terms.instants import HOUR_MS, parse_rfc3339
from sekisho.demo.cast import Kind
from sekisho.demo.habits import HABITS, hour_weights, japanese_hour

WEDNESDAY = japanese_hour(parse_rfc3339("2026-11-10T15:00:00Z"))  # 11 November 2026, 0 h in Japan
SUNDAY = WEDNESDAY + 4 * 24
LABOUR_DAY = WEDNESDAY + 12 * 24  # Monday 23 November, a holiday


def day(kind, first):
    return hour_weights(first, 24, HABITS[kind].day, HABITS[kind].week)


@pytest.mark.parametrize("kind", list(Kind))
def test_an_ordinary_wednesday_adds_up_to_about_one(kind):
    assert day(kind, WEDNESDAY).sum() == pytest.approx(1.0, abs=0.11)


def test_an_office_rests_at_night_on_sundays_and_on_holidays():
    working = day(Kind.OFFICE, WEDNESDAY)
    assert working[[0, 3, 23]].sum() == 0
    assert working[9:12].min() > working[12] > 0  # the plateau, then lunch
    assert day(Kind.OFFICE, SUNDAY).sum() < 0.05
    assert day(Kind.OFFICE, LABOUR_DAY).sum() < 0.05


def test_a_home_calls_in_the_evening_and_most_on_sundays():
    assert int(np.argmax(day(Kind.HOME, WEDNESDAY))) == 19
    assert day(Kind.HOME, SUNDAY).sum() > day(Kind.HOME, WEDNESDAY).sum()


def test_hours_are_those_of_japan():
    midnight = parse_rfc3339("2026-11-23T15:00:00Z")
    assert japanese_hour(midnight) % 24 == 0
    assert japanese_hour(midnight - 1) % 24 == 23
    assert japanese_hour(midnight + 5 * HOUR_MS) % 24 == 5


def test_who_rings_abroad_has_somewhere_to_ring():
    for habit in HABITS.values():
        assert (habit.abroad > 0) == (habit.rings_abroad > 0) == bool(habit.countries)
