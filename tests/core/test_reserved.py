"""Reserved arrays: as long as asked for, of zeros, and longer without a copy."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.reserved import longer, reserve
from sekisho.core.terms.errors import LogDamaged


@pytest.mark.parametrize("rows", [0, 1, 5_000])
def test_it_is_as_long_as_asked_for_and_zero(rows):
    array = reserve(np.int64, rows)
    assert array.size == rows
    assert array.flags.writeable
    assert array.flags.c_contiguous
    assert not array.any()


def test_address_space_costs_no_memory():
    """A terabyte, of which one page at the end is used."""
    array = reserve(np.uint8, 1 << 40)
    array[-1] = 7
    assert (array[-1], array[0]) == (7, 0)


def test_it_grows_where_it_is():
    whole = reserve(np.int32, 1_000)
    rows = whole[:10]
    rows[:] = 3
    grown = longer(rows, 500)
    assert grown.ctypes.data == rows.ctypes.data
    assert grown.tolist() == [3] * 10 + [0] * 490
    assert longer(grown, 20).size == 20
    assert longer(whole, 7).size == 7


def test_it_grows_past_what_comes_in_small_pages():
    whole = reserve(np.int64, 4 << 20)
    few = longer(whole[:0], 1_000)
    few[:] = 5
    many = longer(few, 2 << 20)
    many[-1] = 9
    assert many.ctypes.data == few.ctypes.data
    assert (many[:1_000] == 5).all()
    assert not many[1_000:-1].any()
    small = reserve(np.uint8, 5 << 20)  # of which no end comes in large pages by itself
    assert not longer(small[:0], 5 << 20).any()


def test_more_than_was_reserved_is_refused():
    with pytest.raises(LogDamaged, match="one judge holds 1,000 rows"):
        longer(reserve(np.int32, 1_000)[:1], 1_001)


def test_it_may_hold_records_and_texts():
    kind = np.dtype([("a", np.int64), ("b", np.uint8)], align=True)
    assert reserve(kind, 3)["a"].tolist() == [0, 0, 0]
    assert reserve("S4", 2).tolist() == [b"", b""]
