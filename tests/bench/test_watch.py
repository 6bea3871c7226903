"""The calls whose state is measured: as many lines as were asked for, none twice, some of them still up."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from sekisho.bench import watch
from sekisho.bodies import batches_of
from sekisho.core.tables import CALLS


def test_lines_are_distinct_from_piece_to_piece_and_some_calls_are_up(monkeypatch):
    monkeypatch.setattr(watch, "PIECE", 300)
    monkeypatch.setattr(watch, "ENTRY_ROWS", 250)
    batches = [batch for body in watch.entries(1_000) for batch in batches_of(body)]
    calls = pa.Table.from_batches(batches)
    assert calls.schema == CALLS
    assert calls.num_rows == 2_000
    assert len(calls.column("line").unique()) == 1_000
    assert len(calls.column("call_id").unique()) == 2_000
    assert 5 < calls.column("end").null_count < 60
    starts = calls.column("start").cast(pa.int64()).to_numpy()
    assert (np.diff(starts) >= 0).all()


@pytest.mark.parametrize("first", [0, 9_000_000])
def test_every_line_is_a_number_in_tokyo(first):
    made = watch.calls_of_lines(np.random.default_rng(1), first, 50, 1_788_000_000_000)
    lines = made.column("line").unique().to_pylist()
    assert sorted(lines) == [f"03{20_000_000 + first + at}" for at in range(50)]
