"""Rows that share their call_id are found, all of them, whatever else is in the file."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.identity.calls import DUPLICATE, NEW, CallTable
from sekisho.core.identity.repeats import call_keys, repeated


def keys_of(rows):
    """Rows are (call_id, line, incoming)."""
    ids, lines, incoming = zip(*rows, strict=True) if rows else ((), (), ())
    out = np.empty(len(rows), np.uint64)
    call_keys(pa.array(ids, pa.string()), np.array(lines, np.int32), np.array(incoming, np.bool_), out)
    return out


def again(values):
    many = Counter(values)
    return [row for row, value in enumerate(values) if many[value] > 1]


ROWS = st.tuples(
    st.sampled_from(["a", "b", "", "0e6312b4-fc36-6beb-41e3-049ce68cd743", "あ" * 9]), st.integers(-1, 2), st.booleans()
)


@settings(deadline=None)
@given(st.lists(ROWS, max_size=30))
def test_a_call_is_known_by_its_id_line_and_direction(rows):
    assert repeated(keys_of(rows)).tolist() == again(rows)


def test_a_slice_of_a_column_has_the_keys_of_its_rows():
    ids, out = pa.array(["a", "b", "c", "d"]), np.empty(2, np.uint64)
    call_keys(ids.slice(1, 2), np.zeros(2, np.int32), np.zeros(2, np.bool_), out)
    assert out.tolist() == keys_of([("b", 0, False), ("c", 0, False)]).tolist()


@settings(deadline=None)
@given(st.lists(st.integers(1, 40) | st.integers(1, (1 << 64) - 1), max_size=80))
def test_keys_that_come_again_are_found(keys):
    assert repeated(np.array(keys, np.uint64)).tolist() == again(keys)


@pytest.mark.parametrize("spread", [10, 50_000, 1 << 62])
@pytest.mark.parametrize("size", [0, 1, 4_095, 4_096, 100_000])
def test_many_keys(size, spread):
    chance = np.random.default_rng(size)
    keys = chance.integers(1, spread, size).astype(np.uint64) << np.uint64(chance.integers(0, 2))
    assert repeated(keys).tolist() == again(keys.tolist())


def test_rows_that_are_not_found_are_calls_of_their_own_to_the_table_of_calls_as_well():
    rows = [(f"c{at % 750}", at % 3, at % 5 == 0) for at in range(1_000)]
    ids, lines, incoming = zip(*rows, strict=True)
    found = CallTable().admit(
        pa.array(ids),
        np.array(lines, np.int32),
        np.array(incoming, np.bool_),
        np.full(1_000, 4, np.uint8),
        np.full(1_000, 10**12),
        np.full(1_000, 10**12 + 9),
        0,
    )
    some = repeated(keys_of(rows))
    others = np.setdiff1d(np.arange(1_000), some)
    assert set(found.status[others].tolist()) == {NEW}
    assert (found.status[some] == DUPLICATE).sum() == (found.status == DUPLICATE).sum() > 0
