"""Arrow columns as kernels take them: whatever the slice, what pyarrow says of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.columns import among, figures, filled, padded, picked

WORDS = pa.dictionary(pa.int32(), pa.string())


def test_figures_are_a_view_without_offset():
    column = pa.array([1, 2, None, 4], pa.int64()).slice(1)
    assert figures(column)[[0, 2]].tolist() == [2, 4]
    assert figures(column).dtype == np.int64
    assert figures(pa.array([7], pa.int16())).dtype == np.int16
    assert figures(pa.array([], pa.int64())).size == 0
    assert not figures(column).flags.writeable


@settings(deadline=None)
@given(st.lists(st.none() | st.integers(-(1 << 62), 1 << 62), max_size=40), st.integers(0, 12), st.integers(0, 40))
def test_nulls_are_filled_in(values, first, length):
    for kind in (pa.int64(), pa.timestamp("ms", "UTC")):
        column = pa.array(values, pa.int64()).cast(kind).slice(first, length)
        expected = [-5 if value is None else value for value in values[first : first + length]]
        found = filled(column, -5)
        assert found.tolist() == expected
        assert not found.flags.writeable


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), max_size=40))
def test_values_are_picked_by_their_places(places):
    for values in (np.array([7, 5, 3, 2, 1 << 63], np.uint64), np.arange(5, dtype=np.int32), np.arange(5) > 2):
        found = picked(values, np.array(places, np.int32))
        assert found.dtype == values.dtype
        assert found.tolist() == [values.tolist()[place] for place in places]


@pytest.mark.parametrize("place", [-1, 5, 1 << 30, -(1 << 31)])
def test_a_place_that_is_not_there_is_an_error(place):
    with pytest.raises(IndexError, match="beyond the 5"):
        picked(np.arange(5), np.array([0, place, 1], np.int32))


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["in", "out", "", "é"]), max_size=20),
    st.integers(0, 8),
    st.sampled_from([WORDS, pa.string()]),
)
def test_words_are_found(words, first, kind):
    column = pa.array(words, pa.string()).cast(kind).slice(first)
    for wanted in (frozenset(), frozenset(("in",)), frozenset(("", "out"))):
        assert among(column, wanted).tolist() == [word in wanted for word in words[first:]]


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), max_size=20), st.integers(0, 8))
def test_texts_become_byte_strings(texts, first):
    column = pa.array(texts, pa.string()).slice(first)
    expected = [text.encode().rstrip(b"\0") for text in texts[first:]]
    assert padded(column).tolist() == expected


@pytest.mark.parametrize("texts", [["0312000000", "", "あ"], [None, "x"]])
def test_a_null_text_is_empty(texts):
    assert padded(pa.array(texts, pa.string())).tolist() == [(text or "").encode() for text in texts]
