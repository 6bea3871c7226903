"""The three forms of a line's text, and what is none of them."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.digits.packed import pack
from sekisho.core.identity.line_texts import BARE, NATIONAL, OTHERWISE, PLUS, UNWRITTEN, forms_of, written

CASES = [
    ("81312000000", "+81312000000", PLUS),
    ("81312000000", "0312000000", NATIONAL),
    ("81312000000", "81312000000", BARE),
    ("81312000000", "03-1200-0000", OTHERWISE),
    ("81312000000", "0312000001", OTHERWISE),
    ("81312000000", "03120000000", OTHERWISE),
    ("81312000000", "031200000", OTHERWISE),
    ("12025550123", "12025550123", BARE),
    ("12025550123", "02025550123", OTHERWISE),
]


@pytest.mark.parametrize(("number", "text", "form"), CASES)
def test_a_text_has_the_form_it_follows_from(number, text, form):
    assert forms_of(np.array([pack(number)], np.uint64), np.array([text.encode()], np.bytes_)).tolist() == [form]
    if form != OTHERWISE:
        assert written(pack(number), form) == text


def test_many_at_once_and_none():
    numbers = np.array([pack(number) for number, _, _ in CASES], np.uint64)
    texts = np.array([text.encode() for _, text, _ in CASES], np.bytes_)
    assert forms_of(numbers, texts).tolist() == [form for _, _, form in CASES]
    assert forms_of(numbers[:0], texts[:0]).tolist() == []


def test_what_was_never_written_is_empty():
    assert written(pack("81312000000"), UNWRITTEN) == ""
