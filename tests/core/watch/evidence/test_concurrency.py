"""Evidence `concurrency`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.concurrency import MOST_NATS, nats


@pytest.mark.parametrize(
    ("in_progress", "usual", "worth"),
    [
        (0.0, 0.0, 0.0),
        (1.0, 0.0, 0.0),  # one at a time is any line's right
        (2.0, 0.0, 0.7),
        (4.0, 2.0, 1.4),
        (5.0, 2.5, 1.75),
        (6.0, 0.0, MOST_NATS),
        (100.0, 0.0, MOST_NATS),
    ],
)
def test_the_nats_by_hand(in_progress, usual, worth):
    assert nats(in_progress, usual) == pytest.approx(worth)


def test_eight_calls_at_once_on_a_line_that_never_had_two_fire():
    assert nats(8.0, 1.0) == MOST_NATS


def test_the_usual_load_of_a_call_centre_stays_silent():
    assert nats(30.0, 32.0) == 0.0


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 300), st.integers(0, 300), st.floats(0, 300))
def test_more_at_once_says_no_less(one, other, usual):
    few, many = sorted((float(one), float(other)))
    assert 0.0 <= nats(few, usual) <= nats(many, usual) <= MOST_NATS
