"""Classes of destination, and countries as small integers that stored data keeps."""

from __future__ import annotations

from itertools import product
from string import ascii_uppercase

import numpy as np
import pytest

from sekisho.core.terms.destination import (
    CLASS_NAMES,
    COUNTRY_CODES_END,
    GLOBAL_SERVICE,
    JAPAN,
    NO_COUNTRY,
    DestinationClass,
    country_code,
    country_text,
)


def test_the_classes_keep_their_values():
    assert CLASS_NAMES == ("invalid", "fixed", "mobile", "ip", "free", "special", "emergency", "international")
    assert [int(each) for each in DestinationClass] == list(range(8))
    assert CLASS_NAMES[DestinationClass.INTERNATIONAL] == "international"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 0),
        ("AA", 1),
        ("AZ", 26),
        ("BA", 27),
        ("JP", 250),
        ("ZZ", 676),
        ("+1", 2001),
        ("+870", 2870),
        ("+882", 2882),
    ],
)
def test_worked_country_codes(text, code):
    assert country_code(text) == code
    assert country_text(code) == text


def test_every_pair_of_letters_and_every_global_service_is_a_country_of_its_own():
    texts = ["", *map("".join, product(ascii_uppercase, repeat=2)), *(f"+{number}" for number in range(1, 1_000))]
    codes = [country_code(text) for text in texts]
    assert len(set(codes)) == len(texts)
    assert [country_text(code) for code in codes] == texts
    assert min(codes) == NO_COUNTRY
    assert max(codes) < COUNTRY_CODES_END <= np.iinfo(np.int16).max
    assert max(code for code, text in zip(codes, texts, strict=True) if not text.startswith("+")) < GLOBAL_SERVICE


def test_japan():
    assert country_code("JP") == JAPAN


@pytest.mark.parametrize("text", ["jp", "J", "JPN", "J1", "+", "+8821", "+8a", "81", "ＪＰ", " JP", "Ää"])
def test_what_is_no_country_says_what_would_be_one(text):
    with pytest.raises(
        ValueError, match=r"is not a country: use ISO 3166 alpha-2 \(JP\) or a global service \(\+882\)"
    ):
        country_code(text)
