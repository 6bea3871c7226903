"""Evidence `spend`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.spend import FLOOR_YEN, MOST_NATS, nats


@pytest.mark.parametrize(
    ("yen", "usual", "worth"),
    [
        (0.0, 0.0, 0.0),
        (500.0, 0.0, 0.0),  # what any line may spend
        (1_000.0, 0.0, 0.4),  # twice that
        (4_000.0, 500.0, 0.8),
        (64_000.0, 500.0, 2.4),
        (1e9, 0.0, MOST_NATS),
    ],
)
def test_the_nats_by_hand(yen, usual, worth):
    assert nats(yen, usual) == pytest.approx(worth, abs=1e-4)


def test_a_hundred_times_the_dearest_day_fires():
    assert nats(100_000.0, 1_000.0) > 2.0


@pytest.mark.parametrize("usual", [0.0, 1_000.0, 80_000.0])
def test_a_dear_day_of_a_line_that_has_them_stays_silent(usual):
    assert nats(usual, usual) == 0.0
    assert nats(usual + FLOOR_YEN, usual) == 0.0


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9))
def test_more_yen_say_no_less(one, other, usual):
    few, many = sorted((one, other))
    assert 0.0 <= nats(few, usual) <= nats(many, usual) <= MOST_NATS
