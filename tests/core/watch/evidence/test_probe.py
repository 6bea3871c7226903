"""Evidence `probe`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.probe import MOST_NATS, SHORT_S, nats


@pytest.mark.parametrize(
    ("probes", "worth"), [(0.0, 0.0), (1.0, 0.9), (3.0, 1.8), (2.0, 0.9 * log2(3)), (50.0, MOST_NATS)]
)
def test_the_nats_by_hand(probes, worth):
    assert nats(probes) == pytest.approx(worth, abs=1e-4)


def test_four_test_calls_of_this_morning_fire():
    assert nats(3.5) > 1.8


def test_one_wrong_number_decides_nothing():
    assert nats(1.0) < 1.0


def test_where_nobody_tested_it_stays_silent():
    assert nats(0.0) == 0.0
    assert SHORT_S == 45.0


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_more_tests_say_no_less(one, other):
    assert 0.0 <= nats(min(one, other)) <= nats(max(one, other)) <= MOST_NATS
