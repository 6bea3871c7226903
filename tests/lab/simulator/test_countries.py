"""The frozen table: every number drawn from it is the country's, allocated or not as the metadata say."""

from __future__ import annotations

import numpy as np
import phonenumbers
import pytest

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.terms.destination import DestinationClass
from sekisho.lab.simulator.countries import load_countries

EACH = 12
# Countries whose every form of number is allocated: none was found that is not.
ALL_ALLOCATED = 10


@pytest.fixture(scope="module")
def countries():
    return load_countries()


def drawn(countries, *, unallocated):
    rng = np.random.default_rng(1)
    country = np.repeat(np.arange(len(countries.names)), EACH)
    words = rng.integers(0, 1 << 63, len(country), dtype=np.uint64)
    return country, countries.numbers(country, words, unallocated=unallocated)


def is_valid(digits, name):
    number = phonenumbers.parse(f"+{digits}")
    return (
        phonenumbers.is_valid_number(number)
        if name[0] == "+"
        else phonenumbers.is_valid_number_for_region(number, name)
    )


@pytest.mark.parametrize("unallocated", [False, True])
def test_numbers_resolve_to_their_country(countries, unallocated):
    plan = build_plan()
    for country, number in zip(*drawn(countries, unallocated=unallocated), strict=True):
        found = resolve(plan, f"010{number}", "0312345678")
        assert (found.class_, found.country) == (DestinationClass.INTERNATIONAL, countries.names[country])


def test_allocated_numbers_are_valid(countries):
    wrong = [
        countries.names[country]
        for country, number in zip(*drawn(countries, unallocated=False), strict=True)
        if not is_valid(number, countries.names[country])
    ]
    assert len(wrong) <= 0.005 * EACH * len(countries.names)  # 150 samples a range let a rare gap pass


def test_unallocated_numbers_are_not(countries):
    valid = {
        countries.names[country]
        for country, number in zip(*drawn(countries, unallocated=True), strict=True)
        if is_valid(number, countries.names[country])
    }
    assert len(valid) <= ALL_ALLOCATED


def test_prices_are_the_shipped_tariff(countries):
    price = dict(zip(countries.names, countries.yen.tolist(), strict=True))
    assert [price[name] for name in ("US", "CN", "SL", "TD", "+881", "CU")] == [9, 30, 175, 250, 700, 150]


def test_all_countries_are_there(countries):
    assert len(countries.names) > 230
    assert "JP" not in countries.names
