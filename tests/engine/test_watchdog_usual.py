"""What is usual: learnt by hour of the week, and how unlikely silence is."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sekisho.core.terms.instants import HOUR_MS, start_of_japanese_day
from sekisho.engine.watchdog_usual import CELLS, NATS, Expected, Usual, cell_of

MONDAY = start_of_japanese_day(date(2026, 6, 1)) // HOUR_MS
WEEK = 168
PAPER = Path(__file__).parents[2] / "docs" / "operating" / "watchdog.md"
HOLIDAY = start_of_japanese_day(date(2026, 11, 3)) // HOUR_MS  # a Tuesday, day of culture


def office_hours(hour: int) -> float:
    """Sixty calls an hour from 9 to 18 on working days, one an hour otherwise."""
    cell = cell_of(hour)
    return 60.0 if cell < 5 * 24 and 9 <= cell % 24 < 18 else 1.0


def learnt(weeks: int, rate=office_hours, seed: int = 3) -> Usual:
    usual, rng = Usual(), np.random.default_rng(seed)
    for hour in range(MONDAY, MONDAY + weeks * WEEK):
        usual.fold(hour, int(rng.poisson(rate(hour))))
    return usual


def test_the_cells_are_the_hours_of_the_week_in_japan():
    assert [cell_of(MONDAY + hour) for hour in (0, 10, 24, 167, 168)] == [0, 10, 24, 167, 0]
    assert cell_of(HOLIDAY + 10) == 6 * 24 + 10
    assert {cell_of(MONDAY + hour) for hour in range(WEEK)} == set(range(CELLS))


def test_before_anything_was_watched_nothing_is_known():
    usual = Usual()
    assert usual.rate(MONDAY) is None
    assert usual.alarm_after_ms(MONDAY) is None
    expected = usual.expected(MONDAY * HOUR_MS, (MONDAY + 5) * HOUR_MS)
    assert expected == Expected(0.0, 0.0, known=False)
    assert usual.surprise(expected) == 0.0


def test_a_quiet_night_is_no_surprise_and_a_silent_monday_morning_is():
    usual, next_monday = learnt(6), MONDAY + 6 * WEEK
    night = usual.expected((next_monday + 1) * HOUR_MS, (next_monday + 5) * HOUR_MS)
    assert usual.surprise(night) < NATS
    morning = usual.expected((next_monday + 10) * HOUR_MS, (next_monday + 10) * HOUR_MS + HOUR_MS // 2)
    assert morning.known
    assert morning.events == pytest.approx(30, rel=0.15)
    assert usual.surprise(morning) > NATS


def test_the_probability_is_poissons_where_much_was_learnt_from_a_steady_stream():
    usual = learnt(30)
    usual._spread = usual._spread_weight = 1.0
    surprise = usual.surprise(Expected(9.3, 1e9, known=True))
    assert math.exp(-surprise) == pytest.approx(math.exp(-9.3), rel=1e-3)


def test_a_holiday_has_the_hours_of_a_sunday():
    usual = learnt(6)
    assert usual.rate(HOLIDAY + 10) == usual.rate(MONDAY + 6 * 24 + 10)
    silent = usual.expected((HOLIDAY + 9) * HOUR_MS, (HOLIDAY + 12) * HOUR_MS)
    assert usual.surprise(silent) < NATS


def test_what_comes_in_bursts_may_be_silent_longer():
    def bursts(hour: int) -> float:
        return 600.0 if hour % 10 == 0 else 0.0  # at another hour of the week each week

    steady, bursty = learnt(8, lambda _hour: 60.0), learnt(8, bursts)
    assert steady.spread == pytest.approx(1.0, abs=0.4)
    assert bursty.spread > 10
    expected = steady.expected(MONDAY * HOUR_MS, MONDAY * HOUR_MS + HOUR_MS // 4)
    assert steady.surprise(expected) > NATS > 2 * bursty.surprise(expected)


def test_little_learning_is_not_believed_much():
    usual = Usual()
    usual.fold(MONDAY + 10, 10)
    one_hour = usual.expected((MONDAY + 34) * HOUR_MS, (MONDAY + 35) * HOUR_MS)
    assert one_hour.events == pytest.approx(10)
    assert usual.surprise(one_hour) == pytest.approx(10 * math.log(2))  # Poisson would say 10 nats


def test_weekends_are_not_known_before_a_day_off_was_watched():
    usual = Usual()
    for hour in range(MONDAY, MONDAY + 5 * 24):
        usual.fold(hour, 60)
    assert usual.rate(MONDAY + 5 * 24 + 10) is None
    assert not usual.expected((MONDAY + 5 * 24) * HOUR_MS, (MONDAY + 6 * 24) * HOUR_MS).known


def test_a_new_habit_becomes_usual():
    usual = learnt(6)
    at = MONDAY + 10
    for week in range(6, 14):
        usual.fold(at + week * WEEK, 5)
    cell = cell_of(at)
    assert usual._counts[cell] / usual._weeks[cell] < 20


def test_the_worked_table_of_the_paper():
    rows = [line.strip("| ").split(" | ") for line in PAPER.read_text("utf-8").splitlines() if line.startswith("| ")]
    worked = [row for row in rows if len(row) == 4 and row[2].endswith("calls")]
    assert len(worked) == 5
    for rate, spread, learnt, told in worked:
        usual = Usual()
        cell = cell_of(MONDAY + 10)
        calls = float(learnt.removesuffix(" calls").replace(",", ""))
        usual._counts[cell], usual._weeks[cell] = calls, calls / float(rate.replace(",", ""))
        usual._spread, usual._spread_weight = float(spread), 1.0
        minutes = usual.alarm_after_ms(MONDAY + 10) / 60_000
        assert minutes == pytest.approx(in_minutes(told.split(",")[0]), rel=0.03)


def in_minutes(told: str) -> float:
    """`9 s`, `9.3 min` or `4 h 38 min`, in minutes."""
    words = told.split()
    units = {"s": 1 / 60, "min": 1.0, "h": 60.0}
    return sum(float(count) * units[unit] for count, unit in pairwise(words) if unit in units)


def test_late_events_count_for_their_hour():
    usual = learnt(1)
    before = usual.rate(MONDAY + 10)
    usual.add_late(MONDAY + 10, 30)
    assert usual.rate(MONDAY + 10) > before


def test_what_is_learnt_survives_a_snapshot():
    usual = learnt(3)
    again = Usual.from_json(usual.to_json())
    assert again.rate(MONDAY + 10) == pytest.approx(usual.rate(MONDAY + 10))
    assert again.spread == pytest.approx(usual.spread)
    assert again.alarm_after_ms(MONDAY + 10) == pytest.approx(usual.alarm_after_ms(MONDAY + 10), abs=5)
