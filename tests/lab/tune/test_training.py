"""Training finds thieves in made-up examples, the same way every time, and keeps what it was told to keep."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from tests.lab.tune.worlds import NAMES, a_world

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.scorecard import score_rows
from sekisho.lab.tune.budget import threshold
from sekisho.lab.tune.training import HELD_OUT, booster_library, fit, held_out, pooled, train
from sekisho.lab.tune.weighing import line_day_maxima, lost_yen


@pytest.fixture(scope="module")
def world():
    return a_world(1)


@pytest.fixture(scope="module")
def card(world):
    return fit(world, NAMES, seed=7, rounds=40)


def lost_share(world, score, per_million):
    honest = world.incident < 0
    _, maxima = line_day_maxima(world.line_day[honest], score[honest])
    at_stake, lost = lost_yen(world.incident, world.yen, score >= threshold(maxima, maxima.size, per_million).nats)
    return lost / at_stake


def test_it_stops_thieves_it_has_not_seen_sooner_than_any_single_feature(card):
    fresh = a_world(2)
    trained = lost_share(fresh, score_rows(card, fresh.features), 5_000)
    alone = min(lost_share(fresh, fresh.features[:, f].astype(np.float64), 5_000) for f in range(len(NAMES)))
    together = lost_share(fresh, fresh.features[:, :5].sum(axis=1).astype(np.float64), 5_000)
    assert trained < 0.8 * together < alone


def test_the_same_seed_gives_the_same_trees_and_another_one_others(world, card):
    assert fit(world, NAMES, seed=7, rounds=40).version == card.version
    assert fit(world, NAMES, seed=8, rounds=40).version != card.version


def test_plain_arrays_give_the_same(world, card):
    labels = (world.incident >= 0).astype(np.int8)
    again = train(world.features, labels, world.incident, world.yen, world.line_day, NAMES, 7, 40)
    assert again.version == card.version


def test_a_rising_feature_never_speaks_against_a_thief(world):
    card = fit(world, NAMES, seed=7, rounds=20, rising=("f0", "f3"))
    rows = np.repeat(world.features[:50], 30, axis=0)
    for feature in (0, 3):
        walked = rows.copy()
        walked[:, feature] = np.tile(np.linspace(-4, 8, 30), 50)
        steps = np.diff(score_rows(card, walked).reshape(50, 30), axis=1)
        assert steps.min() > -20 * 2.0**-15  # rounding to grains
        assert steps.max() > 0.1


def test_shallow_trees_and_progress(world):
    trees = []
    card = fit(world, NAMES, seed=1, rounds=10, depth=2, told=trees.append)
    assert np.isinf(card.trees["threshold"][:, 3:]).all()
    assert sum(trees) == 5 + 10


def test_lines_are_held_out_whole_and_one_in_so_many(world):
    aside = held_out(world.line_day, 3)
    lines = world.line_day >> 32
    assert not set(lines[aside].tolist()) & set(lines[~aside].tolist())
    assert np.unique(lines[aside]).size == pytest.approx(np.unique(lines).size / HELD_OUT, abs=1)
    assert not np.array_equal(aside, held_out(world.line_day, 4))


def test_worlds_are_pooled_with_lines_and_incidents_of_their_own(world):
    both = pooled([world, world])
    assert np.unique(both.line_day).size == 2 * np.unique(world.line_day).size
    assert np.unique(both.incident).size == 2 * (np.unique(world.incident).size - 1) + 1
    assert both.yen.sum() == pytest.approx(2 * world.yen.sum())


def test_one_kind_of_calls_is_not_enough(world):
    honest = world.of(np.flatnonzero(world.incident < 0))
    with pytest.raises(BadSetting, match="only one kind"):
        fit(honest, NAMES, seed=1)
    with pytest.raises(BadSetting, match="only one kind"):
        fit(replace(honest, incident=np.zeros_like(honest.incident)), NAMES, seed=1)
    with pytest.raises(BadSetting, match="at most 4"):
        fit(world, NAMES, seed=1, depth=5)


def test_without_the_extra_there_is_one_clear_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(BadSetting, match=r"pip install 'sekisho\[tune\]'"):
        booster_library()
