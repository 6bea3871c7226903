"""Evidence `suspect_country`: its figures by hand, and where it must and must not speak."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.evidence.suspect_country import MOST_NATS, nats


@pytest.mark.parametrize(
    ("suspects", "opened", "worth"),
    [
        (0.0, 0.0, 0.0),
        (0.2, 0.2, 0.0),  # what is left of one line after seven weeks
        (1.0, 1.0, 0.8 * log(5)),  # half, where a tenth is usual
        (1.0, 9.0, 0.0),  # a tenth
        (3.0, 400.0, 0.0),  # a country that everybody calls
        (40.0, 41.0, MOST_NATS),
    ],
)
def test_the_nats_by_hand(suspects, opened, worth):
    assert nats(suspects, opened) == pytest.approx(worth, abs=1e-6)


def test_a_country_that_thieves_alone_open_fires():
    assert nats(5.0, 6.0) > 1.0


@pytest.mark.parametrize(("suspects", "opened"), [(0.0, 0.0), (0.0, 50.0), (5.0, 100.0)])
def test_one_that_many_honest_lines_open_or_without_a_suspect_line_is_silent(suspects, opened):
    assert nats(suspects, opened) == 0.0


COUNT = st.floats(0, 1e5)


@settings(max_examples=200, deadline=None)
@given(COUNT, COUNT, COUNT)
def test_more_suspects_say_no_less_and_more_that_opened_it_no_more(one, other, opened):
    few, many = sorted((one, other))
    assert 0.0 <= nats(few, opened) <= nats(many, opened) <= MOST_NATS
    assert nats(opened, many) <= nats(opened, few)
