"""What stands before a number comes off, in any order; what only looks like it stays."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from sekisho.core.digits.packed import pack, unpack
from sekisho.core.numbering.access_codes import (
    ABROAD,
    DOMESTIC,
    UNREADABLE,
    begins_abroad,
    carrier_code_length,
    drop,
    strip_codes,
)
from sekisho.core.numbering.reading import NO_PLUS

CARRIERS = ["001", "0033", "0038", "0041", "0061", "0077", "0088", "00220", "009130", "005345"]


def halves(digits):
    return np.uint64(pack(digits[:16])), np.uint64(pack(digits[16:32]))


def strip(digits, plus_at=NO_PLUS, *, outgoing=True):
    high, low, count, where = strip_codes(*halves(digits), len(digits), plus_at, outgoing)
    assert count == len(unpack(high) + unpack(low))
    return unpack(high) + unpack(low), where


@pytest.mark.parametrize(
    ("caller_id", "preselection", "carrier"),
    list(product(["", "184", "186"], ["", "122"], ["", *CARRIERS])),
)
def test_every_combination_comes_off(caller_id, preselection, carrier):
    before = caller_id + preselection + carrier
    assert strip(before + "0106112345678") == ("6112345678", ABROAD)
    assert strip(before + "0312345678") == ("0312345678", DOMESTIC)
    assert strip(before + "110") == ("110", DOMESTIC)
    assert strip(preselection + caller_id + carrier + "010862433333333") == ("862433333333", ABROAD)


@pytest.mark.parametrize(
    ("digits", "left"),
    [
        ("184", "184"),
        ("186", "186"),
        ("122", "122"),
        ("184186110", "110"),
        ("0033", "0033"),
        ("003312345678", "003312345678"),
        ("0061293744000", "0061293744000"),
        ("0077780777", "0077780777"),
        ("0009010442071234567", "0009010442071234567"),
        ("0097201012345", "0097201012345"),
        ("0312345678", "0312345678"),
        ("1234567", "1234567"),
    ],
)
def test_what_only_looks_like_a_code_stays(digits, left):
    assert strip(digits) == (left, DOMESTIC)


def test_behind_a_code_nobody_has_010_still_means_abroad():
    assert strip("0097010442071234567") == ("442071234567", ABROAD)


@pytest.mark.parametrize(
    ("digits", "plus_at", "outcome"),
    [
        ("442071234567", 0, ("442071234567", ABROAD)),
        ("184442071234567", 3, ("442071234567", ABROAD)),
        ("1841221812", 6, ("1812", ABROAD)),
        ("18455551234", 0, ("18455551234", ABROAD)),
        ("010442071234567", 0, ("442071234567", ABROAD)),
        ("", 0, ("", ABROAD)),
        ("184442071234567", 5, ("442071234567", UNREADABLE)),
        ("0312345678", 2, ("0312345678", UNREADABLE)),
    ],
)
def test_a_plus_counts_where_the_number_begins(digits, plus_at, outcome):
    assert strip(digits, plus_at) == outcome


def test_a_caller_has_no_184_before_the_number():
    assert strip("18455551234", outgoing=False) == ("18455551234", DOMESTIC)
    assert strip("010442071234567", outgoing=False) == ("442071234567", ABROAD)


@pytest.mark.parametrize(
    ("digits", "length"),
    [
        *((carrier + "0312345678", len(carrier)) for carrier in CARRIERS),
        *((carrier + "119", len(carrier)) for carrier in CARRIERS),
        ("0033219", 0),
        ("00331190", 0),
        ("00", 0),
        ("000110", 0),
        ("0095312345678", 0),
        ("00950312345678", 0),
    ],
)
def test_the_length_of_a_carriers_code(digits, length):
    assert carrier_code_length(*halves(digits), len(digits)) == length


@pytest.mark.parametrize("count", range(1, 16))
def test_digits_are_dropped_across_both_halves(count):
    digits = "12345678901234567890123456789012"
    assert "".join(unpack(half) for half in drop(*halves(digits), count)) == digits[count:]


def test_010_is_seen():
    assert begins_abroad(np.uint64(pack("0106112345678")))
    assert not begins_abroad(np.uint64(pack("011")))
    assert not begins_abroad(np.uint64(pack("01")))
