"""The table of destinations: ids that keep their meaning, and nothing between them."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.numbering import destinations as to
from sekisho.core.numbering.destinations import DESTINATIONS, INTERNATIONAL, build_destinations
from sekisho.core.terms.destination import GLOBAL_SERVICE, JAPAN, NO_COUNTRY, DestinationClass, country_code

TABLE = build_destinations(["GB", "US", "+870"])


@pytest.mark.parametrize(
    ("row", "class_", "country", "name", "place"),
    [
        (0, DestinationClass.INVALID, NO_COUNTRY, "invalid", ""),
        (1, DestinationClass.FIXED, JAPAN, "fixed", ""),
        (2, DestinationClass.MOBILE, JAPAN, "mobile", "携帯等"),
        (3, DestinationClass.IP, JAPAN, "ip", ""),
        (4, DestinationClass.FREE, JAPAN, "free", ""),
        (5, DestinationClass.FREE, NO_COUNTRY, "free_carrier", ""),
        (6, DestinationClass.SPECIAL, JAPAN, "uan", ""),
        (7, DestinationClass.SPECIAL, JAPAN, "premium", ""),
        (8, DestinationClass.SPECIAL, JAPAN, "mass_call", ""),
        (9, DestinationClass.SPECIAL, JAPAN, "pager", ""),
        (10, DestinationClass.SPECIAL, JAPAN, "m2m", ""),
        (11, DestinationClass.SPECIAL, JAPAN, "fmc", ""),
        (12, DestinationClass.SPECIAL, JAPAN, "private_network", ""),
        (13, DestinationClass.SPECIAL, NO_COUNTRY, "hash", ""),
        (110, DestinationClass.EMERGENCY, NO_COUNTRY, "emergency_110", ""),
        (118, DestinationClass.EMERGENCY, NO_COUNTRY, "emergency_118", ""),
        (119, DestinationClass.EMERGENCY, NO_COUNTRY, "emergency_119", ""),
        (117, DestinationClass.SPECIAL, NO_COUNTRY, "special_117", ""),
        (1000, DestinationClass.INTERNATIONAL, NO_COUNTRY, "international", ""),
        (1000 + country_code("GB"), DestinationClass.INTERNATIONAL, country_code("GB"), "international_GB", "GB"),
        (1000 + 2870, DestinationClass.INTERNATIONAL, GLOBAL_SERVICE + 870, "international_+870", "+870"),
    ],
)
def test_an_id_keeps_its_meaning(row, class_, country, name, place):
    assert TABLE.class_[row] == class_
    assert TABLE.country[row] == country
    assert (TABLE.name[row], TABLE.place[row]) == (name, place)


def test_all_columns_have_all_rows():
    assert TABLE.class_.shape == TABLE.country.shape == (DESTINATIONS,)
    assert len(TABLE.name) == len(TABLE.place) == DESTINATIONS
    assert (TABLE.class_.dtype, TABLE.country.dtype) == (np.int8, np.int16)


def test_a_country_that_is_not_asked_for_reads_as_unknown():
    row = INTERNATIONAL + country_code("FR")
    assert (TABLE.country[row], TABLE.name[row]) == (NO_COUNTRY, "international")


def test_rows_that_mean_nothing_are_invalid():
    assert set(TABLE.class_[200:INTERNATIONAL].tolist()) == {DestinationClass.INVALID}
    assert set(TABLE.name[14:100]) == {""}


def test_emergency_numbers_are_configured():
    table = build_destinations([], ("110", "118", "119", "171"))
    assert table.class_[171] == DestinationClass.EMERGENCY
    assert TABLE.class_[171] == DestinationClass.SPECIAL


@pytest.mark.parametrize("digits", ["911", "11", "1100", "1a0", ""])
def test_an_emergency_number_has_three_digits_and_begins_with_1(digits):
    with pytest.raises(ValueError, match="three digits that begin with 1"):
        build_destinations([], (digits,))


def test_known_short_numbers_are_short_numbers():
    assert all(len(digits) == 3 and digits[0] == "1" for digits in to.KNOWN_SHORT_NUMBERS)
    assert set(to.EMERGENCY_NUMBERS) < to.KNOWN_SHORT_NUMBERS
