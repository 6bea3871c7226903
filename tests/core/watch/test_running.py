"""Calls in progress, line by line."""

from __future__ import annotations

from sekisho.core.terms.instants import NEVER
from sekisho.core.watch.running import running
from sekisho.core.watch.state import NONE, WatchState, new_state

NOW = 10_000_000
CHAD_A_MINUTE = (60_000, 250_000, 60_000, 250_000, 0, 0)


def with_calls(*calls: tuple[int, int, int]) -> WatchState:
    """Open calls (line, answer, international), one a slot; line NONE is a free slot."""
    state = new_state(4, max(len(calls), 1))
    for slot, (line, answer, international) in enumerate(calls):
        call = state.open[slot]
        call["line"], call["answer"], call["international"] = line, answer, international
        call["price"] = CHAD_A_MINUTE
    state.totals["slots_used"] = len(calls)
    return state


def rows(state: WatchState) -> list[tuple[int, ...]]:
    lines, sums = running(state, NOW)
    return [(line, *each) for line, each in zip(lines.tolist(), sums.tolist(), strict=True)]


def test_nothing_in_progress():
    assert rows(with_calls()) == []
    assert rows(with_calls((NONE, NEVER, 0))) == []


def test_calls_are_summed_by_line():
    state = with_calls((2, NOW - 61_000, 1), (NONE, NOW, 1), (1, NEVER, 0), (2, NOW - 1_000, 0))
    assert rows(state) == [(1, 1, 0, 0), (2, 2, 1, 750_000)]


def test_a_unit_counts_from_the_instant_it_begins():
    assert rows(with_calls((0, NOW - 59_999, 1)))[0][3] == 250_000
    assert rows(with_calls((0, NOW - 60_000, 1)))[0][3] == 500_000
