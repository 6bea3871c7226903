"""Evidence `adjacent`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.adjacent import MOST_NATS, REACH, nats


@pytest.mark.parametrize(
    ("walked", "worth"),
    [(0.0, 0.0), (1.0, 1.2), (3.0, 2.4), (0.5, 1.2 * log2(1.5)), (7.0, MOST_NATS), (1_000.0, MOST_NATS)],
)
def test_the_nats_by_hand(walked, worth):
    """1.2 nats a doubling of one more than the steps."""
    assert nats(walked) == pytest.approx(worth, abs=1e-4)


def test_a_walk_of_three_numbers_fires():
    assert nats(2.0) > 1.5


def test_the_same_number_again_and_numbers_far_apart_stay_silent():
    """They are no steps: recent.count_call counts none further than REACH, and none of length nought."""
    assert nats(0.0) == 0.0
    assert REACH == 20


def test_one_number_too_many_says_little_hours_later():
    """A step of six hours ago has faded to a twentieth."""
    assert nats(0.05) < 0.1


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_longer_walk_says_no_less(one, other):
    assert 0.0 <= nats(min(one, other)) <= nats(max(one, other)) <= MOST_NATS
