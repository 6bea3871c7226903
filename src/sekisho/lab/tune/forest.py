"""From boosted trees as LightGBM tells them to the arrays of a scorecard, and what each node adds on average."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.scorecard import DEPTH, NODES, Scorecard, Trees, in_grains, new_trees

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
LEAVES: Final = 1 << DEPTH
ALL_PASS: Final = np.float32(np.inf)
NOTHING: Final = np.float32(1e-35)
NO_WEIGHT: Final = 1e-6  # what a row without weight counts where no row with weight comes


def threshold_below(value: float) -> np.float32:
    """The greatest float32 that LightGBM holds to be ≤ `value`: a float32 x passes its question where x ≤ that.

    To LightGBM whatever is no further from 0 than NOTHING is 0, and so lies above a threshold of -NOTHING.
    """
    near = np.float32(value)
    if near == -NOTHING:
        return np.float32(np.nextafter(near, np.float32(-np.inf)))
    return np.float32(np.nextafter(near, np.float32(-np.inf))) if float(near) > value else near


def _fill(tree: Any, node: Mapping[str, Any], place: int) -> None:
    """Write `node` of LightGBM's dump and all below it into the record `tree`, from `place` on."""
    if "leaf_value" in node:
        if place < NODES:
            tree["threshold"][place] = ALL_PASS
            _fill(tree, node, 2 * place + 1)
            _fill(tree, node, 2 * place + 2)
        else:
            tree["value"][place] = in_grains(node["leaf_value"])
        return
    if place >= NODES:
        raise BadSetting(f"a tree is deeper than {DEPTH} questions; train with max_depth {DEPTH} or less")
    if node["decision_type"] != "<=":
        raise BadSetting(f"a tree asks {node['decision_type']!r}; train on numbers only, without categories")
    tree["feature"][place] = node["split_feature"]
    tree["threshold"][place] = threshold_below(float(node["threshold"]))
    _fill(tree, node["left_child"], 2 * place + 1)
    _fill(tree, node["right_child"], 2 * place + 2)


@njit(cache=True)
def _weigh_leaves(feature: Any, threshold: Any, features: Any, weights: Any, into: Any) -> None:
    for row in range(features.shape[0]):
        for tree in range(feature.shape[0]):
            node = 0
            for _ in range(DEPTH):
                node = 2 * node + 1 + int(features[row, feature[tree, node]] > threshold[tree, node])
            into[tree, node - NODES] += weights[row]


def with_averages(trees: Trees, features: F32, weights: F64) -> Trees:
    """The same trees with `value` of every inner node: the mean of what the rows that come there get, by weight.

    Rows without weight count a little, so that they decide where no other row comes; where none comes at all, the
    branches count alike.
    """
    told = trees.copy()
    leaves = np.zeros((trees.size, LEAVES), np.float64)
    _weigh_leaves(trees["feature"], trees["threshold"], features, np.maximum(weights, NO_WEIGHT), leaves)
    weight, total = leaves, leaves * trees["value"][:, NODES:]
    plain = trees["value"][:, NODES:].astype(np.float64)
    for level in range(DEPTH - 1, -1, -1):
        weight, total = weight[:, ::2] + weight[:, 1::2], total[:, ::2] + total[:, 1::2]
        plain = (plain[:, ::2] + plain[:, 1::2]) / 2
        first = (1 << level) - 1
        mean = np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), plain)
        told["value"][:, first : first + (1 << level)] = in_grains(mean)
    return told


def compiled(booster: Any, names: tuple[str, ...], features: F32, weights: F64) -> Scorecard:
    """The scorecard of a LightGBM booster over `names`; `features` and `weights` say what is usual.

    Leaves are rounded to the grain of the scorecard, so its score is LightGBM's within 2^-17 nats a tree.
    Raises BadSetting for trees that are too deep or ask for categories.
    """
    dumped = booster.dump_model()["tree_info"]
    trees = new_trees(len(dumped))
    for index, tree in enumerate(dumped):
        _fill(trees[index], tree["tree_structure"], 0)
    return Scorecard(names, with_averages(trees, features, weights))
