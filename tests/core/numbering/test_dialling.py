"""Text → form: the grammar of dialling, before anything is looked up; and what a line is called."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.digits.packed import pack, unpack
from sekisho.core.numbering.dialling import (
    BARE,
    FOREIGN_NUMBER,
    FREE_FORM,
    HASHED,
    LOCAL,
    MASKED_NUMBER,
    NATIONAL,
    NO_FORM,
    SHORT,
    TRUNK,
    form_in_full,
    form_of,
    form_of_digits,
    is_japanese,
    line_identity,
)
from sekisho.core.numbering.reading import read_digits


def as_bytes(text):
    return np.frombuffer(text.encode() + b"0", np.uint8), 0, len(text.encode())


def form(text, *, outgoing=True):
    kind, number, count = form_of(*as_bytes(text), outgoing)
    digits = unpack(number)
    assert len(digits) == min(count, 16)
    return kind, digits


@pytest.mark.parametrize(
    ("text", "kind", "digits"),
    [
        ("0312345678", TRUNK, "312345678"),
        ("0110", TRUNK, "110"),
        ("0033-03-1234-5678", TRUNK, "312345678"),
        ("184-090-1234-5678", TRUNK, "9012345678"),
        ("+81 3-1234-5678", NATIONAL, "312345678"),
        ("+81 (0)3-1234-5678", TRUNK, "312345678"),
        ("010-81-3-1234-5678", NATIONAL, "312345678"),
        ("+81110", NATIONAL, "110"),
        ("+810033010441234", FOREIGN_NUMBER, "441234"),
        ("110", SHORT, "110"),
        ("184110", SHORT, "110"),
        ("177", SHORT, "177"),
        ("22345678", LOCAL, "22345678"),
        ("221234", LOCAL, "221234"),
        ("0077-780-777", FREE_FORM, "0077780777"),
        ("0088-22-1234", FREE_FORM, "0088221234"),
        ("0037-6-12345", FREE_FORM, "0037612345"),
        ("0066-98-1234", FREE_FORM, "0066981234"),
        ("#9110", HASHED, "9110"),
        ("010-61-2-9374-4000", FOREIGN_NUMBER, "61293744000"),
        ("+61293744000", FOREIGN_NUMBER, "61293744000"),
        ("+010 61293744000", FOREIGN_NUMBER, "61293744000"),
        ("010 0123", FOREIGN_NUMBER, "0123"),
        ("010", FOREIGN_NUMBER, ""),
        ("+", FOREIGN_NUMBER, ""),
        ("010-23456-****", MASKED_NUMBER, "23456"),
        ("+1234567890123456", MASKED_NUMBER, "1234567890123456"),
        ("0101234567890123456", MASKED_NUMBER, "1234567890123456"),
        ("03-1234-****", NO_FORM, ""),
        ("+813-1234-****", NO_FORM, ""),
        ("+81", NO_FORM, ""),
        ("+81 010 81 312345678", NO_FORM, ""),
        ("03+12345678", NO_FORM, ""),
        ("0061293744000", NO_FORM, "0061293744000"),
        ("00", NO_FORM, "00"),
        ("#911", NO_FORM, ""),
        ("110x", NO_FORM, ""),
        ("1001", NO_FORM, "1001"),
        ("12345678", NO_FORM, "12345678"),
        ("0" * 40, NO_FORM, ""),
        ("anonymous", NO_FORM, ""),
        ("", NO_FORM, ""),
        ("-", NO_FORM, ""),
    ],
)
def test_a_dialled_number_has_a_form(text, kind, digits):

    assert form(text) == (kind, digits)


@pytest.mark.parametrize(
    ("text", "kind", "digits"),
    [
        ("81312345678", NATIONAL, "312345678"),
        ("0312345678", TRUNK, "312345678"),
        ("+81312345678", NATIONAL, "312345678"),
        ("18455551234", BARE, "18455551234"),
        ("442071234567", BARE, "442071234567"),
        ("010442071234567", FOREIGN_NUMBER, "442071234567"),
        ("1001", BARE, "1001"),
        ("anonymous", NO_FORM, ""),
        ("", NO_FORM, ""),
    ],
)
def test_a_caller_has_a_form(text, kind, digits):
    assert form(text, outgoing=False) == (kind, digits)


@settings(deadline=None)  # the first example compiles a kernel
@given(st.text(alphabet="0123456789+-#*; a", max_size=40), st.booleans())
def test_any_text_has_a_form(text, outgoing):
    kind, digits = form(text, outgoing=outgoing)
    assert NO_FORM <= kind <= MASKED_NUMBER
    assert len(digits) <= 16
    assert kind != NO_FORM or digits in "".join(filter(str.isdigit, text)), "what was dialled, and nothing else"


@settings(deadline=None)  # the first example compiles a kernel
@given(
    st.sampled_from(["010", "+", "001010", "0033-010", "184+", "186 010", "122-0033-010-", "+010"]),
    st.text(alphabet="012345679", min_size=1, max_size=30),
)
def test_what_is_dialled_abroad_never_becomes_domestic(before, digits):
    kind, _ = form(before + digits)
    assert kind in {FOREIGN_NUMBER, MASKED_NUMBER}


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("0312345678", "81312345678"),
        ("03-1234-5678", "81312345678"),
        ("+81312345678", "81312345678"),
        ("+81-3-1234-5678", "81312345678"),
        ("+81 (0)3-1234-5678", "81312345678"),
        ("81312345678", "81312345678"),
        ("05012345678", "815012345678"),
        ("+12125550100", "12125550100"),
        ("1001", "1001"),
        ("0", "0"),
        ("00123", "00123"),
        ("0106112345678", "0106112345678"),
        ("12345678901234567", ""),
        ("3+1", ""),
        ("alice", ""),
        ("#9110", ""),
        ("", ""),
    ],
)
def test_a_line_has_one_identity(text, identity):
    assert unpack(line_identity(*as_bytes(text))) == identity


def test_japanese_numbers_begin_with_81():
    assert is_japanese(np.uint64(pack("81312345678")))
    assert not is_japanese(np.uint64(pack("8")))
    assert not is_japanese(np.uint64(pack("82212345678")))


def as_read(text):
    high, low, count, plus_at, kind = read_digits(*as_bytes(text))
    return np.uint64(high), np.uint64(low), count, plus_at, kind


HEADS = st.sampled_from(["", "0", "00", "010", "01081", "0100", "+", "+010", "184", "1860", "122010", "0033010", "00"])


@settings(deadline=None, max_examples=500)
@given(HEADS, st.text("0123456789", max_size=34), st.sampled_from(["", "", "#", "x", ";9", "+"]), st.booleans())
def test_the_short_way_decides_as_the_long_one(head, digits, tail, outgoing):
    text = head + digits + tail
    read = as_read(text)
    assert form_of_digits(*read, outgoing) == form_in_full(*read, outgoing)


@pytest.mark.parametrize("length", range(1, 19))
@pytest.mark.parametrize("head", ["0", "01", "010", "0108", "01081", "00", "0000000"])
def test_the_short_way_at_every_length(head, length):
    for digit in "019":
        text = (head + digit * 20)[:length]
        for outgoing in (True, False):
            read = as_read(text)
            assert form_of_digits(*read, outgoing) == form_in_full(*read, outgoing)
