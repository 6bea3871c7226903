"""Money is whole milli-yen; paper shows yen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.terms.money import MILLIYEN, yen_floor, yen_text


@pytest.mark.parametrize(("milliyen", "yen"), [(0, 0), (999, 0), (1_000, 1), (17_500, 17), (1_234_567_999, 1_234_567)])
def test_a_fraction_of_a_yen_is_dropped(milliyen, yen):
    assert yen_floor(milliyen) == yen


@pytest.mark.parametrize(
    ("milliyen", "text"),
    [
        (0, "0 円"),
        (8_000, "8 円"),
        (17_500, "17.5 円"),
        (10_800, "10.8 円"),
        (1_005, "1.005 円"),
        (5, "0.005 円"),
        (1_234_567_890, "1,234,567.89 円"),
        (2_550_000_000, "2,550,000 円"),
        (-17_500, "-17.5 円"),
        (-500, "-0.5 円"),
    ],
)
def test_worked_texts(milliyen, text):
    assert yen_text(milliyen) == text


@pytest.mark.parametrize(("milliyen", "text"), [(0, "0 yen"), (17_500, "17.5 yen"), (-2_550_000_000, "-2,550,000 yen")])
def test_in_english_the_unit_is_another_word(milliyen, text):
    assert yen_text(milliyen, "yen") == text


@given(st.integers(-(10**15), 10**15))
def test_the_text_is_exact(milliyen):
    number = yen_text(milliyen).removesuffix(" 円").replace(",", "")
    assert Decimal(number) * MILLIYEN == milliyen
    assert number == "0" or not number.endswith((".", "0")) or "." not in number
