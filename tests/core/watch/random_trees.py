"""A scorecard of chance, for tests of what happens with one: nothing was trained."""

from __future__ import annotations

import numpy as np

from sekisho.core.watch.features import FEATURES, NAMES
from sekisho.core.watch.scorecard import NODES, Scorecard, in_grains, new_trees


def some_trees(seed: int, count: int = 40) -> Scorecard:
    """So many trees over all features, from one seed."""
    chance = np.random.default_rng(seed)
    trees = new_trees(count)
    trees["feature"] = chance.integers(0, FEATURES, (count, NODES))
    trees["threshold"] = chance.normal(1.0, 2.0, (count, NODES))
    trees["value"] = in_grains(chance.normal(0.0, 1.0, trees["value"].shape))
    return Scorecard(NAMES, trees)
