"""Evidence `part_of_week`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.instants import HOUR_MS
from sekisho.core.watch.evidence.part_of_week import nats


@pytest.mark.parametrize(
    ("whole_week", "this_part", "worth"),
    [(0.02, 0.02, 0.0), (0.02, 0.001, log(20)), (0.007, 0.02, log(0.35)), (1.0, 4.0, -log(4))],
)
def test_the_nats_by_hand(whole_week, this_part, worth):
    """Both in calls an hour; the unit does not matter."""
    assert nats(whole_week, this_part) == pytest.approx(worth)
    assert nats(whole_week / HOUR_MS, this_part / HOUR_MS) == pytest.approx(worth)


def test_a_night_call_of_an_office_that_works_by_day_fires():
    assert nats(0.5, 0.005) > 4.0


def test_monday_morning_on_an_office_line_stays_silent():
    assert nats(0.5, 1.8) < -1.0


RATES = st.floats(1e-6, 1e3)


@settings(max_examples=200, deadline=None)
@given(RATES, RATES, RATES)
def test_the_quieter_the_part_the_more_it_says(week, one, other):
    quiet, busy = sorted((one, other))
    assert nats(week, busy) <= nats(week, quiet)
