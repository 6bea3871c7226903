"""Bytes of a number → digits, count, the place of `+`, and whether it is plain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.digits.packed import unpack
from sekisho.core.numbering.reading import FOREIGN, HASH_DIAL, NO_PLUS, PLAIN, read_digits, read_plain


def read(text):
    data = np.frombuffer(b"9" + text.encode() + b"9", np.uint8)
    high, low, count, plus_at, form = read_digits(data, 1, data.size - 1)
    return unpack(high) + unpack(low), count, plus_at, form


@pytest.mark.parametrize(
    ("text", "digits", "plus_at", "form"),
    [
        ("0312345678", "0312345678", NO_PLUS, PLAIN),
        ("03-1234-5678", "0312345678", NO_PLUS, PLAIN),
        ("(03) 1234.5678", "0312345678", NO_PLUS, PLAIN),
        ("\t1 1 0\r\n", "110", NO_PLUS, PLAIN),
        ("+81 3-1234-5678", "81312345678", 0, PLAIN),
        ("184+81312345678", "18481312345678", 3, PLAIN),
        ("0312345678#", "0312345678", NO_PLUS, PLAIN),
        ("0312345678;phone-context=+81", "0312345678", NO_PLUS, PLAIN),
        ("#9110", "9110", NO_PLUS, HASH_DIAL),
        ("#9110#", "9110", NO_PLUS, HASH_DIAL),
        ("03#12", "03", NO_PLUS, FOREIGN),
        ("##21", "", NO_PLUS, FOREIGN),
        ("010-1-*****", "0101", NO_PLUS, FOREIGN),
        ("++81", "", 0, FOREIGN),
        ("anonymous", "", NO_PLUS, FOREIGN),
        ("sip:0312345678", "", NO_PLUS, FOREIGN),
        ("０３", "", NO_PLUS, FOREIGN),
        ("", "", NO_PLUS, PLAIN),
        ("+", "", 0, PLAIN),
    ],
)
def test_text_is_read(text, digits, plus_at, form):
    assert read(text) == (digits, len(digits), plus_at, form)


@settings(deadline=None)  # the first example compiles a kernel
@given(st.text(alphabet="0123456789", max_size=40))
def test_up_to_32_digits_are_kept_and_all_are_counted(digits):
    assert read(digits) == (digits[:32], len(digits), NO_PLUS, PLAIN)


@settings(deadline=None)  # the first example compiles a kernel
@given(st.binary(max_size=40))
def test_any_bytes_are_read(data):
    high, low, count, _, form = read_digits(np.frombuffer(data + b"0", np.uint8), 0, len(data))
    assert len(unpack(high) + unpack(low)) == min(count, 32)
    assert form in {PLAIN, FOREIGN, HASH_DIAL}


@settings(deadline=None)
@given(st.text("0123456789+-/: 9", max_size=20) | st.binary(max_size=20).map(lambda data: data.decode("latin-1")))
def test_what_is_plain_is_read_as_ever_and_what_is_not_is_left(text):
    data = np.frombuffer(b"9" + text.encode("latin-1") + b"9" * 16, np.uint8)
    end = 1 + len(text)
    number, count, plus_at = read_plain(data.ctypes.data, 1, end, data.size)
    digits = text.removeprefix("+")
    if text and len(digits) <= 16 and all(sign in "0123456789" for sign in digits):
        assert read_digits(data, 1, end) == (number, 0, count, plus_at, PLAIN)
    else:
        assert count == -1


def test_too_near_to_the_end_is_left():
    data = np.frombuffer(b"0312345678" + b"9" * 15, np.uint8)
    assert read_plain(data.ctypes.data, 0, 10, 25)[1] == -1
    assert read_plain(data.ctypes.data, 0, 9, 25)[1] == 9
