"""The radix sort of events: numpy's stable sort is the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.lab.ordering import in_order

SPREADS = st.sampled_from([1, 3, 2_000, 2_048, 2_049, 10**7, 4 * 10**12, 1 << 61])


def check(at: np.ndarray) -> None:
    what = np.arange(at.size, dtype=np.int64)
    before = at.copy(), what.copy()
    sorted_at, sorted_what = in_order(at, what)
    expected = np.argsort(at, kind="stable")
    assert sorted_what.tolist() == expected.tolist()
    assert sorted_at.tolist() == at[expected].tolist()
    assert (at == before[0]).all()
    assert (what == before[1]).all()


@given(st.data(), SPREADS, st.integers(-(1 << 60), 1 << 60))
@settings(deadline=None)
def test_it_is_numpy_s_stable_sort(data, spread, first):
    ticks = data.draw(st.lists(st.integers(0, spread), max_size=60))
    check(np.array(ticks, np.int64) + first)


@pytest.mark.parametrize("spread", [5, 100_000, 4 * 10**12])
def test_many_events(spread):
    check(np.random.default_rng(spread).integers(1_795_456_377_000, 1_795_456_377_000 + spread, 50_000))


def test_equal_instants_keep_their_order():
    at, what = in_order(np.array([5, 3, 5, 3, 5]), np.array([10, 11, 12, 13, 14]))
    assert at.tolist() == [3, 3, 5, 5, 5]
    assert what.tolist() == [11, 13, 10, 12, 14]


@pytest.mark.parametrize("at", [[], [7], [1, 2, 2, 9]])
def test_what_is_in_order_stays(at):
    check(np.array(at, np.int64))
