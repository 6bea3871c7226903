"""Evidence `signal`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.signal import LASTS_HOURS, nats


@pytest.mark.parametrize(
    ("weight", "hours", "worth"),
    [(3.0, 0.0, 3.0), (3.0, 12.0, 2.25), (3.0, 24.0, 1.5), (3.0, 48.0, 0.0), (3.0, 1_000.0, 0.0), (0.5, 24.0, 0.25)],
)
def test_the_nats_by_hand(weight, hours, worth):
    """A straight line down to nothing after two days."""
    assert nats(weight, hours) == pytest.approx(worth)


def test_a_registration_from_an_unknown_address_just_now_fires():
    assert nats(4.0, 0.1) > 3.9


def test_a_pbx_that_says_nothing_stays_silent():
    assert nats(0.0, 0.0) == 0.0


def test_it_lasts_two_days():
    assert LASTS_HOURS == 48.0


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 300), st.floats(0, 1e4), st.floats(0, 1e4))
def test_the_older_the_less(weight, one, other):
    young, old = sorted((one, other))
    assert 0.0 <= nats(weight, old) <= nats(weight, young) <= weight
