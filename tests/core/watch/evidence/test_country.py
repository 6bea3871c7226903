"""Evidence `country`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.country import honest_share, nats


@pytest.mark.parametrize(
    ("there", "everywhere", "doubt", "popularity", "share"),
    [
        (0, 0, 1, 0.15, 0.15),  # nothing seen: the carrier's customers stand for this one
        (0, 0, 1, 0.001, 0.001),
        (0, 9, 1, 0.001, 0.0001),  # nine calls elsewhere
        (9, 9, 1, 0.15, 0.915),
        (1, 4, 2, 0.1, 0.2),
    ],
)
def test_the_share_by_hand(there, everywhere, doubt, popularity, share):
    assert honest_share(there, everywhere, doubt, popularity) == pytest.approx(share)


def test_the_nats_by_hand():
    assert nats(1 / 240, 240.0) == pytest.approx(0)
    assert nats(0.001, 240.0) == pytest.approx(-log(0.24))
    assert nats(1.0, 240.0) == pytest.approx(-log(240))


@pytest.mark.parametrize("everywhere", [0, 1, 30, 1000])
def test_a_country_new_to_the_line_fires(everywhere):
    assert nats(honest_share(0, everywhere, 1.0, 0.001), 240.0) > 1.4


def test_a_country_rung_once_a_year_fires():
    """Of five calls a day, with a memory of 45 days."""
    assert nats(honest_share(0.12, 225, 1.0, 0.001), 240.0) > 1.4


@pytest.mark.parametrize("everywhere", [1, 30, 1000])
def test_the_country_rung_daily_stays_silent(everywhere):
    assert nats(honest_share(everywhere * 0.5, everywhere, 1.0, 0.001), 240.0) < -3.5


def test_a_neighbour_country_stays_silent_on_a_new_line():
    assert nats(honest_share(0, 0, 1.0, 0.03), 240.0) < 0


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0.1, 10), st.floats(1e-4, 1.0))
def test_a_share_is_a_share(there, elsewhere, doubt, popularity):
    assert 0 < honest_share(there, there + elsewhere, doubt, popularity) <= 1 + 1e-12
