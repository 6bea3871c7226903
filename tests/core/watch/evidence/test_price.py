"""Evidence `price`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from sekisho.core.watch.evidence.price import BOUNDS, HONEST, THIEF, nats, popularity


@pytest.mark.parametrize(
    ("yen", "thief", "honest"),
    [
        (0, 0.05, 0.34),  # no price known
        (9, 0.05, 0.34),
        (11.999, 0.05, 0.34),
        (12, 0.10, 0.42),
        (30, 0.10, 0.42),
        (35, 0.15, 0.14),
        (60, 0.20, 0.05),
        (120, 0.25, 0.04),
        (175, 0.25, 0.04),
        (200, 0.25, 0.01),
        (700, 0.25, 0.01),
        (1e9, 0.25, 0.01),
    ],
)
def test_the_nats_by_hand(yen, thief, honest):
    assert nats(yen * 1000.0) == pytest.approx(log(thief / honest))


@pytest.mark.parametrize("yen", [60, 175, 250, 700])
def test_a_dear_destination_fires(yen):
    assert nats(yen * 1000.0) > 1.3


@pytest.mark.parametrize("yen", [0, 9, 30])
def test_a_cheap_one_stays_silent(yen):
    assert nats(yen * 1000.0) < -1.4


def test_both_laws_are_laws():
    assert HONEST.sum() == pytest.approx(1)
    assert THIEF.sum() == pytest.approx(1)
    assert (np.diff(BOUNDS) > 0).all()
    assert np.isinf(BOUNDS[-1])
    assert HONEST.size == THIEF.size == BOUNDS.size


def test_the_dearer_the_likelier_a_thief():
    by_price = [nats(float(yen * 1000)) for yen in range(0, 1000, 5)]
    assert by_price == sorted(by_price)


@pytest.mark.parametrize(
    ("yen", "share"),
    [(0, 0.15), (9, 0.15), (12, 0.03), (34, 0.03), (35, 0.004), (59, 0.004), (60, 0.001), (700, 0.001)],
)
def test_the_popularity_by_hand(yen, share):
    assert popularity(yen * 1000.0) == share
