"""Evidence `enumeration`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.enumeration import MOST_NATS, nats


@pytest.mark.parametrize(
    ("prefixed", "worth"), [(0.0, 0.0), (1.0, 1.5), (2.0, 3.0), (0.5, 0.75), (4.0, MOST_NATS), (99.0, MOST_NATS)]
)
def test_the_nats_by_hand(prefixed, worth):
    assert nats(prefixed) == pytest.approx(worth)


def test_one_number_behind_four_prefixes_fires():
    assert nats(3.0) == 4.5


def test_one_correction_of_a_misdialled_number_decides_nothing():
    """Less than what a number new to the line brings with it in a country that it calls daily: -5 nats."""
    assert nats(1.0) < 2.0


def test_a_number_dialled_once_stays_silent():
    assert nats(0.0) == 0.0


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_more_tries_say_no_less(one, other):
    assert 0.0 <= nats(min(one, other)) <= nats(max(one, other)) <= MOST_NATS
