"""Evidence `campaign`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.campaign import MOST_NATS, nats


@pytest.mark.parametrize(
    ("lines", "usual", "worth"),
    [
        (0.0, 0.0, 0.0),  # the first line of all
        (0.25, 0.0, 0.8),  # twice a quarter
        (1.75, 0.0, 2.4),  # eight times a quarter
        (3.0, 0.75, 0.8 * log2(3.25)),
        (1.0, 5.0, 0.0),  # fewer than usual: silent, not against
        (500.0, 0.0, MOST_NATS),
    ],
)
def test_the_nats_by_hand(lines, usual, worth):
    assert nats(lines, usual) == pytest.approx(worth, abs=1e-4)


def test_the_fourth_line_to_a_block_that_nobody_calls_fires():
    assert nats(3.0, 0.1) > 2.0


@pytest.mark.parametrize("a_day", [1.0, 10.0, 300.0])
def test_a_block_that_lines_call_every_day_stays_silent(a_day):
    assert nats(a_day, a_day) == 0.0


LINES = st.floats(0, 1e5)


@settings(max_examples=200, deadline=None)
@given(LINES, LINES, LINES)
def test_more_lines_say_no_less_and_a_busier_block_no_more(one, other, usual):
    few, many = sorted((one, other))
    assert 0.0 <= nats(few, usual) <= nats(many, usual) <= MOST_NATS
    assert nats(usual, many) <= nats(usual, few)
