"""Words, cache lines and records by address: what a kernel sees is what numpy sees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit, types

from sekisho.core.memory import (
    CACHE_LINE,
    address_of,
    bit_count,
    bits_of_double,
    byte_at,
    double_of_bits,
    element_reader,
    equal_signs,
    high_signs,
    load_float32,
    load_int32,
    load_word,
    lowest_bit,
    prefetch,
    put_word,
    record_reader,
    turned_round,
)
from sekisho.core.memory import word_at as word_at_signed

WORD_BYTES = 8
NESTED = [("small", np.int8), ("instant", np.int64), ("shares", np.float32, (2, 3)), ("days", np.uint16, (4,))]
ALIGNED = np.dtype([*NESTED, ("last", np.uint8)], align=True)
PACKED = np.dtype([*NESTED, ("last", np.uint8)])
RAMP = np.arange(6).reshape(2, 3) * 0.5

aligned_at, packed_at = record_reader(ALIGNED), record_reader(PACKED)


@njit
def word_at(address):
    return load_word(address)


@njit
def word_and_byte(address):
    return word_at_signed(address), byte_at(address)


@njit
def write(address, word):
    put_word(address, word)
    return address


@njit
def signs_at(address):
    return equal_signs(address, 44), equal_signs(address, 255), high_signs(address)


@njit
def bits_of(word):
    return lowest_bit(word), bit_count(word)


@njit
def turned(word):
    return turned_round(word)


small_at, float_at = element_reader(types.int16), element_reader(types.float64)


@njit
def elements(small, large, place):
    return small_at(small, place), float_at(large, place)


@njit
def ask_for(address):
    prefetch(address)
    return address


@njit
def read_aligned(address, row):
    record = aligned_at(address, row)
    return record.small, record.instant, record.shares[1, 2], record.days[3], record.last


@njit
def read_packed(address, row):
    record = packed_at(address, row)
    return record.small, record.instant, record.shares[1, 2], record.days[3], record.last


@njit
def change_aligned(address, row):
    record = aligned_at(address, row)
    record.small = -3
    record.instant += 1
    record.shares[0, 1] *= 2.0
    record.days[2] = 65_535
    record.last = 255


@njit
def change_packed(address, row):
    record = packed_at(address, row)
    record.small = -3
    record.instant += 1
    record.shares[0, 1] *= 2.0
    record.days[2] = 65_535
    record.last = 255


def some_records(kind):
    rows = np.zeros(3, kind)
    rows["small"] = (1, 2, 3)
    rows["instant"] = (1 << 62, -(1 << 62), 7)
    rows["shares"] = RAMP
    rows["days"] = np.arange(12).reshape(3, 4)
    rows["last"] = (9, 8, 7)
    return rows


@settings(deadline=None)
@given(st.binary(min_size=WORD_BYTES, max_size=40))
def test_a_word_is_eight_bytes_little_end_first_at_any_address(data):
    held = np.frombuffer(data, np.uint8)
    for begin in range(len(data) - WORD_BYTES + 1):
        word = word_at(np.uint64(held.ctypes.data + begin))
        assert word == int.from_bytes(data[begin : begin + WORD_BYTES], "little")


@settings(deadline=None)
@given(st.binary(min_size=WORD_BYTES, max_size=40))
def test_a_signed_address_reads_the_same(data):
    held = np.frombuffer(data, np.uint8)
    for begin in range(len(data) - WORD_BYTES + 1):
        word, byte = word_and_byte(held.ctypes.data + begin)
        assert word == int.from_bytes(data[begin : begin + WORD_BYTES], "little")
        assert byte == data[begin]


def test_a_word_is_written_where_it_should_be_and_nowhere_else():
    for begin in range(9):
        held = np.zeros(24, np.uint8)
        write(held.ctypes.data + begin, np.uint64(0x0807060504030201))
        assert held.tolist() == [0] * begin + [1, 2, 3, 4, 5, 6, 7, 8] + [0] * (16 - begin)


@settings(deadline=None)
@given(st.lists(st.sampled_from([0, 44, 127, 128, 255]), min_size=CACHE_LINE, max_size=CACHE_LINE))
def test_signs_are_found_at_their_places(signs):
    held = np.array(signs, np.uint8)
    commas, all_ones, high = signs_at(held.ctypes.data)
    assert commas == sum(1 << place for place, sign in enumerate(signs) if sign == 44)
    assert all_ones == sum(1 << place for place, sign in enumerate(signs) if sign == 255)
    assert high == sum(1 << place for place, sign in enumerate(signs) if sign > 127)


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_the_bits_of_a_word(word):
    lowest = (word & -word).bit_length() - 1 if word else 64
    assert bits_of(np.uint64(word)) == (lowest, word.bit_count())


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_a_word_turned_round(word):
    assert turned(np.uint64(word)) == int.from_bytes(word.to_bytes(8, "little"), "big")


def test_an_element_is_read_where_it_lies():
    small, large = np.array([3, -4, 32_767], np.int16), np.array([0.5, -2.25, 1e300])
    assert [elements(small.ctypes.data, large.ctypes.data, place) for place in range(3)] == [
        (3, 0.5),
        (-4, -2.25),
        (32_767, 1e300),
    ]


def test_a_word_has_no_sign():
    held = np.full(WORD_BYTES + 1, 0xFF, np.uint8)
    assert word_at(np.uint64(held.ctypes.data + 1)) == 2**64 - 1


@pytest.mark.parametrize("address", [0, 1, -1, CACHE_LINE, 2**63 - 1, -(2**63)])
def test_any_address_may_be_asked_for(address):
    assert ask_for(address) == address


def test_what_was_asked_for_is_as_it_was():
    held = np.arange(4 * CACHE_LINE, dtype=np.uint8)
    for offset in range(held.size):
        ask_for(held.ctypes.data + offset)
    np.testing.assert_array_equal(held, np.arange(4 * CACHE_LINE, dtype=np.uint8))


@pytest.mark.parametrize(("kind", "read"), [(ALIGNED, read_aligned), (PACKED, read_packed)], ids=["aligned", "packed"])
def test_a_kernel_reads_the_record_that_numpy_wrote(kind, read):
    rows = some_records(kind)
    seen = [read(rows.ctypes.data, row) for row in range(3)]
    assert seen == [(1, 1 << 62, 2.5, 3, 9), (2, -(1 << 62), 2.5, 7, 8), (3, 7, 2.5, 11, 7)]


@pytest.mark.parametrize(
    ("kind", "change"), [(ALIGNED, change_aligned), (PACKED, change_packed)], ids=["aligned", "packed"]
)
def test_a_kernel_writes_the_record_that_numpy_reads_and_no_other(kind, change):
    rows, expected = some_records(kind), some_records(kind)
    change(rows.ctypes.data, 1)
    expected["small"][1] = -3
    expected["instant"][1] += 1
    expected["shares"][1, 0, 1] = 1.0
    expected["days"][1, 2] = 65_535
    expected["last"][1] = 255
    assert rows.tobytes() == expected.tobytes()


def test_the_kinds_differ_in_their_padding():
    assert (ALIGNED.itemsize, PACKED.itemsize) == (56, 42)


@njit
def numbers_at(address):
    return load_int32(address), load_float32(address + 4)


@given(st.integers(-(2**31), 2**31 - 1), st.floats(width=32, allow_nan=False))
@settings(deadline=None)
def test_numbers_of_four_bytes_are_those_that_numpy_wrote(whole, real):
    held = np.array([(0, 0.0), (whole, real)], [("whole", np.int32), ("real", np.float32)])
    assert numbers_at(held.ctypes.data + 8) == (whole, real)


@njit
def there_and_back(number):
    bits = bits_of_double(number)
    return bits, double_of_bits(bits)


@settings(deadline=None)
@given(st.floats(allow_nan=False))
def test_the_bits_of_a_number_are_numpys_and_make_it_again(number):
    bits, again = there_and_back(number)
    assert bits == np.float64(number).view(np.int64)
    assert again == number


@njit
def _end(array, step):
    at = address_of(array)
    for _ in range(array.size):
        at += step
    return at


def test_an_address_stays_a_whole_number_when_lengths_are_added():
    array = np.zeros(5, np.int64)
    assert address_of(array) == array.ctypes.data
    end = _end(array, 8)
    assert isinstance(end, int)
    assert end == array.ctypes.data + array.nbytes
