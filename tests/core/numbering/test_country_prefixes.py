"""Prefixes of countries: exact where the plan says so, and a country's own numbers lie within its own alone."""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from sekisho.core.numbering.country_prefixes import prefixes_by_country
from sekisho.core.numbering.plan import build_plan, prefixes_of_country, resolve
from sekisho.core.numbering.regions import RegionPrefix
from sekisho.core.terms.destination import JAPAN, country_code

KINDS = [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE]


def of(country: str) -> tuple[str, ...]:
    return prefixes_of_country(build_plan(), country_code(country))


@pytest.mark.parametrize(
    ("country", "prefixes"),
    [
        ("SL", ("232",)),
        ("JM", ("1658", "1876")),
        ("KZ", ("77",)),
        ("RU", ("70", "71", "72", "73", "74", "75", "76", "78", "79")),
        ("MA", ("212",)),
        ("VA", ("3906698",)),
        ("+870", ("870",)),
        ("+882", ("882",)),
        ("JP", ()),
        ("ZZ", ()),
    ],
)
def test_whose_prefixes_are_whose(country, prefixes):
    assert of(country) == prefixes


def test_no_country_has_none():
    assert prefixes_of_country(build_plan(), 0) == ()
    assert JAPAN not in build_plan().country_prefixes


def test_a_number_lies_within_its_own_country_and_no_other():
    plan = build_plan()
    shared = {"GG", "JE", "IM", "GB", "AU", "CX", "CC", "GP", "BL", "MF", "FI", "AX", "NO", "SJ"}  # decided by length
    seen = 0
    for region in phonenumbers.SUPPORTED_REGIONS:
        if region == "JP":
            continue
        for kind in KINDS:
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            digits = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)[1:]
            country = resolve(plan, f"010{digits}").country
            assert digits.startswith(of(country)), (region, digits, country)
            others = [
                code
                for code, prefixes in plan.country_prefixes.items()
                if code != country_code(country) and digits.startswith(prefixes)
            ]
            assert not others or country in shared, (region, digits, others)
            seen += 1
    assert seen > 500


def test_no_prefix_of_a_country_lies_within_another_of_it():
    for prefixes in build_plan().country_prefixes.values():
        assert list(prefixes) == sorted(set(prefixes))
        assert not [one for one in prefixes if any(one != other and one.startswith(other) for other in prefixes)]


def test_what_nobody_owns_is_the_codes_main_region():
    rows = [RegionPrefix("1", "US", 0), RegionPrefix("12", "US", 8), RegionPrefix("13", "CA", 8)]
    found = prefixes_by_country(rows)
    assert found[country_code("CA")] == ("13",)
    assert found[country_code("US")] == ("10", "11", "12", "14", "15", "16", "17", "18", "19")


def test_where_the_length_decides_both_have_the_prefix():
    rows = [RegionPrefix("44", "GB", 0), RegionPrefix("441", "GB", 8), RegionPrefix("441", "GG", 4)]
    found = prefixes_by_country(rows)
    assert found[country_code("GG")] == ("441",)
    assert "441" in found[country_code("GB")]


def test_ten_equal_tails_are_one_prefix():
    rows = [RegionPrefix("7", "RU", 0), *(RegionPrefix(f"71{digit}", "RU", 8) for digit in range(10))]
    assert prefixes_by_country(rows) == {country_code("RU"): ("7",)}
