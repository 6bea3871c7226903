from __future__ import annotations

import numpy as np
import phonenumbers
import pytest

from sekisho.bench.dialled import CITY, METROPOLIS, NO_AREA, numbers_dialled, subscriber_lines
from sekisho.lab.simulator.byte_rows import text_column

CONTACTS = np.arange(4_000, dtype=np.uint64)
ABROAD = np.ones(len(CONTACTS), np.bool_)
SOMEWHERE = np.full(len(CONTACTS), CITY, np.int8)


def dialled(*, abroad: bool, area: int = CITY, plain: bool = False) -> list[str]:
    where = np.full(len(CONTACTS), area, np.int8)
    return text_column(numbers_dialled(CONTACTS, CONTACTS, ABROAD & abroad, where, plain=plain)).to_pylist()


def e164_behind(number: str) -> str:
    """The international number behind a dialling form, by hand: the longest form that stands in front."""
    forms = ("1220033010", "1840033010", "184010", "186010", "0033010", "0061010", "0041010", "001010", "010", "+")
    return "+" + number.removeprefix(next(form for form in forms if number.startswith(form)))


def test_calls_abroad_come_in_many_forms_and_name_real_ranges():
    numbers = dialled(abroad=True)
    starts = {number[:3] for number in numbers}
    assert {"010", "184", "003", "001", "006"} <= starts
    assert any(number.startswith("+") for number in numbers)
    real = [phonenumbers.is_valid_number(phonenumbers.parse(e164_behind(number))) for number in numbers]
    assert sum(real) / len(real) > 0.95


def test_calls_at_home_mix_the_classes():
    numbers = dialled(abroad=False)
    shares = {
        "mobile": sum(number[:3] in {"090", "080", "070"} for number in numbers) / len(numbers),
        "free": sum(number[:4] in {"0120", "0800"} for number in numbers) / len(numbers),
        "hidden": sum(number.startswith("184") for number in numbers) / len(numbers),
        "plus": sum(number.startswith("+81") for number in numbers) / len(numbers),
    }
    assert 0.25 < shares["mobile"] < 0.45
    assert 0.03 < shares["free"] < 0.10
    assert 0.02 < shares["hidden"] < 0.06
    assert 0.005 < shares["plus"] < 0.04
    assert {"110", "119"} <= set(numbers)
    assert not any(number.startswith("+810") for number in numbers)


@pytest.mark.parametrize(("area", "digits"), [(METROPOLIS, 8), (CITY, 7)])
def test_local_calls_have_the_digits_of_their_area(area, digits):
    local = [number for number in dialled(abroad=False, area=area) if number[0] in "23456789"]
    assert local
    assert {len(number) for number in local} == {digits}


def test_a_line_without_an_area_never_dials_locally():
    assert not [number for number in dialled(abroad=False, area=NO_AREA) if number[0] in "23456789"]


def test_callers_are_shown_plainly():
    assert not [
        number for number in dialled(abroad=False, plain=True) if number[:2] in {"18", "+8"} and number != "188"
    ]


def test_the_same_contact_is_always_the_same_number():
    assert dialled(abroad=True) == dialled(abroad=True)


def test_lines_are_distinct_national_numbers():
    rows, area = subscriber_lines(np.random.default_rng(3), 20_000)
    lines = text_column(rows).to_pylist()
    assert len(set(lines)) == 20_000
    assert {len(line) for line in lines if line.startswith("050")} == {11}
    assert {len(line) for line in lines if not line.startswith("050")} == {10}
    assert set(area.tolist()) == {METROPOLIS, CITY, NO_AREA}
