"""Spend per hour: readable at every width, whatever happened."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.core.terms.instants import HOUR_MS, parse_rfc3339
from sekisho.office.pictures.marks import KINDS, Mark
from sekisho.office.pictures.spend import Hour, spend

FIRST = parse_rfc3339("2026-11-22T18:00:00Z")


def hours(*charges, high=100_000):
    return [Hour(FIRST + at * HOUR_MS, charge, 0, high) for at, charge in enumerate(charges)]


def attack():
    return hours(*[30_000] * 46, 2_000_000, 12_345_000)


@pytest.mark.parametrize("width", [326, 700, 1100])
def test_words_do_not_touch(width, language, taken):
    marks = [Mark(FIRST + 46 * HOUR_MS + at * 900_000, kind) for at, kind in enumerate(KINDS)]
    picture = taken(spend(attack(), marks, width))
    assert picture.faults() == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    marks=st.lists(st.tuples(st.integers(-2, 50 * 60), st.sampled_from(sorted(KINDS))), max_size=12),
    charges=st.lists(st.integers(0, 10**10), min_size=48, max_size=48),
    width=st.sampled_from([326, 530, 1100]),
)
def test_words_never_touch(marks, charges, width, language, taken):
    told = [Mark(FIRST + minute * 60_000, kind) for minute, kind in marks]
    assert taken(spend(hours(*charges), told, width)).faults() == []


def test_what_stands_out_is_marked(language, taken):
    picture = taken(spend(attack(), [], 1100))
    assert picture.count("above") == 2
    assert picture.count("usual") == 46
    assert picture.count("band") == 1


def test_it_says_in_words_what_it_shows(language, taken):
    said = taken(spend(attack(), [], 1100)).said
    assert "12,345" in said
    assert "15,725" in said  # the sum


def test_marks_of_one_kind_within_an_hour_are_one(language, taken):
    marks = [Mark(FIRST + 20 * HOUR_MS + minute * 60_000, "alert") for minute in range(30)]
    picture = taken(spend(attack(), marks, 1100))
    assert picture.count("mark") == 1
    assert any("×30" in text for text in picture.texts)


def test_marks_from_another_time_are_left_out(language, taken):
    assert (
        taken(spend(attack(), [Mark(FIRST - 1, "alert"), Mark(FIRST + 49 * HOUR_MS, "hold")], 1100)).count("mark") == 0
    )


@pytest.mark.parametrize("empty", [[], hours(*[0] * 48)])
def test_no_charges_are_said(empty, language, taken):
    picture = taken(spend(empty, [], 326))
    told = {"ja": "この時間帯の通話料はありません", "en": "No charges in these hours"}[language]
    assert told in picture.texts
    assert picture.said == told
