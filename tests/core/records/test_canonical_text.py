"""CALLS as canonical CSV, and back."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.records.call_row import CallRow, calls_batch
from sekisho.core.records.canonical_csv import read
from sekisho.core.records.canonical_text import HEADER, canonical_csv
from sekisho.core.records.parsed import Provenance
from sekisho.core.records.source import default_profile

PROVENANCE = Provenance("f", "5e")
T = 1_795_456_377_000


def test_the_text_of_a_call():
    rows = [
        CallRow("c1", "edge", "out", "0312000000", "0106112345678", T, T + 5_120, T + 65_000, 200, 60_000),
        CallRow("c2", "edge", "in", "+81312000000", "", T, None, None, None, None),
    ]
    batch = calls_batch(rows, [2, 3], "east", PROVENANCE)
    text = (
        "call_id,source,direction,line,number,start,answer,end,cause,talk_ms\n"
        "c1,edge,out,0312000000,0106112345678,2026-11-23T17:52:57.000Z,2026-11-23T17:53:02.120Z,2026-11-23T17:54:02.000Z,200,60000\n"
        "c2,edge,in,+81312000000,,2026-11-23T17:52:57.000Z,,,,\n"
    )
    assert (HEADER + canonical_csv(batch)).decode() == text
    assert canonical_csv(pa.Table.from_batches([batch])) == canonical_csv(batch)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=8)
CALL_ROWS = st.builds(
    lambda call_id, line, number, rings, talks, cause: CallRow(
        call_id, "edge", "out", line, number, T, T + rings, T + rings + talks, cause, None
    ),
    WORDS,
    WORDS,
    WORDS | st.just(""),
    st.integers(0, 10**6),
    st.integers(0, 10**7),
    st.none() | st.integers(100, 699),
)


@given(st.lists(CALL_ROWS, min_size=1, max_size=10))
@settings(derandomize=True, deadline=None)
def test_what_was_written_is_read_back(rows):
    batch = calls_batch(rows, range(2, len(rows) + 2), "east", PROVENANCE)
    pieces = list(read(HEADER + canonical_csv(batch), default_profile("canonical", "x", "east"), PROVENANCE))
    back = pa.Table.from_batches([piece.calls for piece in pieces])
    assert sum(piece.tally.rejects for piece in pieces) == 0
    assert sorted(back.to_pylist(), key=lambda call: call["row"]) == batch.to_pylist()
