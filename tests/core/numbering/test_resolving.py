"""The passes over a batch, on a plan small enough to hold in one's head."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.digits.packed import pack, unpack
from sekisho.core.digits.prefixes import build_index
from sekisho.core.numbering import destinations as to
from sekisho.core.numbering import dialling, resolving
from sekisho.core.numbering.resolving import PlanTables
from sekisho.core.terms.destination import country_code

UNITED_STATES = to.INTERNATIONAL + country_code("US")
CANADA = to.INTERNATIONAL + country_code("CA")
TABLE = to.build_destinations(["US", "CA"], ("110", "119"))


def lengths(*digits):
    return sum(1 << count for count in digits)


def tables():
    """81: fixed, 9 digits, area code 1; 8190: mobile, 10 digits; 1: the United States; 1310: Canada with 8 digits.

    Assigned are what begins with 12 or 1310, with 11 digits, and 1310 with 8.
    """
    short = np.zeros(1_000, np.int32)
    short[[110, 117, 119]] = [110, 117, 119]
    known = np.zeros(1_000, np.bool_)
    known[[110, 119]] = True
    prefixes = np.array([pack(text) for text in ("81", "8190", "1", "1310")], np.uint64)
    return PlanTables(
        prefixes=build_index(prefixes, np.array([0, 1, 2, 3], np.int32)),
        range_destination=np.array([to.FIXED, to.MOBILE, UNITED_STATES, UNITED_STATES, CANADA], np.int32),
        range_lengths=np.array([lengths(11), lengths(12), lengths(11), lengths(11), lengths(8)], np.uint32),
        range_area=np.array([1, 0, 0, 0, 0], np.int8),
        range_other=np.array([-1, -1, -1, 4, -1], np.int32),
        assigned=build_index(np.array([pack(text) for text in ("12", "1310")], np.uint64), np.array([0, 1], np.int32)),
        assigned_lengths=np.array([lengths(11), lengths(8, 11)], np.uint32),
        short_destination=short,
        short_known=known,
        class_=TABLE.class_,
        country=TABLE.country,
    )


def resolve(kind, digits, line="", count=None):
    """One row through the second and third pass → (destination, E.164, valid)."""
    forms, counts = np.array([kind], np.int8), np.array([len(digits) if count is None else count], np.int8)
    held, lines = np.array([pack(digits)], np.uint64), np.array([pack(line)], np.uint64)
    out = np.zeros(1, np.uint64), np.zeros(1, np.int32), np.zeros(1, np.bool_)
    left = resolving.complete_rows(tables(), forms, held, counts, lines, out)
    resolving.settle_rows(tables(), forms, left, out)
    return int(out[1][0]), unpack(out[0][0]), bool(out[2][0])


LINE = "81312345678"


@pytest.mark.parametrize(
    ("form", "digits", "outcome"),
    [
        (dialling.NO_FORM, "", (to.INVALID, "", False)),
        (dialling.HASHED, "9110", (to.HASH, "", True)),
        (dialling.FREE_FORM, "0077780777", (to.FREE_CARRIER, "", True)),
        (dialling.SHORT, "110", (110, "", True)),
        (dialling.SHORT, "117", (117, "", False)),
        (dialling.SHORT, "118", (to.INVALID, "", False)),
        (dialling.NATIONAL, "119", (119, "", True)),
        (dialling.NATIONAL, "117", (117, "", False)),
        (dialling.TRUNK, "119", (119, "", True)),
        (dialling.TRUNK, "117", (to.INVALID, "", False)),
        (dialling.FOREIGN_NUMBER, "119", (119, "", True)),
        (dialling.FOREIGN_NUMBER, "117", (UNITED_STATES, "117", False)),
        (dialling.MASKED_NUMBER, "119", (UNITED_STATES, "119", False)),
        (dialling.LOCAL, "119", (to.INVALID, "", False)),
        (dialling.TRUNK, "312345678", (to.FIXED, "81312345678", True)),
        (dialling.NATIONAL, "9012345678", (to.MOBILE, "819012345678", True)),
        (dialling.NATIONAL, "31234567", (to.INVALID, "", False)),
        (dialling.TRUNK, "3177", (177, "", True)),
        (dialling.TRUNK, "177", (to.INVALID, "", False)),
        (dialling.TRUNK, "31234177", (to.INVALID, "", False)),
        (dialling.TRUNK, "90177", (to.INVALID, "", False)),
        (dialling.LOCAL, "22345678", (to.FIXED, "81322345678", True)),
        (dialling.LOCAL, "2345678", (to.INVALID, "", False)),
        (dialling.BARE, "12125550100", (UNITED_STATES, "12125550100", True)),
        (dialling.BARE, "1212555", (to.INVALID, "", False)),
        (dialling.BARE, "44", (to.INVALID, "", False)),
        (dialling.FOREIGN_NUMBER, "12125550100", (UNITED_STATES, "12125550100", True)),
        (dialling.FOREIGN_NUMBER, "1212", (UNITED_STATES, "1212", False)),
        (dialling.FOREIGN_NUMBER, "13005550100", (UNITED_STATES, "13005550100", False)),
        (dialling.BARE, "13005550100", (UNITED_STATES, "13005550100", False)),
        (dialling.FOREIGN_NUMBER, "13105550100", (UNITED_STATES, "13105550100", True)),
        (dialling.FOREIGN_NUMBER, "13101234", (CANADA, "13101234", True)),
        (dialling.FOREIGN_NUMBER, "131012", (UNITED_STATES, "131012", False)),
        (dialling.FOREIGN_NUMBER, "442071234567", (to.INTERNATIONAL, "442071234567", False)),
        (dialling.FOREIGN_NUMBER, "", (to.INTERNATIONAL, "", False)),
        (dialling.MASKED_NUMBER, "12125550100", (UNITED_STATES, "12125550100", False)),
    ],
)
def test_a_form_finds_its_destination(form, digits, outcome):
    assert resolve(form, digits, LINE) == outcome


def test_a_number_of_more_than_15_digits_keeps_15():
    assert resolve(dialling.MASKED_NUMBER, "1234567890123456") == (UNITED_STATES, "123456789012345", False)
    assert resolve(dialling.MASKED_NUMBER, "1234567890123456", count=40) == (UNITED_STATES, "123456789012345", False)
    assert resolve(dialling.BARE, "1234567890123456") == (to.INVALID, "", False)


@pytest.mark.parametrize("line", ["", "1001", "819012345678", "8131234567", "12125550100"])
def test_only_a_fixed_line_lends_its_area_code(line):
    assert resolve(dialling.LOCAL, "22345678", line) == (to.INVALID, "", False)


def test_rows_are_read_from_the_bytes_of_both_columns():
    data = np.frombuffer(b"0312345678110", np.uint8)
    lines, numbers = np.array([0, 10, 10], np.int32), np.array([0, 10, 13], np.int64)
    line_out = np.zeros(2, np.uint64)
    resolving.read_lines(lines, data, line_out)
    forms, held, counts = resolving.read_rows(numbers, data, np.array([True, True]))
    assert [unpack(line) for line in line_out] == ["81312345678", ""]
    assert forms.tolist() == [dialling.TRUNK, dialling.SHORT]
    assert [unpack(number) for number in held] == ["312345678", "110"]
    assert counts.tolist() == [9, 3]


def test_a_destination_is_described():
    class_, country = np.zeros(2, np.int8), np.zeros(2, np.int16)
    resolving.describe_rows(tables(), np.array([UNITED_STATES, 110], np.int32), class_, country)
    assert class_.tolist() == [TABLE.class_[UNITED_STATES], TABLE.class_[110]]
    assert country.tolist() == [country_code("US"), 0]
