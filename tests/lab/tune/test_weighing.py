"""What an event is worth in training, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.lab.tune.weighing import (
    MOOT,
    PASSES,
    YEN_POWER,
    incident_weights,
    line_day_maxima,
    line_day_weights,
    lost_yen,
    order_of_incidents,
)

# Incident 0 costs 100 yen after its first event, 200 after its second, nothing after its third; incident 1 100 at once.
INCIDENT = np.array([-1, 0, 1, 0, -1, 0])
YEN = np.array([0.0, 100.0, 100.0, 200.0, 0.0, 0.0])


def test_an_event_is_worth_the_yen_ahead_if_no_event_before_it_caught_the_thief():
    weights = incident_weights(INCIDENT, YEN)
    worth = [100 + PASSES * 200, PASSES * 200, 0.0]
    powers = (np.array([300.0, 100.0]) / 200.0) ** YEN_POWER  # of the median incident, 200 yen
    powers /= powers.mean()
    np.testing.assert_allclose(weights[[1, 3, 5]], powers[0] * np.array(worth) / sum(worth))
    assert weights[2] == pytest.approx(powers[1])
    assert weights[0] == weights[4] == 0.0
    assert weights.sum() == pytest.approx(2.0)


def test_what_comes_after_the_catch_is_moot():
    caught = np.array([True, True, False, False, True, True])
    weights = incident_weights(INCIDENT, YEN, caught)
    assert weights[3] / weights[1] == pytest.approx(MOOT * PASSES * 200 / (100 + PASSES * 200))


def test_an_incident_without_yen_is_shared_alike():
    weights = incident_weights(np.array([3, 3]), np.zeros(2))
    np.testing.assert_allclose(weights, [0.5, 0.5])


def test_lost_is_what_came_before_the_first_catch():
    assert lost_yen(INCIDENT, YEN, np.zeros(6, np.bool_)) == (400.0, 400.0)
    assert lost_yen(INCIDENT, YEN, np.array([True, False, False, True, True, False])) == (400.0, 200.0)
    assert lost_yen(INCIDENT, YEN, np.ones(6, np.bool_)) == (400.0, 0.0)
    assert lost_yen(np.array([-1]), np.zeros(1), np.ones(1, np.bool_)) == (0.0, 0.0)


def test_incidents_keep_their_order_of_time():
    rows, first = order_of_incidents(np.array([5, -1, 2, 5, 2, -1, 5]))
    assert rows.tolist() == [2, 4, 0, 3, 6]
    assert first.tolist() == [0, 2, 5]


def test_a_line_day_counts_once_and_its_highest_score_takes_nearly_all():
    days = np.array([7, 8, 7, 7])
    np.testing.assert_allclose(line_day_weights(days), [1 / 3, 1, 1 / 3, 1 / 3])
    shares = line_day_weights(days, np.array([0.0, -4.0, 5.0, 0.0]))
    np.testing.assert_allclose(shares, [np.exp(-5) / (1 + 2 * np.exp(-5)), 1, 1 / (1 + 2 * np.exp(-5)), shares[0]])
    rows, top = line_day_maxima(days, np.array([0.0, -4.0, 5.0, 5.0]))
    assert rows.tolist() == [2, 1]
    assert top.tolist() == [5.0, -4.0]


def test_nothing_weighs_nothing():
    nothing = np.zeros(0, np.int64)
    assert line_day_weights(nothing).size == incident_weights(nothing, np.zeros(0)).size == 0
    assert line_day_maxima(nothing, np.zeros(0))[1].size == 0
