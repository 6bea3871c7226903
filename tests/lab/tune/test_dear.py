"""The tree of what waiting costs: what is dear gets its nats, and nothing else changes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sekisho.core.watch.scorecard import AT_ONCE, NO_FLOOR, Scorecard, floors_of, new_trees, score_rows, with_floors
from sekisho.lab.tune.dear import DEAR_NATS, DEAR_YEN, dearer
from sekisho.lab.tune.forest import ALL_PASS

NAMES = ("gap", "yen_a_minute")


def card_of(count: int, names: tuple[str, ...] = NAMES) -> Scorecard:
    """So many trees that ask for the first feature: a tenth of a nat above 1, else none."""
    trees = new_trees(count)
    trees["threshold"] = ALL_PASS
    trees["threshold"][:, 0] = 1.0
    trees["value"][:, [2, 5, 6, 11, 12, 13, 14, *range(23, 31)]] = 0.125
    trees["value"][:, 0] = 0.0625
    return Scorecard(names, with_floors(trees, np.full(count // AT_ONCE, NO_FLOOR)))


def rows(*yen: float, gap: float = 0.0) -> np.ndarray:
    return np.array([[gap, math.log1p(each)] for each in yen], np.float32)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 16])
@pytest.mark.parametrize("gap", [0.0, 5.0])
def test_what_is_dear_gets_its_nats_and_nothing_else_changes(count, gap):
    card = card_of(count)
    calls = rows(0.0, 9.0, 250.0, DEAR_YEN - 1, DEAR_YEN + 1, 700.0, gap=gap)
    more = score_rows(dearer(card), calls) - score_rows(card, calls)
    assert more.tolist() == [0.0, 0.0, 0.0, 0.0, DEAR_NATS, DEAR_NATS]
    assert dearer(card).prior == card.prior


def test_floors_stay_where_they_are():
    card = card_of(16)
    card = Scorecard(card.names, with_floors(card.trees, [0.5, NO_FLOOR]))
    told = dearer(card)
    assert floors_of(told.trees).tolist() == floors_of(card.trees).tolist()
    assert told.trees["rest"][:16].tolist() == card.trees["rest"].tolist()
    below = rows(700.0)  # the first eight trees say nothing: what comes after is not read, the price neither
    assert score_rows(told, below) == score_rows(card, below)
    assert score_rows(told, rows(700.0, gap=5.0)) == score_rows(card, rows(700.0, gap=5.0)) + DEAR_NATS


def test_a_group_that_becomes_whole_has_no_floor():
    assert floors_of(dearer(card_of(7)).trees).tolist() == [NO_FLOOR]


def test_a_scorecard_that_knows_no_price_stays_as_it_is():
    card = card_of(3, ("gap", "hour"))
    assert dearer(card) is card
