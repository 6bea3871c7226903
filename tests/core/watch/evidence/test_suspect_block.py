"""Evidence `suspect_block`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.suspect_block import MOST_NATS, nats


@pytest.mark.parametrize(
    ("lines", "worth"),
    [
        (0.0, 0.0),
        (0.29, 0.0),  # one line, 37 days ago
        (0.31, 2.0),
        (1.0, 2.0),
        (2.0, 2.7),
        (4.0, 3.4),
        (1e6, MOST_NATS),
    ],
)
def test_the_nats_by_hand(lines, worth):
    assert nats(lines) == pytest.approx(worth, abs=1e-4)


def test_one_line_suspect_since_yesterday_fires():
    assert nats(0.97) >= 2.0


def test_a_block_whose_callers_are_beyond_suspicion_is_silent():
    assert nats(0.0) == 0.0


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_lines_say_no_less(one, other):
    few, many = sorted((one, other))
    assert 0.0 <= nats(few) <= nats(many) <= MOST_NATS
