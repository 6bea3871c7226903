"""Calls loaded all at once are the calls that the live judge tells apart row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.identity.calls import DUPLICATE, MERGED, NEW, NO_LINE, CallTable
from sekisho.core.identity.lines import LineTable
from sekisho.core.numbering.plan import build_plan
from sekisho.core.rating.tariff import parse_tariff
from sekisho.core.tables import CALLS
from sekisho.core.terms.instants import DAY_MS, MINUTE_MS, NEVER, parse_rfc3339
from sekisho.flow.stages import Stages
from sekisho.lab import loading
from sekisho.lab.loading import load

HIKARI = parse_tariff((Path(__file__).parents[2] / "examples/tariffs/hikari-style.csv").read_bytes(), "hikari.csv")
NIGHT = parse_rfc3339("2026-11-23T17:52:57Z")


def stages():
    made = Stages(build_plan(), LineTable(), CallTable())
    made.tariffs["east"] = HIKARI
    return made


def row(call_id, line="0312000000", start=NIGHT, answer=None, end=None, direction="out"):
    return {
        "call_id": call_id,
        "source": "sbc",
        "direction": direction,
        "line": line,
        "number": "01023276000001",
        "start": start,
        "answer": answer,
        "end": end,
        "company": "east",
        "file_sha256": "f",
        "row": 1,
    }


def batches_of(rows, size):
    whole = pa.RecordBatch.from_pylist(rows, schema=CALLS)
    return [whole.slice(first, size) for first in range(0, len(rows), size)]


def one_by_one(rows):
    """The statuses that the table of calls gives, row by row."""
    made, table, found = stages(), CallTable(), []
    for place, batch in enumerate(batches_of(rows, 1)):
        told = made.describe(batch, "east", place)
        start, end = (np.ascontiguousarray(told.calls[name]) for name in ("start", "end"))
        incoming, ids = told.calls["outgoing"] == 0, batch.column("call_id")
        found += table.admit(ids, told.line_rows, incoming, told.bits, start, end, 0, place).status.tolist()
    return found


def test_a_call_told_three_times_is_one_call():
    rows = [row("a"), row("b"), row("a", answer=NIGHT + 5_000), row("a", answer=NIGHT + 5_000, end=NIGHT + 9_000)]
    heard = []
    loaded = load(batches_of(rows, 3), stages(), "east", heard.append, 0)
    assert loaded.status.tolist() == [NEW, NEW, MERGED, MERGED]
    assert (loaded.calls["answer"][0], loaded.calls["end"][0]) == (NIGHT + 5_000, NIGHT + 9_000)
    assert loaded.calls["charge"][0] == 175_000
    assert loaded.calls["end"][1] == NEVER
    assert heard == [3, 1]


def test_a_repeat_is_a_duplicate_and_a_line_that_is_no_number_is_refused():
    rows = [
        row("a", end=NIGHT),
        row("a", end=NIGHT),
        row("a", end=NIGHT, direction="in"),
        row("b", line="tanaka"),
        row("b", line="tanaka"),
    ]
    assert load(batches_of(rows, 2), stages(), "east", lambda _: None, 99).status.tolist() == [
        NEW, DUPLICATE, NEW, NO_LINE, NO_LINE,
    ]  # fmt: skip


def test_no_call_is_too_old_for_a_backtest():
    rows = [row("a", end=NIGHT), row("b", start=NIGHT - 41 * DAY_MS, end=NIGHT - 41 * DAY_MS)]
    assert load(batches_of(rows, 2), stages(), "east", lambda _: None, 2).status.tolist() == [NEW, NEW]


def test_texts_are_found_again():
    rows = [row(f"c{at}", line=("0312000000", "+81312000001")[at % 2]) for at in range(10)]
    loaded = load(batches_of(rows, 4), stages(), "east", lambda _: None, 10)
    assert loaded.texts_of(np.array([9, 0, 3, 4])) == (
        ["c9", "c0", "c3", "c4"],
        ["+81312000001", "0312000000", "+81312000001", "0312000000"],
    )
    assert loaded.texts_of(np.zeros(0, np.int64)) == ([], [])


def test_no_rows_are_no_calls():
    assert load([], stages(), "east", lambda _: None, 0).calls.size == 0


MOMENTS = st.integers(0, 8).map(lambda minutes: NIGHT + minutes * MINUTE_MS)
ROWS = st.builds(
    row,
    st.sampled_from(["a", "b", "c", "d"]),
    st.sampled_from(["0312000000", "+81312000000", "0612000002", "tanaka"]),
    MOMENTS,
    st.none() | MOMENTS,
    st.none() | MOMENTS,
    st.sampled_from(["out", "in"]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(ROWS, min_size=1, max_size=25), st.integers(1, 9), st.integers(1, 9))
def test_all_at_once_is_one_by_one(rows, size, at_once):
    before = loading._AT_ONCE
    loading._AT_ONCE = at_once
    try:
        loaded = load(batches_of(rows, size), stages(), "east", lambda _: None, 0)
    finally:
        loading._AT_ONCE = before
    assert loaded.status.tolist() == one_by_one(rows)
