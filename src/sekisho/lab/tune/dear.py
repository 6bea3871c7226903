"""What waiting costs where a minute costs most: the last tree of a scorecard.

To be asked costs a customer the same whatever the call costs; what it saves grows with the price. In training an
incident counts by the root of its yen (weighing), and among so few calls as go to satellites there is next to no thief
to learn from who does what is usual on his line but for the price. So every call that dear gets DEAR_NATS more: not
that it is more likely a thief's, but the next one costs more. The thresholds are read with it, as with any other tree.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sekisho.core.watch.scorecard import AT_ONCE, NO_FLOOR, PLACES, Scorecard, Trees, floors_of, new_trees, with_floors
from sekisho.lab.tune.forest import ALL_PASS

DEAR_YEN: Final = 400.0  # a minute: above the dearest country of the tariff, 250, and below satellites, 700
DEAR_NATS: Final = 2.0
PRICE: Final = "yen_a_minute"  # the feature, log(1 + yen)
_DEAR: Final = 2  # the place of the branch of what is above the threshold at the root


def _tree(feature: int) -> Trees:
    tree = new_trees(1)
    tree["threshold"] = ALL_PASS
    tree["feature"][0, 0], tree["threshold"][0, 0] = feature, math.log1p(DEAR_YEN)
    for place in range(1, PLACES):
        above = place
        while above > _DEAR:
            above = (above - 1) // 2
        tree["value"][0, place] = DEAR_NATS if above == _DEAR else 0.0
    return tree


def dearer(card: Scorecard) -> Scorecard:
    """The scorecard with that tree behind its own; as it is where it does not know what a minute costs.

    The tree counts from nothing (0 at its root), so the prior stays as it was, and so do the floors of the others.
    """
    if PRICE not in card.names:
        return card
    trees = np.concatenate([card.trees, _tree(card.names.index(PRICE))])
    floors, known = np.full(trees.size // AT_ONCE, NO_FLOOR), floors_of(card.trees)
    floors[: known.size] = known
    return Scorecard(card.names, with_floors(trees, floors))
