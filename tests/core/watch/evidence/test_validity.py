"""Evidence `validity`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log

import pytest

from sekisho.core.watch.evidence.validity import ALLOCATED_NATS, UNALLOCATED_NATS, nats


def test_a_number_in_a_range_that_is_not_allocated_fires():
    assert nats(0) == UNALLOCATED_NATS == 2.3


def test_a_number_that_can_exist_speaks_a_little_against_a_thief():
    assert nats(1) == ALLOCATED_NATS == -0.55


def test_the_figures_are_ratios_of_the_shares_they_are_said_to_be():
    """45 in 100 of a thief's numbers, some 4 in 100 of honest ones."""
    assert pytest.approx(log(0.45 / 0.045), abs=0.01) == UNALLOCATED_NATS
    assert pytest.approx(log(0.55 / 0.955), abs=0.01) == ALLOCATED_NATS
