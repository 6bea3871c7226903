"""What can be read off a carrier's calls without labels, on calls made from known laws."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sekisho.core.watch.calendar import PART_HOURS
from sekisho.core.watch.judged import CALL
from sekisho.core.watch.policy import Policy
from sekisho.lab.tune.habits import fitted

T0 = 1_775_487_600_000  # 2026-04-07 00:00 in Japan
WEEK = 7 * 24 * 3_600_000


def carrier_of(line, start, country, weeks):
    calls = np.zeros(len(line), CALL)
    calls["line"], calls["start"], calls["country"] = line, start, country
    order = np.argsort(calls["start"], kind="stable")
    return SimpleNamespace(calls=calls, abroad=order, begins=T0, ends=T0 + weeks * WEEK)


def calls_at_random(rates, weeks, rng):
    """Lines with these rates an hour (calls abroad), at any time of the week."""
    counts = rng.poisson(np.array(rates) * 168 * weeks)
    line = np.repeat(np.arange(len(rates)), counts)
    return line, T0 + (rng.random(line.size) * weeks * WEEK).astype(np.int64)


def test_rates_are_those_of_the_lines_and_worth_their_spread():
    rng = np.random.default_rng(1)
    rates = rng.gamma(2.0, 0.03 / 2.0, 2_000)  # mean 0.03 an hour; the law is worth 2 / 0.03 = 67 hours
    found = fitted(carrier_of(*(both := calls_at_random(rates, 8, rng)), np.ones(both[0].size), 8), Policy())
    week = float(np.array(found["honest_rate"]) @ PART_HOURS / 168)
    assert week == pytest.approx(0.03, rel=0.1)
    assert found["honest_rate_hours"] == pytest.approx(67, rel=0.35)  # the busiest are cut, so it is worth more


def test_one_call_centre_does_not_stand_for_everybody():
    rng = np.random.default_rng(2)
    line, start = calls_at_random([0.03] * 200 + [30.0], 4, rng)
    found = fitted(carrier_of(line, start, np.ones(line.size), 4), Policy())
    assert float(np.array(found["honest_rate"]) @ PART_HOURS / 168) < 0.05


@pytest.mark.parametrize("doubt", [0.3, 1.0, 4.0])
def test_the_doubt_is_that_of_the_urn(doubt):
    rng = np.random.default_rng(3)
    line, start = calls_at_random([0.05] * 400, 6, rng)
    order = np.argsort(start, kind="stable")
    line, start = line[order], start[order]
    country, made = np.zeros(line.size, np.int64), [[] for _ in range(400)]
    for index, each in enumerate(line.tolist()):
        seen = made[each]
        new = rng.random() < doubt / (doubt + len(seen))
        seen.append(len(set(seen)) + 1 if new else int(rng.choice(seen)))
        country[index] = seen[-1]
    assert fitted(carrier_of(line, start, country, 6), Policy())["new_country_doubt"] == pytest.approx(doubt, rel=0.2)


def test_too_few_calls_say_nothing():
    rng = np.random.default_rng(4)
    line, start = calls_at_random([0.05] * 30, 4, rng)
    assert fitted(carrier_of(line, start, np.ones(line.size), 4), Policy()) == {}
