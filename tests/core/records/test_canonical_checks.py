"""The rules of a call over whole columns agree with the rules for one row."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.records.call_row import LATEST, LONGEST_MS, BadRow, CallRow, check
from sekisho.core.records.canonical_checks import begins_with, broken_rows, holds_break, is_ascii, plain
from sekisho.core.tables import CALL_FIELDS, WORD

T = 1_795_456_377_000
GOOD = CallRow("c1", "edge", "out", "0312000000", "0106112345678", T, T + 5_000, T + 65_000, 200, 60_000)


def columns(rows):
    return [
        pa.array(values_of, pa.string()).dictionary_encode() if field.type == WORD else pa.array(values_of, field.type)
        for field, values_of in zip(CALL_FIELDS, zip(*rows, strict=True), strict=True)
    ]


TIMES = st.sampled_from(
    [0, 1, -1, T, T + 1, T - 1, T + LONGEST_MS, T + LONGEST_MS + 1, LATEST, LATEST - 1, 2**62, -(2**62)]
)
TEXTS = st.sampled_from(["", "c", "x" * 255, "x" * 256, "x" * 512, "x" * 513, "線" * 85, "線" * 86])
ROWS = st.builds(
    CallRow,
    TEXTS,
    st.sampled_from(["edge", "", "s" * 255, "s" * 256]),
    st.sampled_from(["in", "out", "", "up"]),
    TEXTS,
    TEXTS,
    TIMES,
    st.none() | TIMES,
    st.none() | TIMES,
    st.none() | st.sampled_from([0, 200, 999, 1_000, -1, 32_767]),
    st.none() | st.sampled_from([0, LONGEST_MS, LONGEST_MS + 1, -1, 2**62]),
)


def is_broken(row):
    try:
        check(row)
    except BadRow:
        return True
    return False


@given(st.lists(st.just(GOOD) | ROWS, min_size=1, max_size=20), st.integers(0, 3))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_columns_and_rows_break_the_same_rules(rows, skipped):
    arrays = [column.slice(skipped) for column in columns([GOOD] * skipped + rows)]
    assert broken_rows(arrays).tolist() == [is_broken(row) for row in rows]


@pytest.mark.parametrize("field", ["call_id", "source", "direction", "line", "number", "start"])
def test_what_may_not_be_null_is_broken_where_it_is(field):
    place = [f.name for f in CALL_FIELDS].index(field)
    arrays = columns([GOOD, GOOD])
    kind = CALL_FIELDS[place].type
    value = arrays[place][0].as_py()
    arrays[place] = (
        pa.array([value, None], pa.string()).dictionary_encode() if kind == WORD else pa.array([value, None], kind)
    )
    assert broken_rows(arrays).tolist() == [False, True]


def test_no_rows_break_nothing():
    assert broken_rows([column.slice(1) for column in columns([GOOD])]).tolist() == []


@pytest.mark.parametrize(
    ("texts", "found"),
    [(["a", '"b"'], True), (["a", 'b"'], False), ([], False), (["", ""], False), ([None, '"'], True)],
)
def test_a_text_that_begins_with_a_quote(texts, found):
    assert begins_with(pa.array(texts, pa.string()), '"') is found


@pytest.mark.parametrize(("texts", "found"), [(["a", "b\n"], True), (["\r"], True), (["a", None], False), ([], False)])
def test_a_text_with_a_line_break(texts, found):
    assert holds_break(pa.array(texts, pa.string())) is found
    assert not holds_break(pa.array([*texts, "x"], pa.string()).slice(len(texts)))


@settings(deadline=None)
@given(st.lists(st.text(max_size=30) | st.text("abc", min_size=60, max_size=200), max_size=9), st.integers(0, 5))
def test_a_text_that_is_not_ascii_is_found(texts, first):
    column = pa.array(texts, pa.string()).slice(first)
    assert is_ascii(column) is all(text.isascii() for text in texts[first:])


def test_a_column_in_chunks_is_one_array():
    assert plain(pa.chunked_array([[1, 2], [3]])).to_pylist() == [1, 2, 3]
    assert plain(pa.chunked_array([[1, 2]])).to_pylist() == [1, 2]
    assert plain(pa.array([1])).to_pylist() == [1]
