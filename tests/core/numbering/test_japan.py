"""Japanese ranges: each prefix once, the metadata's numbers all in them, area codes as long as they are."""

from __future__ import annotations

import phonenumbers
import pytest

from sekisho.core.numbering import destinations as to
from sekisho.core.numbering.japan import FIXED_DIGITS, area_code_lengths, japan_prefixes

PREFIXES = {row.prefix: row for row in japan_prefixes()}


def range_of(national):
    """The row of the longest prefix."""
    return next(PREFIXES[national[:end]] for end in range(len(national), 0, -1) if national[:end] in PREFIXES)


@pytest.mark.parametrize(
    ("national", "destination"),
    [
        ("312345678", to.FIXED), ("112345678", to.FIXED), ("980212345", to.FIXED), ("123221234", to.FIXED),
        ("5012345678", to.IP), ("9012345678", to.MOBILE), ("8012345678", to.MOBILE), ("7012345678", to.MOBILE),
        ("6012345678", to.MOBILE), ("601234567", to.MOBILE), ("6001234567", to.FMC),
        ("120123456", to.FREE), ("8001234567", to.FREE), ("570012345", to.UAN), ("990123456", to.PREMIUM),
        ("180991234", to.MASS_CALL), ("2041234567", to.PAGER), ("2012345678", to.M2M), ("2001234567890", to.M2M),
        ("9123456", to.PRIVATE_NETWORK),
    ],
)  # fmt: skip
def test_a_number_lies_in_its_range(national, destination):
    row = range_of(national)
    assert row.destination == destination
    assert row.lengths >> len(national) & 1


@pytest.mark.parametrize(
    "national", ["3012345678", "4012345678", "7001234567", "9001234567", "5001234567", "301234567"]
)
def test_what_is_not_allotted_is_invalid(national):
    assert range_of(national).destination == to.INVALID


@pytest.mark.parametrize(
    ("national", "area"),
    [
        ("312345678", 1),  # Tokyo 03
        ("612345678", 1),  # Osaka 06
        ("429991234", 1),  # Tokorozawa 04
        ("112345678", 2),  # Sapporo 011
        ("452345678", 2),  # Yokohama 045
        ("123221234", 3),  # Chitose 0123
        ("742221234", 3),  # Nara 0742
        ("126721234", 4),  # Iwamizawa's neighbours 01267
        ("980221234", 4),  # Minamidaito 09802
    ],
)
def test_the_area_code_of_a_fixed_number(national, area):
    assert range_of(national).area == area


def test_area_codes_agree_with_the_way_the_metadata_writes_numbers():
    for prefix, area in area_code_lengths():
        number = phonenumbers.PhoneNumber(country_code=81, national_number=int(prefix.ljust(FIXED_DIGITS, "5")))
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        assert len(written.partition("-")[0]) == area + 1, (prefix, written)


def test_a_prefix_comes_once():
    rows = japan_prefixes()
    assert len(rows) == len({row.prefix for row in rows})
    assert all(row.area == 0 or row.destination == to.FIXED for row in rows)
