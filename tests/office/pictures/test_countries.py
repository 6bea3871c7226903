"""Countries: dearest first, the rest summed, long names shortened."""

from __future__ import annotations

import pytest

from sekisho.office.pictures.countries import MOST_ROWS, Country, countries

MANY = [
    Country(code, 3, 100_000 * at)
    for at, code in enumerate(["SL", "LV", "SO", "CU", "GM", "GB", "US", "CN", "+881", "BA"])
]


@pytest.mark.parametrize("width", [326, 530])
def test_words_do_not_touch(width, language, taken):
    assert taken(countries([*MANY, Country("ST", 12_345, 10**12)], width)).faults() == []


def test_the_dearest_comes_first_and_the_rest_is_one_row(language, taken):
    picture = taken(countries(MANY, 530))
    assert picture.count("track") == MOST_ROWS + 1
    assert picture.texts[0] == {"ja": "ボスニア・ヘルツェゴビナ", "en": "Bosnia & Herzegovina"}[language]
    assert "2" in picture.texts[-2]  # two more countries
    assert "6" in picture.texts[-1]  # their six calls


def test_no_calls_are_said(language, taken):
    assert (
        taken(countries([], 326)).said
        == {"ja": "終了した国際通話はありません", "en": "No finished calls abroad"}[language]
    )
