"""Evidence `duration`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.duration import FEW_TALKS, NATS_ALIKE, USUAL_SPREAD, nats


@pytest.mark.parametrize(
    ("spread", "talks", "worth"),
    [
        (0.0, 4.0, 1.5),
        (0.4, 10.0, 0.75),
        (0.2, 10.0, 1.125),
        (0.8, 10.0, 0.0),
        (2.0, 10.0, 0.0),
        (0.0, 3.0, 0.0),  # too few to say so
    ],
)
def test_the_nats_by_hand(spread, talks, worth):
    assert nats(spread, talks) == pytest.approx(worth)


def spread_of(*seconds: float) -> float:
    return float(np.std(np.log1p(seconds)))


def test_calls_of_a_minute_each_fire():
    assert nats(spread_of(58, 59, 60, 61, 62), 5.0) > 1.4


def test_people_talking_stay_silent():
    assert nats(spread_of(12, 40, 95, 300, 1_200), 5.0) == 0.0


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 5), st.floats(0, 5), st.floats(0, 1e4))
def test_the_more_alike_the_more_it_says(one, other, talks):
    alike, unlike = sorted((one, other))
    assert 0.0 <= nats(unlike, talks) <= nats(alike, talks) <= NATS_ALIKE


def test_it_begins_at_the_fourth_talk_and_below_a_factor_of_two():
    assert FEW_TALKS == 4.0
    assert nats(USUAL_SPREAD - 1e-6, FEW_TALKS) > 0.0
