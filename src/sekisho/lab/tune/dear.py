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

from sekisho.core.watch.scorecard import AT_ONCE, DEPTH, NO_FLOOR, Scorecard, Trees, floors_of, new_trees, with_floors
from sekisho.lab.tune.forest import ALL_PASS

DEAR_YEN: Final = 400.0  # a minute: above the dearest country of the tariff, 250, and below satellites, 700
DEAR_NATS: Final = 2.0
PRICE: Final = "yen_a_minute"  # the feature, log(1 + yen)


def _tree(feature: int) -> Trees:
    tree = new_trees(1)
    tree["threshold"] = ALL_PASS
    tree["feature"][0, 0], tree["threshold"][0, 0] = feature, math.log1p(DEAR_YEN)
    for level in range(1, DEPTH + 1):  # whatever is above the threshold: the right half of every level
        half = 1 << (level - 1)
        tree["value"][0, 3 * half - 1 : 4 * half - 1] = DEAR_NATS
    return tree


def dearer(card: Scorecard) -> Scorecard:
    """The scorecard with that tree behind its own; as it is where it does not know what a minute costs.

    The tree counts from nothing (0 at its root), so the prior stays as it was, and so do the floors of the others.
    """
    if PRICE not in card.names:
        return card
    trees = np.concatenate([card.trees, _tree(card.names.index(PRICE))])
    floors = np.append(floors_of(card.trees), NO_FLOOR)[: trees.size // AT_ONCE]
    return Scorecard(card.names, with_floors(trees, floors))
