"""Packing: exact, ordered like text, and the same for one number and for a column of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.digits import packed
from sekisho.core.digits.packed import pack, pack_all, prefix_range, text_bytes, unpack, unpack_all

DIGITS = st.text(alphabet="0123456789", max_size=16)


@settings(deadline=None)  # the first example compiles a kernel
@given(DIGITS)
def test_what_is_packed_comes_out_again(text):
    assert unpack(pack(text)) == text


@settings(deadline=None)  # the first example compiles a kernel
@given(DIGITS, DIGITS)
def test_packed_numbers_sort_like_their_digits(one, other):
    assert (pack(one) < pack(other)) == (one < other)


def test_numbers_that_differ_in_zeros_differ():
    assert len({pack(text) for text in ("81", "810", "081", "8100", "")}) == 5


@pytest.mark.parametrize("text", ["12345678901234567", "03-1234", "+81", " 1", "１", "²", "a"])
def test_what_is_not_up_to_sixteen_digits_is_refused(text):
    with pytest.raises(ValueError, match="not a string of at most 16 digits"):
        pack(text)


@settings(deadline=None)  # the first example compiles a kernel
@given(DIGITS, DIGITS)
def test_the_range_of_a_prefix_holds_what_begins_with_it_and_nothing_else(prefix, text):
    low, high = prefix_range(pack(prefix))
    assert (low <= pack(text) <= high) == text.startswith(prefix)
    assert int(packed.prefix_high(np.uint64(pack(prefix)))) == high


def test_the_range_of_one_digit():
    assert prefix_range(pack("8")) == (0x9 << 60, (0xA << 60) - 1)
    assert prefix_range(0) == (0, 2**64 - 1)
    assert prefix_range(pack("1234567890123456")) == (pack("1234567890123456"),) * 2


@settings(deadline=None)  # the first example compiles a kernel
@given(DIGITS)
def test_digits_are_counted_and_found(text):
    number = np.uint64(pack(text))
    assert packed.digit_count(number) == len(text)
    assert [packed.digit_at(number, place) for place in range(-1, 17)] == [-1] + [
        int(text[place]) if place < len(text) else -1 for place in range(17)
    ]


@settings(deadline=None)  # the first example compiles a kernel
@given(DIGITS, st.integers(0, 16))
def test_a_number_is_cut(text, count):
    number = np.uint64(pack(text))
    assert unpack(packed.first_digits(number, count)) == text[:count]
    assert unpack(packed.without_first(number, count)) == text[count:]


@settings(deadline=None)  # the first example compiles a kernel
@given(DIGITS, DIGITS)
def test_a_number_is_put_before_another(head, tail):
    joined = packed.prepend(np.uint64(pack(head)), len(head), np.uint64(pack(tail)))
    assert unpack(joined) == (head + tail)[:16]


@settings(deadline=None)  # the first example compiles a kernel
@given(st.text(alphabet="0123456789", max_size=15), st.integers(0, 9))
def test_a_digit_is_appended(text, digit):
    assert unpack(packed.append_digit(np.uint64(pack(text)), len(text), digit)) == f"{text}{digit}"


@settings(deadline=None)  # the first example compiles a kernel
@given(st.lists(DIGITS))
def test_a_column_of_digits_is_packed_and_unpacked(texts):
    numbers = pack_all(pa.array(texts, pa.string()))
    assert numbers.tolist() == [pack(text) for text in texts]
    assert unpack_all(numbers).to_pylist() == texts


TEXTS = ["81", None, "03-12", "", "1234567890123456", "12345678901234567", "9a", "7"]
PACKED = [pack("81"), 0, 0, 0, pack("1234567890123456"), 0, 0, pack("7")]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(TEXTS),
        pa.array(TEXTS, pa.large_string()),
        pa.array(TEXTS).dictionary_encode(),
        pa.array(["123", *TEXTS, "456"]).slice(1, len(TEXTS)),
        pa.array(["123", *TEXTS, "456"], pa.large_string()).slice(1, len(TEXTS)),
        pa.chunked_array([TEXTS[:3], TEXTS[3:]]),
    ],
    ids=["plain", "large", "dictionary", "sliced", "large and sliced", "chunked"],
)
def test_every_kind_of_text_column_is_read(column):
    assert pack_all(column).tolist() == PACKED


@pytest.mark.parametrize("column", [pa.array([], pa.string()), pa.array([None], pa.string()), pa.array([""])])
def test_columns_without_text_are_read(column):
    offsets, data = text_bytes(column)
    assert offsets.tolist() == [0] * (len(column) + 1)
    assert not offsets.flags.writeable
    assert not data.flags.writeable
    assert pack_all(column).tolist() == [0] * len(column)
