"""A scorecard's kernels beside an evaluation of the same trees that anybody can read."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from sekisho.core.watch.scorecard import (
    AT_ONCE,
    DEPTH,
    MOST_NATS,
    NODES,
    PLACES,
    Scorecard,
    explain,
    floors_of,
    in_grains,
    new_trees,
    score,
    score_rows,
    with_floors,
)

FEATURES = 7
NAMES = tuple("abcdefg")
EVIDENCE_OF = np.array([0, 1, 1, 2, 0, 2, 2])


@njit
def one_score(trees, features):
    return score(trees.ctypes.data, trees.size, features.ctypes.data)


@njit
def one_explanation(trees, features, evidence_of, sums):
    explain(trees.ctypes.data, trees.size, features.ctypes.data, evidence_of, sums)


def some_trees(rng, count):
    """Trees with thresholds among a few values, so that features meet them exactly; some branches are padded."""
    trees = new_trees(count)
    trees["feature"] = rng.integers(0, FEATURES, (count, NODES))
    trees["threshold"] = rng.integers(-3, 4, (count, NODES)) / 2
    trees["threshold"][rng.random((count, NODES)) < 0.2] = np.inf
    trees["value"] = in_grains(rng.normal(0, 2, (count, PLACES)))
    return trees


def walk(tree, features):
    """The places a call comes by in this tree, root and leaf with them."""
    path = [0]
    while path[-1] < NODES:
        node = path[-1]
        path.append(2 * node + (1 if features[tree["feature"][node]] <= tree["threshold"][node] else 2))
    return path


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(0, 37))
def test_score_is_the_sum_of_the_leaves(seed, count):
    rng = np.random.default_rng(seed)
    trees, features = some_trees(rng, count), (rng.integers(-4, 5, FEATURES) / 2).astype(np.float32)
    leaves = [float(tree["value"][walk(tree, features)[-1]]) for tree in trees]
    assert one_score(trees, features) == sum(leaves)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(0, 37))
def test_prior_and_evidence_add_up_to_the_score_exactly(seed, count):
    rng = np.random.default_rng(seed)
    trees, features = some_trees(rng, count), (rng.integers(-4, 5, FEATURES) / 2).astype(np.float32)
    sums, expected = np.zeros(3), np.zeros(3)
    one_explanation(trees, features, EVIDENCE_OF, sums)
    for tree in trees:
        path = walk(tree, features)
        for node, after in itertools.pairwise(path):
            step = float(tree["value"][after]) - float(tree["value"][node])
            expected[EVIDENCE_OF[tree["feature"][node]]] += step
    np.testing.assert_array_equal(sums, expected)
    assert Scorecard(NAMES, trees).prior + sums.sum() == one_score(trees, features)


def some_floors(rng, trees):
    """Floors about where the sums are, some missing."""
    floors = rng.normal(0, 8, trees.size // AT_ONCE).astype(np.float32)
    floors[rng.random(floors.size) < 0.3] = -np.inf
    return with_floors(trees, floors)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_below_a_floor_the_rest_counts_what_it_says_on_average(seed, count):
    rng = np.random.default_rng(seed)
    trees, features = some_floors(rng, some_trees(rng, count)), (rng.integers(-4, 5, FEATURES) / 2).astype(np.float32)
    expected, sums = 0.0, np.zeros(3)
    for index, tree in enumerate(trees):
        expected += float(tree["value"][walk(tree, features)[-1]])
        if (index + 1) % AT_ONCE == 0 and expected < tree["floor"]:
            expected += sum(float(later["value"][0]) for later in trees[index + 1 :])
            break
    assert one_score(trees, features) == expected
    one_explanation(trees, features, EVIDENCE_OF, sums)
    assert Scorecard(NAMES, trees).prior + sums.sum() == expected


def test_floors_are_part_of_the_version_and_can_be_told():
    trees = some_trees(np.random.default_rng(4), 2 * AT_ONCE + 3)
    floors = np.array([-np.inf, 1.5], np.float32)
    np.testing.assert_array_equal(floors_of(with_floors(trees, floors)), floors)
    np.testing.assert_array_equal(floors_of(trees), [-np.inf, -np.inf])
    assert Scorecard(NAMES, trees).version != Scorecard(NAMES, with_floors(trees, floors)).version


def test_rows_are_scored_alike_whatever_the_memory_they_lie_in():
    rng = np.random.default_rng(3)
    trees, rows = some_trees(rng, 21), rng.normal(size=(50, FEATURES)).astype(np.float32)
    card = Scorecard(NAMES, trees)
    expected = [one_score(trees, np.ascontiguousarray(row)) for row in rows]
    np.testing.assert_array_equal(score_rows(card, rows), expected)
    np.testing.assert_array_equal(score_rows(card, np.asfortranarray(rows)), expected)
    np.testing.assert_array_equal(score_rows(Scorecard(NAMES, trees[:0]), rows), np.zeros(50))


def test_a_threshold_belongs_to_its_left_side():
    tree = new_trees(1)
    tree["threshold"][0] = np.inf
    tree["threshold"][0, 0] = 1.5
    tree["value"][0, NODES : NODES + 8], tree["value"][0, NODES + 8 :] = -1.0, 1.0
    above = np.nextafter(np.float32(1.5), np.float32(2))
    assert one_score(tree, np.full(1, 1.5, np.float32)) == -1.0
    assert one_score(tree, np.full(1, above, np.float32)) == 1.0


def test_values_are_whole_grains_and_bounded():
    values = in_grains([1e9, -1e9, 0.1, 2.0**-17, 3 * 2.0**-18, -0.3])
    np.testing.assert_array_equal(values[:2], [MOST_NATS, -MOST_NATS])
    np.testing.assert_array_equal(values.astype(np.float64) * 2**16, np.rint(values.astype(np.float64) * 2**16))
    assert values[2] == pytest.approx(0.1, abs=2**-17)
    assert values[3] == 0.0  # half a grain goes to the even one
    assert values[4] == 2.0**-16


def test_the_version_is_that_of_names_and_numbers():
    trees = some_trees(np.random.default_rng(5), 4)
    version = Scorecard(NAMES, trees).version
    assert version == Scorecard(NAMES, trees.copy()).version
    assert version != Scorecard(NAMES[::-1], trees).version
    changed = trees.copy()
    changed["value"][2, 9] += 1.0
    assert version != Scorecard(NAMES, changed).version
    assert len(version) == 12


def test_depth_and_places_belong_together():
    assert (1 << DEPTH) == PLACES - NODES
    assert Scorecard(NAMES, new_trees(2)).arrays().dtype.itemsize == 252


def test_a_branch_that_is_padded_asks_for_nothing():
    trees = new_trees(2)
    trees["threshold"] = np.inf
    trees["feature"][0, 0], trees["threshold"][0, 0] = 3, 0.5
    card = Scorecard(NAMES, trees)
    assert [name for name in NAMES if card.asks_for(name)] == ["d"], "and not for the first feature, 0"
    assert not card.asks_for("no feature of it")
