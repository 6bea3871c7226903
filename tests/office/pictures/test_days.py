"""Spend per day of a month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sekisho.office.pictures.days import Day, spend_by_day

MONTH = [Day(date(2026, 11, 1) + timedelta(days=at), 1_000_000 * at, 400_000 * at) for at in range(30)]


@pytest.mark.parametrize("width", [326, 1100])
@pytest.mark.parametrize("days", [MONTH, MONTH[:2], [Day(date(2026, 11, 1), 5 * 10**10, 0)]])
def test_words_do_not_touch(width, days, language, taken):
    assert taken(spend_by_day(days, width)).faults() == []


def test_calls_abroad_stand_on_top_of_the_others(language, taken):
    picture = taken(spend_by_day(MONTH[:3], 1100))
    assert picture.count("usual") == 2
    assert picture.count("abroad") == 2
    assert "3,000" in picture.said
    assert "1,200" in picture.said


@pytest.mark.parametrize("days", [[], [Day(date(2026, 11, 1), 0, 0)]])
def test_an_empty_month_is_said(days, language, taken):
    told = {"ja": "この月の通話料はまだありません", "en": "No charges in this month yet"}[language]
    assert taken(spend_by_day(days, 326)).texts == [told]
