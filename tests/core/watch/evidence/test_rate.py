"""Evidence `rate`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.instants import HOUR_MS
from sekisho.core.watch.evidence.rate import honest_rate, nats

FAST, SLOW = 60 / HOUR_MS, 3 / HOUR_MS


def per_hour(calls: float, watched_hours: float, prior: float) -> float:
    """The honest rate an hour, the guess being worth 200 hours."""
    return honest_rate(calls, watched_hours * HOUR_MS, prior / HOUR_MS, 200.0 * HOUR_MS) * HOUR_MS


@pytest.mark.parametrize(
    ("calls", "watched", "prior", "rate"),
    [
        (0, 0, 0.02, 0.02),  # nothing seen: the guess
        (1, 0, 0.02, 0.025),  # (1 + 4) / 200
        (0, 300, 0.02, 0.008),  # 4 / 500: silence counts
        (46, 300, 0.02, 0.1),  # 50 / 500
        (2996, 100, 0.02, 10.0),  # 3000 / 300
    ],
)
def test_the_honest_rate_by_hand(calls, watched, prior, rate):
    assert per_hour(calls, watched, prior) == pytest.approx(rate)


def test_the_nats_by_hand():
    assert nats(FAST, 0.02 / HOUR_MS) == pytest.approx(log(3000))
    assert nats(SLOW, 0.02 / HOUR_MS) == pytest.approx(log(150))
    assert nats(FAST, 60 / HOUR_MS) == pytest.approx(0)


@pytest.mark.parametrize("thief", [FAST, SLOW])
def test_a_call_at_night_of_a_line_that_never_calls_then_fires(thief):
    assert nats(thief, per_hour(0, 300, 0.001) / HOUR_MS) > 8


def test_a_flood_beside_a_working_day_fires():
    assert nats(FAST, per_hour(40, 290, 0.02) / HOUR_MS) > 6


@pytest.mark.parametrize("thief", [FAST, SLOW])
def test_a_call_centre_at_work_stays_silent(thief):
    """A hundred calls an hour: the thief would have to call faster than that."""
    assert nats(thief, per_hour(49_000, 290, 0.02) / HOUR_MS) < 0


COUNTS, HOURS = st.floats(0, 1e5), st.floats(0, 1e4)


@settings(max_examples=200, deadline=None)
@given(COUNTS, HOURS, st.floats(1e-4, 1.0))
def test_the_rate_lies_between_the_guess_and_what_was_seen(calls, hours, prior):
    rate = per_hour(calls, hours, prior)
    assert rate > 0
    if hours > 0:
        seen = calls / hours
        assert min(prior, seen) * 0.999 <= rate <= max(prior, seen) * 1.001


@settings(max_examples=200, deadline=None)
@given(COUNTS, COUNTS, HOURS)
def test_more_honest_calls_say_less_of_a_thief(one, other, hours):
    few, many = sorted((one, other))
    assert nats(FAST, per_hour(many, hours, 0.02) / HOUR_MS) <= nats(FAST, per_hour(few, hours, 0.02) / HOUR_MS)
