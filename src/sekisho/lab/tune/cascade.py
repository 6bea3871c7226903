"""Floors for a scorecard: after which trees an event is so far below any threshold that the others need not be read.

An event that ends at `NEEDED` nats or more may one day reach a threshold; of such events of the training, no more than
one in 1 / `LOST` may be below a floor. Most honest calls fall below one soon: of 400 trees some sixty
are read on an honest call.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.core.watch.scorecard import AT_ONCE, NO_FLOOR, Scorecard, score_rows, with_floors

NEEDED: Final = 4.0  # nats above the prior: a threshold for some ten thousand false asks per million line-days
LOST: Final = 1e-5
FEWEST: Final = 100_000  # events to learn floors from; with fewer nothing is cut short


def cut_short(
    card: Scorecard,
    features: npt.NDArray[np.float32],
    needed: float = NEEDED,
    lost: float = LOST,
    fewest: int = FEWEST,
) -> Scorecard:
    """The scorecard with floors learnt from events, `features` [rows, features], of honest callers and thieves.

    Unchanged where fewer than `fewest` of them reach `needed` nats above the prior.
    """
    floors = np.full(card.trees.size // AT_ONCE, NO_FLOOR)
    whole = Scorecard(card.names, with_floors(card.trees, floors))
    high = features[score_rows(whole, features) - whole.prior >= needed]
    if high.shape[0] < fewest:
        return whole
    so_far = np.zeros(high.shape[0], np.float64)
    at_last = (card.trees.size - 1) // AT_ONCE  # behind which nothing is left to be spared
    for group in range(min(floors.size, at_last)):
        some = Scorecard(card.names, whole.trees[group * AT_ONCE : (group + 1) * AT_ONCE])
        so_far += score_rows(some, high)
        floors[group] = np.quantile(so_far, lost, method="lower")
    return Scorecard(card.names, with_floors(card.trees, floors))
