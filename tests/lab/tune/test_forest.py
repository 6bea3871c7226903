"""LightGBM's trees as a scorecard: the same leaves for every call, and nodes that know their average."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.scorecard import NODES, new_trees, score_rows
from sekisho.lab.tune.forest import compiled, threshold_below, with_averages

SIZE, NAMES = 4_000, ("a", "b", "c", "d")


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(SIZE, len(NAMES))).astype(np.float32)
    rows[:, 1] = np.round(rows[:, 1])
    return rows


def boosted(rows, depth=4, trees=37, **more):
    rng = np.random.default_rng(2)
    labels = (rows[:, 0] + rows[:, 1] * rows[:, 2] + rng.normal(size=SIZE) > 1).astype(int)
    settings = {"objective": "binary", "max_depth": depth, "num_leaves": 1 << depth, "use_missing": False}
    data = lightgbm.Dataset(rows, labels, params={"verbosity": -1}, **more)
    return lightgbm.train({**settings, "verbosity": -1, "num_threads": 1}, data, trees)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_the_score_is_that_of_lightgbm(rows, depth):
    booster = boosted(rows, depth)
    card = compiled(booster, NAMES, rows, np.ones(SIZE))
    expected = booster.predict(rows, raw_score=True)
    np.testing.assert_allclose(score_rows(card, rows), expected, atol=37 * 2.0**-17)


def test_at_the_thresholds_themselves_too(rows):
    """Rows made of the thresholds LightGBM chose and their neighbours: where a wrong rounding would show."""
    booster = boosted(rows)
    card = compiled(booster, NAMES, rows, np.ones(SIZE))
    rng = np.random.default_rng(3)
    edges = np.where(np.isfinite(card.trees["threshold"]), card.trees["threshold"], 0.0).ravel()
    close = rng.choice(edges, (2_000, len(NAMES)))
    close = np.nextafter(close, rng.choice(np.float32([-np.inf, np.inf]), close.shape))
    for each in (close, rng.choice(edges, close.shape)):
        expected = booster.predict(each, raw_score=True)
        np.testing.assert_allclose(score_rows(card, each), expected, atol=37 * 2.0**-17)


def test_a_node_says_what_the_calls_that_come_there_get_on_average(rows):
    weights = np.random.default_rng(4).random(SIZE)
    card = compiled(boosted(rows), NAMES, rows, weights)
    assert card.prior == pytest.approx(np.average(score_rows(card, rows), weights=weights), abs=37 * 2.0**-16)
    tree = card.trees[0]
    left = rows[:, tree["feature"][0]] <= tree["threshold"][0]
    alone = score_rows(type(card)(NAMES, card.trees[:1]), rows)
    assert tree["value"][1] == pytest.approx(np.average(alone[left], weights=weights[left]), abs=2.0**-15)
    assert tree["value"][2] == pytest.approx(np.average(alone[~left], weights=weights[~left]), abs=2.0**-15)


def test_rows_without_weight_decide_only_where_no_other_row_comes():
    trees = new_trees(1)
    trees["threshold"][0] = np.inf
    trees["threshold"][0, :3] = 0.0
    leaves = trees["value"][0, NODES:]
    leaves[:4], leaves[4:8], leaves[8:12], leaves[12:] = 1.0, 2.0, 3.0, 5.0
    trees["feature"][0, 1] = trees["feature"][0, 2] = 1
    rows = np.array([[-1, -1], [-1, 1], [1, -1]], np.float32)
    told = with_averages(trees, rows, np.array([1.0, 0.0, 0.0]))["value"][0]
    assert told[1] == pytest.approx(1.0, abs=1e-4)  # the row that counts, not the one beside it
    assert told[2] == 3.0  # the only row that comes there
    assert with_averages(trees, rows[:0], np.zeros(0))["value"][0, 0] == 2.75  # all alike


def test_a_threshold_is_never_rounded_up():
    for value in (0.1, 1.0, -0.1, 1e-35, 16_777_217.0, 3.5):
        below = threshold_below(value)
        assert float(below) <= value < float(np.nextafter(below, np.float32(np.inf)))
    assert threshold_below(float(-np.float32(1e-35))) < -np.float32(1e-35)  # which is 0, and above


def test_trees_of_another_kind_are_refused(rows):
    with pytest.raises(BadSetting, match="deeper than 4"):
        compiled(boosted(rows, 6), NAMES, rows, np.ones(SIZE))
    whole = np.abs(np.round(rows))
    categories = boosted(whole, categorical_feature=[1])
    with pytest.raises(BadSetting, match="categories"):
        compiled(categories, NAMES, whole, np.ones(SIZE))
