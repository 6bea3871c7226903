"""Evidence `hot_list`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from sekisho.core.watch.evidence.hot_list import LISTED_NATS, nats


def test_the_nats_by_hand():
    assert nats(1) == LISTED_NATS == 4.0


def test_a_listed_number_fires():
    assert nats(1) > 3.0


def test_any_other_number_stays_silent():
    """A number that is not listed proves nothing: lists are short and old."""
    assert nats(0) == 0.0
