"""What one journal entry led to, and how parts of it are put together."""

from __future__ import annotations

import pyarrow as pa

from sekisho.core.tables import CALLS, REJECTS, WORD
from sekisho.flow.outcome import Outcome, concat, join, rejected

ROW = {
    "call_id": "a",
    "source": "sbc",
    "direction": "out",
    "line": "nobody",
    "number": "1",
    "start": 0,
    "company": "east",
    "file_sha256": "f1",
    "row": 7,
}


def words(*texts: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(texts).dictionary_encode().cast(WORD)], names=["word"])


def test_a_rejected_row_keeps_its_file_and_row_and_gets_a_reason():
    batch = pa.RecordBatch.from_pylist([ROW, ROW | {"file_sha256": "f2", "row": 8}], schema=CALLS)
    rejects = rejected(batch, "no number")
    assert rejects.schema.equals(REJECTS)
    assert rejects.to_pylist() == [
        {"file": "f1", "row": 7, "reason": "no number", "company": "east"},
        {"file": "f2", "row": 8, "reason": "no number", "company": "east"},
    ]


def test_rows_picked_from_a_batch_are_rejected_with_their_own_places():
    batch = pa.RecordBatch.from_pylist([ROW | {"row": row} for row in range(5)], schema=CALLS)
    assert rejected(batch.slice(2, 2), "no number").column("row").to_pylist() == [2, 3]
    assert rejected(batch.filter(pa.array([False] * 4 + [True])), "no number").column("row").to_pylist() == [4]


def test_batches_with_different_words_become_one():
    whole = concat([words("a", "b"), words("b", "c"), words("c")])
    assert isinstance(whole, pa.RecordBatch)
    assert whole.column("word").to_pylist() == ["a", "b", "b", "c", "c"]
    assert sorted(whole.column("word").dictionary.to_pylist()) == ["a", "b", "c"]


def test_joining_adds_numbers_and_appends_tables_in_their_order():
    outcome = Outcome(rated=words("a"), calls=1, duplicates=2, merged=3)
    join(outcome, Outcome(rated=words("b"), verdicts=words("v"), calls=10, duplicates=20, merged=30))
    assert outcome.rated.column("word").to_pylist() == ["a", "b"]
    assert outcome.verdicts.column("word").to_pylist() == ["v"]
    assert outcome.rejects is None
    assert (outcome.calls, outcome.duplicates, outcome.merged) == (11, 22, 33)


def test_joining_nothing_changes_nothing():
    outcome = Outcome(rejects=words("r"), calls=1)
    join(outcome, Outcome())
    assert outcome.rejects.column("word").to_pylist() == ["r"]
    assert (outcome.rated, outcome.verdicts, outcome.calls) == (None, None, 1)
