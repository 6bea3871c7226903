from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.instants import DAY_MS, parse_rfc3339
from sekisho.lab.simulator.byte_rows import digits_filled, instant_rows, mixed, rows_of, text_column, uuid_rows

TEXTS = st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8), min_size=1, max_size=30)


@settings(deadline=None)
@given(TEXTS)
def test_rows_and_texts_are_inverse(texts):
    assert text_column(rows_of(texts, 8)).to_pylist() == texts


def test_zeros_inside_a_row_are_left_out():
    assert text_column(np.hstack([rows_of(["010", ""], 5), rows_of(["86", "110"], 3)])).to_pylist() == ["01086", "110"]


def test_a_text_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="longer than 3"):
        rows_of(["0120"], 3)


@settings(deadline=None)
@given(
    st.integers(0, 250_000_000_000_000),
    st.lists(st.integers(0, 400 * DAY_MS), min_size=1, max_size=20),
)
def test_instants_are_rfc_3339_to_the_millisecond(base, offsets):
    instants = [base + offset for offset in offsets]
    texts = text_column(instant_rows(np.array(instants, np.int64))).to_pylist()
    assert [parse_rfc3339(text) for text in texts] == instants
    assert all(len(text) == 24 for text in texts)


def test_an_instant_as_written():
    rows = instant_rows(np.array([1_795_456_377_045], np.int64))
    assert text_column(rows).to_pylist() == ["2026-11-23T17:52:57.045Z"]


def test_mixing_keeps_distinct_words_distinct():
    assert len(np.unique(mixed(np.arange(100_000, dtype=np.uint64)))) == 100_000


def test_blanks_are_filled_within_their_bounds_and_always_alike():
    words = np.arange(2_000, dtype=np.uint64)
    rows = digits_filled(np.repeat(rows_of(["03@#x"], 5), 2_000, axis=0), words)
    again = digits_filled(np.repeat(rows_of(["03@#x"], 5), 2_000, axis=0), words)
    texts = text_column(rows).to_pylist()
    assert {text[2] for text in texts} == set("23456789")
    assert {text[3] for text in texts} == set("0123456789")
    assert {text[:2] + text[4:] for text in texts} == {"03x"}
    assert (rows == again).all()


def test_a_uuid_spells_its_two_words():
    rows = uuid_rows(np.array([0x0123456789ABCDEF], np.uint64), np.array([0xFEDCBA9876543210], np.uint64))
    assert text_column(rows).to_pylist() == ["01234567-89ab-cdef-fedc-ba9876543210"]
