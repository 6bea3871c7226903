"""A dictionary written out is what Arrow decodes it to."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.records.written_out import lines_written_out, written_out
from sekisho.core.tables import CALLS, CALLS_OF_WORDS

WORDS = st.lists(st.text(max_size=40), min_size=1, max_size=12)


def dictionary(words: list[str], rows: list[int | None]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(rows, pa.int32()), pa.array(words, pa.string()))


@settings(max_examples=300, deadline=None)
@given(WORDS, st.data())
def test_any_words_in_any_order(words, data):
    rows = data.draw(st.lists(st.integers(0, len(words) - 1), max_size=60))
    first = data.draw(st.integers(0, len(rows)))
    column = dictionary(words, rows)[first:]
    told = written_out(column)
    told.validate(full=True)
    assert told.type == pa.string()
    assert told.equals(column.dictionary_decode())


@pytest.mark.parametrize(
    "column",
    [
        dictionary(["0312345678"], []),
        dictionary(["", ""], [0, 1, 0]),
        dictionary(["0312345678", "x"], [0, None, 1]),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int32()), pa.array(["a", None], pa.string())),
        pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int8()), pa.array(["a", "b"], pa.string())),
        pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int32()), pa.array(["a", "bc", "d"], pa.string())[1:]),
        pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int32()), pa.array(["a", "b"], pa.large_string())),
    ],
)
def test_none_empty_missing_narrow_sliced_and_wide_ones(column):
    assert written_out(column).cast(pa.string()).equals(column.dictionary_decode().cast(pa.string()))


def test_many_rows_of_telephone_numbers():
    words = [f"03{number:08d}" for number in range(5_000)]
    rows = np.random.default_rng(5).integers(0, len(words), 200_000)
    column = dictionary(words, rows.tolist())
    assert written_out(column).equals(column.dictionary_decode())


def test_calls_whose_lines_are_words_become_calls_and_others_stay():
    rows = [
        {"call_id": str(place), "source": "edge", "direction": "out", "line": line, "number": "110", "start": 0}
        | {"company": "east", "file_sha256": "", "row": place}
        for place, line in enumerate(["0312000000", "0312000001", "0312000000"])
    ]
    plain = pa.RecordBatch.from_pylist(rows, schema=CALLS)
    columns = [*plain.columns]
    columns[CALLS.get_field_index("line")] = plain.column("line").dictionary_encode()
    words = pa.RecordBatch.from_arrays(columns, schema=CALLS_OF_WORDS)
    assert lines_written_out(words).equals(plain)
    assert lines_written_out(plain) is plain
    assert lines_written_out(words.slice(1)).equals(plain.slice(1))
