"""What a scope covers, in both languages."""

from __future__ import annotations

import pytest


@pytest.fixture
def said(office):
    """A text in Japanese and English."""
    from django.utils import translation

    def both(tell):
        told = []
        for language in ("ja", "en"):
            with translation.override(language):
                told.append(str(tell()))
        return tuple(told)

    return both


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        ("international", []),
        ("232", ["SL"]),
        ("1658 1876", ["JM"]),
        ("70 71 72 73 74 75 76 78 79", ["RU"]),
        ("77", ["KZ"]),
        ("232 371", ["SL", "LV"]),
        ("23276", ["SL"]),  # a part of a country
        ("882", ["+882"]),
        ("999", [""]),
    ],
)
def test_its_countries(scope, codes):
    from sekisho.office.words.scopes import scope_countries

    assert scope_countries(scope) == codes


def test_its_words(said):
    from sekisho.office.words.scopes import covered

    assert said(lambda: covered("international")) == ("国際発信", "calls abroad")
    assert said(lambda: covered("1658 1876")) == ("ジャマイカへの発信", "calls to Jamaica")
    assert said(lambda: covered("232 371")) == ("シエラレオネとラトビアへの発信", "calls to Sierra Leone and Latvia")


@pytest.mark.parametrize(
    ("standing", "scope", "ja", "en"),
    [
        ("held", "232", "シエラレオネへの発信は自動保留中です。", "The judge holds calls to Sierra Leone."),
        (
            "asked",
            "international",
            "確認中: 国際発信に暗証番号を求めています。",
            "Calls abroad go on only with the PIN.",
        ),
        (
            "asked",
            "232",
            "確認中: シエラレオネへの発信に暗証番号を求めています。",
            "Calls to Sierra Leone go on only with the PIN.",
        ),
    ],
)
def test_what_stands_against_it(standing, scope, ja, en, said):
    from sekisho.office.words import happened

    assert said(lambda: happened.stopped(standing, 0, 0, scope)) == (ja, en)
    assert said(lambda: happened.stopped(standing, 2, 0, scope))[1] == f"{en} 2 attempts were refused since."


@pytest.mark.parametrize(
    ("what", "scope", "ja", "en"),
    [
        ("hold", "international", "国際発信を自動保留しています", "Calls abroad are held on this number"),
        ("hold", "1658 1876", "ジャマイカへの発信を自動保留しています", "Calls to Jamaica are held on this number"),
        (
            "ask",
            "international",
            "国際発信では暗証番号をお尋ねしています",
            "Calls abroad on this number ask for your PIN",
        ),
        (
            "ask",
            "371",
            "ラトビアへの発信では暗証番号をお尋ねしています",
            "Calls to Latvia on this number ask for your PIN",
        ),
    ],
)
def test_what_the_customer_reads(what, scope, ja, en, said):
    from sekisho.office.words.restrictions import headline

    assert said(lambda: headline("judge", what, scope)) == (ja, en)
