"""Evidence `number`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log

import pytest

from sekisho.core.watch.evidence.number import KNOWN_NATS, NEW_NATS, PROVEN_HOURS, nats


@pytest.mark.parametrize("country_known", [False, True])
@pytest.mark.parametrize("hours", [36.0, 168.0, 20_000.0])
def test_a_number_the_line_has_known_for_days_speaks_against_a_thief(hours, country_known):
    assert nats(hours, country_known) == KNOWN_NATS == -3.5


def test_a_number_never_called_before_in_a_country_the_line_knows_fires():
    assert nats(-1.0, True) == NEW_NATS == 1.0


def test_in_a_country_new_to_the_line_a_new_number_says_nothing_more():
    assert nats(-1.0, False) == 0.0


@pytest.mark.parametrize("country_known", [False, True])
@pytest.mark.parametrize("hours", [0.0, 1.0, 35.9])
def test_a_number_on_probation_stays_silent(hours, country_known):
    assert nats(hours, country_known) == 0.0


def test_the_figures_are_ratios_of_the_shares_they_are_said_to_be():
    assert pytest.approx(log(0.02 / 0.65), abs=0.05) == KNOWN_NATS
    assert pytest.approx(log(0.98 / 0.35), abs=0.05) == NEW_NATS
    assert PROVEN_HOURS == 36.0
