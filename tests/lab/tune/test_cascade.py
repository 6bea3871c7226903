"""Floors: honest calls are read to the end of few trees, and what is near a threshold to the end of all."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.watch.scorecard import AT_ONCE, NODES, Scorecard, floors_of, in_grains, new_trees, score_rows
from sekisho.lab.tune.cascade import FEWEST, cut_short

NAMES = ("a", "b", "c")
NEEDED = 4.0


@pytest.fixture(scope="module")
def card():
    """Trees that mostly say the same of a call: those with a high `a` are thieves."""
    rng = np.random.default_rng(1)
    trees = new_trees(6 * AT_ONCE + 2)
    trees["feature"] = rng.integers(0, 3, (trees.size, NODES))
    trees["feature"][:, 0] = 0
    trees["threshold"] = rng.normal(0.0, 0.5, (trees.size, NODES))
    trees["value"] = in_grains(rng.normal(0.0, 0.1, trees["value"].shape))
    trees["value"][:, NODES : NODES + 8] -= 0.25
    trees["value"][:, NODES + 8 :] += 0.25
    trees["value"] = in_grains(trees["value"])
    return Scorecard(NAMES, trees)


def events(seed, count):
    return np.random.default_rng(seed).normal(0.0, 1.0, (count, 3)).astype(np.float32)


def test_few_of_those_near_a_threshold_are_cut_short_and_most_others_are(card):
    floors = cut_short(card, events(1, 40_000), NEEDED, 1e-3, 1_000)
    rows = events(2, 40_000)
    whole, short = score_rows(card, rows), score_rows(floors, rows)
    high = whole - card.prior >= NEEDED
    assert high.sum() > 1_000
    assert 0 < (short[high] != whole[high]).mean() < 6 * 3e-3  # a thousandth at each floor, and chance
    assert (short[~high] != whole[~high]).mean() > 0.5
    assert (short[~high] - card.prior).max() < NEEDED + 1.0


def test_none_of_them_where_none_may_be_lost(card):
    rows = events(1, 20_000)
    floors = cut_short(card, rows, NEEDED, 0.0, 1_000)
    whole = score_rows(card, rows)
    high = whole - card.prior >= NEEDED
    np.testing.assert_array_equal(score_rows(floors, rows[high]), whole[high])
    assert np.isfinite(floors_of(floors.trees)).all()


def test_from_few_events_nothing_is_learnt(card):
    rows = events(1, 2_000)
    assert np.isneginf(floors_of(cut_short(card, rows).trees)).all()
    assert FEWEST > 2_000
    np.testing.assert_array_equal(score_rows(cut_short(card, rows), rows), score_rows(card, rows))


def test_the_last_trees_of_all_have_no_floor(card):
    trees = Scorecard(NAMES, card.trees[: 2 * AT_ONCE])
    floors = floors_of(cut_short(trees, events(1, 40_000), -4.0, 0.0, 1_000).trees)
    assert np.isfinite(floors[0])
    assert np.isneginf(floors[1])
    nothing = Scorecard(NAMES, card.trees[:0])
    assert cut_short(nothing, events(1, 10), 4.0, 0.0, 0).trees.size == 0
