"""The heap of timers, against a model made of heapq and a dictionary."""

from __future__ import annotations

import heapq

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch.assign import make_lines
from sekisho.core.watch.book import NO_AIDS, open_book
from sekisho.core.watch.judged import new_calls, room_for_verdicts
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import FAR, NONE, new_state
from sekisho.core.watch.timers import arm, next_due

CONTRACTS = 6
BESIDE = (
    dials(Policy()),
    new_calls(1),
    np.zeros((1, PRICE_FIELDS), np.int64),
    np.zeros(1, np.int64),
    room_for_verdicts(8),
    NO_AIDS,
)


class Heap:
    """Six contracts and room for so many entries; the array is longer, so that an overflow shows and does no harm."""

    def __init__(self, room: int) -> None:
        state = new_state(CONTRACTS, 512)
        self.state = make_lines(state, CONTRACTS, automatic_hold=True, daily_limit=0, monthly_limit=0)
        self.book = open_book(self.state, *BESIDE)
        self.book["timer_room"] = room
        self.room = room

    def arm(self, contract: int, at: int) -> None:
        arm(self.book, contract, at)
        assert self.entries() <= self.room
        assert self.is_a_heap()

    def next_due(self, until: int) -> tuple[int, int] | None:
        """The contract and when it was due; its timer is then put away, as `advance` does."""
        contract = int(next_due(self.book, until))
        assert self.is_a_heap()
        if contract == NONE:
            return None
        at = int(self.state.contracts["armed_at"][contract])
        arm(self.book, contract, FAR)
        return at, contract

    def entries(self) -> int:
        return int(self.state.totals["timers"][0])

    def is_a_heap(self) -> bool:
        at = self.state.timers["at"][: self.entries()]
        return all(at[(place - 1) // 2] <= at[place] for place in range(1, at.size))


class Model:
    """The same with heapq: one instant a contract, entries whose instant no longer counts are dropped."""

    def __init__(self) -> None:
        self.armed: dict[int, int] = {}
        self.heap: list[tuple[int, int]] = []

    def arm(self, contract: int, at: int) -> None:
        self.armed.pop(contract, None)
        if at < FAR:
            self.armed[contract] = at
            heapq.heappush(self.heap, (at, contract))

    def due(self, until: int) -> tuple[int, set[int]] | None:
        """The instant that is due next, and who is due then."""
        while self.heap and self.armed.get(self.heap[0][1]) != self.heap[0][0]:
            heapq.heappop(self.heap)
        if not self.heap or self.heap[0][0] > until:
            return None
        at = self.heap[0][0]
        return at, {contract for contract, when in self.armed.items() if when == at}


ARMS = st.tuples(st.integers(0, CONTRACTS - 1), st.one_of(st.integers(0, 40), st.just(FAR)))
STEPS = st.lists(st.one_of(ARMS, st.integers(0, 45)), max_size=120)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.integers(CONTRACTS, 24))
def test_the_heap_says_what_heapq_says(steps, room):
    heap, model = Heap(room), Model()
    for step in [*steps, *[FAR - 1] * CONTRACTS]:
        if isinstance(step, tuple):
            heap.arm(*step)
            model.arm(*step)
            continue
        found, expected = heap.next_due(step), model.due(step)
        if expected is None:
            assert found is None
        else:
            at, who = expected
            assert found is not None
            assert found[0] == at
            assert found[1] in who
            model.arm(found[1], FAR)
    assert heap.next_due(FAR - 1) is None
    assert heap.entries() == 0


def test_the_earliest_comes_first():
    heap = Heap(100)
    for contract, at in enumerate((30, 10, 20, 60, 50, 40)):
        heap.arm(contract, at)
    assert [heap.next_due(100) for _ in range(7)] == [(10, 1), (20, 2), (30, 0), (40, 5), (50, 4), (60, 3), None]


def test_nothing_is_due_before_its_instant():
    heap = Heap(100)
    heap.arm(0, 10)
    assert heap.next_due(9) is None
    assert heap.next_due(10) == (10, 0)
    assert heap.next_due(10) is None


def test_only_the_last_instant_counts():
    heap = Heap(100)
    for at in (10, 5, 30):
        heap.arm(0, at)
    assert heap.next_due(29) is None
    assert heap.next_due(30) == (30, 0)


def test_a_timer_can_be_put_away():
    heap = Heap(100)
    heap.arm(0, 10)
    heap.arm(0, FAR)
    assert heap.next_due(FAR - 1) is None


def test_arming_the_same_instant_again_takes_no_room():
    heap = Heap(100)
    for _ in range(50):
        heap.arm(0, 10)
    assert heap.entries() == 1


def test_a_full_heap_sweeps_stale_entries_out():
    heap = Heap(4)
    for at in range(100, 0, -1):
        heap.arm(at % 3, at)
    assert [heap.next_due(200) for _ in range(4)] == [(1, 1), (2, 2), (3, 0), None]


def test_there_and_back_again_many_times_does_not_fill_the_heap():
    """Short calls beside a long one: a timer goes away from an instant and back to it. A sweep drops repeats, too."""
    heap = Heap(CONTRACTS)
    away_and_back = [(0, 10), (0, 30), (0, 10), (0, 20), (0, 10)]
    others = [(2, 30), (2, 10)]
    for contract, at in [*away_and_back, *others, (0, 20), (0, 10), (1, 10), (3, 20), (1, 11)]:
        heap.arm(contract, at)
    assert sorted(heap.next_due(100) for _ in range(4)) == [(10, 0), (10, 2), (11, 1), (20, 3)]
    assert heap.next_due(FAR - 1) is None
