"""Evidence `dial_through`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.dial_through import MOST_NATS, nats


@pytest.mark.parametrize(
    ("through", "worth"), [(0.0, 0.0), (1.0, 0.8), (3.0, 1.6), (2.0, 0.8 * log2(3)), (30.0, MOST_NATS)]
)
def test_the_nats_by_hand(through, worth):
    assert nats(through) == pytest.approx(worth, abs=1e-4)


def test_a_few_calls_in_from_outside_and_out_abroad_fire():
    assert nats(4.0) > 1.5


def test_where_no_call_was_spanned_it_stays_silent():
    assert nats(0.0) == 0.0


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_more_of_them_say_no_less(one, other):
    assert 0.0 <= nats(min(one, other)) <= nats(max(one, other)) <= MOST_NATS
