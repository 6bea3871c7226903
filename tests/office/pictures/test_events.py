"""Events by hour: bars before a band, the hour in which nothing came stands out."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import HOUR_MS, parse_rfc3339

FIRST = parse_rfc3339("2026-11-22T18:00:00Z")


@pytest.fixture
def draw(office):
    from django.utils import translation

    from sekisho.office.pictures.events import Hour, events_by_hour

    def make(*hours):
        with translation.override("en"):
            return events_by_hour([Hour(FIRST + place * HOUR_MS, *hour) for place, hour in enumerate(hours)])

    return make


def test_what_came_stands_before_what_is_usual(draw):
    text = draw((10, 20.0), (20, 20.0))
    assert (text.count('class="band"'), text.count('class="usual"')) == (2, 2)
    assert "20 since 04:00; most in one hour: 20." in text
    assert "last 2 hours" in text


def test_an_hour_in_which_nothing_came_of_much_stands_out(draw):
    assert draw((0, 20.0), (5, 20.0)).count('class="above"') == 1
    assert draw((0, 1.0), (5, 1.0)).count('class="above"') == 0
    assert draw((5, 20.0), (0, 20.0)).count('class="above"') == 0  # that hour still runs


def test_nothing_learnt_is_no_band(draw):
    assert 'class="band"' not in draw((3, None), (4, None))


def test_without_hours_it_says_so(draw):
    assert "Nothing is known of these hours" in draw()
