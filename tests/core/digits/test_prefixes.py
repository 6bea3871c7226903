"""The longest prefix: the same answer as trying every prefix in a dictionary."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.digits.packed import pack
from sekisho.core.digits.prefixes import (
    NO_VALUE,
    build_index,
    find_at,
    find_value,
    longest_prefix,
    lookup_all,
    places_of,
)

FEW_DIGITS = st.text(alphabet="0189", max_size=16)  # few signs, so that prefixes meet and nest


def index_of(table):
    prefixes = np.array([pack(prefix) for prefix in table], np.uint64)
    return build_index(prefixes, np.array(list(table.values()), np.int32))


def naive(table, number):
    """Every prefix of the number, the longest first."""
    if not number:
        return NO_VALUE
    return next((table[number[:end]] for end in range(len(number), -1, -1) if number[:end] in table), NO_VALUE)


@settings(deadline=None)  # the first example compiles a kernel
@given(st.dictionaries(FEW_DIGITS, st.integers(0, 2**31 - 1), max_size=40), st.lists(FEW_DIGITS, max_size=40))
def test_it_finds_what_a_dictionary_finds(table, numbers):
    numbers = [*numbers, *table, *(f"{prefix}5"[:16] for prefix in table)]
    packed = np.array([pack(number) for number in numbers], np.uint64)
    index = index_of(table)
    wanted = [naive(table, number) for number in numbers]
    assert lookup_all(index, packed).tolist() == wanted
    assert [longest_prefix(index, number) for number in packed] == wanted
    assert [find_value(*index, number) for number in packed] == wanted


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("1", 1), ("12125550100", 1), ("1767", 2), ("17672351234", 2), ("176", 1), ("1768", 1),
        ("8", NO_VALUE), ("81", 3), ("810", 3), ("8131234567890123", 4), ("", NO_VALUE), ("2", NO_VALUE),
    ],
)  # fmt: skip
def test_nested_prefixes(number, value):
    index = index_of({"1": 1, "1767": 2, "81": 3, "8131234567890123": 4})
    assert longest_prefix(index, np.uint64(pack(number))) == value


def test_the_empty_prefix_fits_every_number_but_not_the_absence_of_one():
    index = index_of({"": 7, "99": 8})
    assert lookup_all(index, np.array([pack(text) for text in ("0", "98", "991", "9" * 16)], np.uint64)).tolist() == [
        7,
        7,
        8,
        8,
    ]
    assert longest_prefix(index, np.uint64(0)) == NO_VALUE


def test_an_index_of_nothing_finds_nothing():
    index = build_index(np.array([], np.uint64), np.array([], np.int32))
    assert lookup_all(index, np.array([0, pack("1")], np.uint64)).tolist() == [NO_VALUE] * 2


def test_of_equal_prefixes_the_last_given_wins():
    index = build_index(np.array([pack("81"), pack("1"), pack("81")], np.uint64), np.array([1, 2, 3], np.int32))
    assert longest_prefix(index, np.uint64(pack("813"))) == 3


def test_a_tariff_of_many_prefixes_is_found_again():
    numbers = np.random.default_rng(1).choice(10**8, 170_000, replace=False)
    prefixes = np.array([pack(f"{number:08d}") for number in numbers], np.uint64)
    index = build_index(prefixes, np.arange(prefixes.size, dtype=np.int32))
    assert (lookup_all(index, prefixes) == np.arange(prefixes.size)).all()
    assert (np.diff(index.starts.astype(object)) > 0).all()


def test_wrong_arrays_are_refused():
    with pytest.raises(ValueError, match="one value a prefix"):
        build_index(np.zeros(2, np.uint64), np.zeros(1, np.int32))
    with pytest.raises(ValueError, match="negative"):
        build_index(np.zeros(1, np.uint64), np.array([-1], np.int32))


@settings(deadline=None)
@given(
    st.lists(st.text("0123456789", max_size=6), max_size=30), st.lists(st.text("0123456789", min_size=1, max_size=16))
)
def test_by_places_the_same_is_found(prefixes, numbers):
    packed = np.array([pack(prefix) for prefix in prefixes], np.uint64)
    index = build_index(packed, np.arange(packed.size, dtype=np.int32))
    places = places_of(index.starts, index.values, index.top)
    for number in numbers:
        assert find_at(places, np.uint64(pack(number))) == longest_prefix(index, np.uint64(pack(number)))
