"""Tables survive being a message's body, dictionaries and slices included."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sekisho.bodies import batches_of, body_of
from sekisho.core.tables import WORD

SCHEMA = pa.schema([pa.field("word", WORD), pa.field("text", pa.string()), pa.field("count", pa.int64())])


def table(words: list[str]) -> pa.RecordBatch:
    columns = [pa.array(words, pa.string()).dictionary_encode(), pa.array(words, pa.string()), range(len(words))]
    return pa.RecordBatch.from_arrays([columns[0], columns[1], pa.array(list(columns[2]), pa.int64())], schema=SCHEMA)


def rows(batches: list[pa.RecordBatch]) -> list[dict]:
    return [row for batch in batches for row in batch.to_pylist()]


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=1, max_size=5))
def test_batches_with_different_dictionaries_come_back(words):
    batches = [table(each) for each in words]
    back = batches_of(body_of(batches, SCHEMA))
    assert rows(back) == rows(batches)
    assert all(batch.schema == SCHEMA for batch in back)


def test_a_slice_takes_only_its_own_rows():
    batch = table([f"{number:040d}" for number in range(1000)])
    body = body_of([batch.select(["word", "text", "count"]).slice(500, 2)], SCHEMA)
    assert rows(batches_of(body)) == rows([batch.slice(500, 2)])


def test_the_same_batches_give_the_same_bytes():
    assert body_of([table(["a", "b"])], SCHEMA) == body_of([table(["a", "b"])], SCHEMA)
