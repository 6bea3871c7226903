"""Thresholds from budgets, beside laws whose tails are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sekisho.lab.tune.budget import NOBODY, threshold, thresholds

LAWS = {
    "exponential": (lambda rng, size: rng.exponential(2.0, size), lambda t: math.exp(-t / 2.0)),
    "normal": (lambda rng, size: rng.normal(size=size), lambda t: 0.5 * math.erfc(t / math.sqrt(2.0))),
    "logistic": (lambda rng, size: rng.logistic(size=size), lambda t: 1.0 / (1.0 + math.exp(t))),
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("days", "budget"), [(20_000, 1_000), (20_000, 300), (200_000, 100), (200_000, 1_000)])
def test_the_budget_is_met_within_a_factor_of_two_and_the_range_holds_the_truth(law, days, budget):
    draw, beyond = LAWS[law]
    within = 0
    for seed in range(20):
        found = threshold(draw(np.random.default_rng(seed), days), days, budget)
        true = 1e6 * beyond(found.nats)
        assert budget / 2.2 < true < budget * 2.2
        within += found.low <= true <= found.high
    assert within >= 16


def test_beyond_the_data_the_tail_is_drawn_on():
    found = threshold(np.random.default_rng(1).exponential(1.0, 3_000), 3_000, 10.0)
    assert found.found in ("pareto", "exponential")
    assert found.nats > math.log(3_000)
    assert found.low < found.per_million / 2 < 2 * found.per_million < found.high


def test_many_days_above_are_counted():
    maxima = np.arange(1_000_000, dtype=np.float64)
    found = threshold(maxima, 1_000_000, 1_000.0)
    assert (found.found, found.nats) == ("counted", 998_999.5)
    assert np.sum(maxima >= found.nats) == 1_000


def test_days_without_a_score_count_as_days():
    maxima = np.arange(1_000.0)
    assert threshold(maxima, 10_000, 10_000.0).nats == threshold(maxima, 1_000, 100_000.0).nats
    assert threshold(maxima, 1_000, 1e6).nats == 0.0


def test_nobody_is_stopped_where_there_was_nobody_to_learn_from():
    assert threshold(np.zeros(0), 0, 1_000.0).nats == NOBODY
    assert threshold(np.zeros(0), 300, 1_000.0).high == pytest.approx(10_000)


def test_all_segments_share_a_threshold_and_each_tells_what_it_bears():
    rng = np.random.default_rng(3)
    maxima = {0: rng.exponential(1.0, 50_000), 2: 1.0 + rng.exponential(1.0, 50_000), 3: np.array([1.0])}
    days = {0: 50_000, 2: 50_000, 3: 10, 1: 0}
    found = thresholds(maxima, days, 1_000.0)
    assert {each.nats for each in found.values()} == {
        threshold(np.concatenate(list(maxima.values())), 100_010, 1e3).nats
    }
    assert found[2].per_million / found[0].per_million == pytest.approx(math.e, rel=0.3)
    borne = sum(found[segment].per_million * days[segment] for segment in days) / 100_010
    assert borne == pytest.approx(1_000.0, rel=0.02)
    for segment in (0, 2):
        assert found[segment].low < found[segment].per_million < found[segment].high
    assert (found[3].per_million, found[3].low, found[3].high) == (0.0, 0.0, 3e5), "ten days without one say little"
    assert found[1].per_million == 0.0


def test_a_smaller_budget_is_never_a_lower_threshold():
    maxima = np.random.default_rng(9).normal(size=30_000)
    levels = [threshold(maxima, 30_000, budget).nats for budget in (10, 30, 100, 300, 1_000, 3_000, 10_000, 100_000)]
    assert levels == sorted(levels, reverse=True)
