"""Events in the order of time: numpy's stable sort is the oracle, for the buckets and for the radix sort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.instants import NEVER
from sekisho.core.watch.judged import new_calls
from sekisho.lab.ordering import Survey, events_of, in_order

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


def calls_of(rows):
    """Calls from (start, answer, end); None = never."""
    calls = new_calls(len(rows))
    for name, moments in zip(
        ("start", "answer", "end"), zip(*rows, strict=True) if rows else ((), (), ()), strict=True
    ):
        calls[name] = [NEVER if moment is None else moment for moment in moments]
    return calls


def told(rows, taken, live):
    """What must be told: (instant, 4 x row + event), sorted by instant alone."""
    events = [
        (moment, 4 * row + event)
        for row, moments in enumerate(rows)
        for event, moment in enumerate(moments)
        if taken[row] and moment is not None and (live or event == 2)
    ]
    return sorted(events, key=lambda event: event[0])


def check_events(rows, taken, live):
    calls, taken = calls_of(rows), np.array(taken, np.bool_)
    _, at, what = events_of(calls, taken, live=live)
    assert list(zip(at.tolist(), what.tolist(), strict=True)) == told(rows, taken.tolist(), live)


@given(st.data(), SPREADS, st.booleans())
@settings(deadline=None)
def test_events_are_told_in_order(data, spread, live):
    moment = st.integers(0, spread)
    rows = data.draw(st.lists(st.tuples(moment, st.none() | moment, st.none() | moment), max_size=40))
    check_events(rows, [data.draw(st.booleans()) for _ in rows], live)


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("outlier", [None, 0, 7 * 10**12])
def test_many_calls_nearly_in_order_even_with_a_broken_clock_among_them(live, outlier):
    chance = np.random.default_rng(5)
    starts = np.sort(chance.integers(1_795_456_377_000, 1_795_456_377_000 + 10**9, 5_000))
    if outlier is not None:
        starts[77] = outlier
    answers, ends = starts + chance.integers(0, 9_000, 5_000), starts + chance.integers(9_000, 10**7, 5_000)
    rows = [
        (start, None if row % 3 == 0 else answer, None if row % 11 == 0 else end)
        for row, (start, answer, end) in enumerate(zip(starts.tolist(), answers.tolist(), ends.tolist(), strict=True))
    ]
    check_events(rows, [row % 7 != 0 for row in range(5_000)], live)


def test_a_survey_counts_what_counts():
    calls = calls_of([(5, 7, 9), (6, None, None), (1, 2, 3), (8, None, 10)])
    calls["charge"] = [100, 0, 50, 7]
    calls["international"], calls["outgoing"] = [1, 1, 1, 1], [1, 0, 1, 1]
    taken = np.array([True, True, False, True])
    assert events_of(calls, taken, live=True)[0] == Survey(6, 5, 10, 2, 107, 2)
    assert events_of(calls, taken, live=False)[0] == Survey(2, 9, 10, 2, 107, 2)
