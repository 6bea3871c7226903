"""Fields at an address: what they mean and what they refuse. Whole blocks: test_canonical_scan.py."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.records.plain_fields import NOT_PLAIN, day_of, number_of, same, time_of
from sekisho.core.terms.instants import DAY_MS, format_rfc3339

PAD = b",,,,,,,,,,,,,,,,"


def placed(text):
    """A text among separators: (what holds it, its address, its size)."""
    data = text.encode("latin-1")
    held = np.frombuffer(PAD + data + PAD, np.uint8)
    return held, int(held.ctypes.data) + len(PAD), len(data)


def number(text, longest=15):
    held, at, size = placed(text)
    found = number_of(at, size, longest)
    assert held.size
    return found


def time(text):
    held, at, size = placed(text)
    found = time_of(at, size)
    assert held.size
    return found


@settings(deadline=None)
@given(st.integers(0, 10**15 - 1), st.integers(0, 15))
def test_digits_are_their_number(value, width):
    text = str(value).rjust(width, "0")[-15:]
    assert number(text) == int(text)


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=255), max_size=17), st.integers(1, 15))
def test_a_number_is_digits_and_not_too_many(text, longest):
    plain = len(text) <= longest and all(sign in "0123456789" for sign in text)
    assert number(text, longest) == ((int(text) if text else 0) if plain else NOT_PLAIN)


@settings(deadline=None)
@given(st.integers(0, DAY_MS - 1), st.booleans())
def test_every_time_of_a_day(instant, fine):
    instant -= 0 if fine else instant % 1_000
    text = format_rfc3339(instant)
    if fine and "." not in text:
        text = text.replace("Z", ".000Z")
    assert time(text) == instant


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(["2026-11-23T17:52:57Z", "2026-11-23T17:52:57.250Z"]),
    st.integers(10, 23),
    st.characters(max_codepoint=255),
)
def test_one_wrong_sign_makes_no_time_or_another_one(text, at, sign):
    if at >= len(text):
        return
    changed = text[:at] + sign + text[at + 1 :]
    form = "".join("0" if each in "0123456789" else each for each in changed)
    hour, minute, second = changed[11:13], changed[14:16], changed[17:19]
    plain = form == "".join("0" if each in "0123456789" else each for each in text)
    plain = plain and int(hour) < 24 and int(minute) < 60 and int(second) < 60
    assert (time(changed) != NOT_PLAIN) == plain


@pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "2026-00-10", "1969-12-31", "2026-04-31", "202x-01-01"])
def test_no_such_day(text):
    held, at, _ = placed(text + "T00:00:00Z")
    words = np.frombuffer(held[at - int(held.ctypes.data) :][:16].tobytes(), np.uint64)
    assert day_of(words[0], words[1]) == NOT_PLAIN


@settings(deadline=None)
@given(st.text("ab", max_size=20), st.text("ab", max_size=20))
def test_texts_of_one_size_are_the_same_where_all_bytes_are(one, other):
    other = (other + one)[: len(one)]
    (held, at, size), (held_too, at_too, _) = placed(one), placed(other)
    assert same(at, at_too, size) == (one == other)
    assert held.size == held_too.size
