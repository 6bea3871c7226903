"""Calls in progress: whatever begins, ends and moves, started − ended = open, and every list is whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.instants import NEVER
from sekisho.core.units import PRICE_FIELDS, Price
from sekisho.core.watch.assign import join_contract, make_lines
from sekisho.core.watch.book import NO_AIDS, open_book
from sekisho.core.watch.judged import new_calls, room_for_verdicts
from sekisho.core.watch.open_calls import begin, conserved, finish, give_back, price_of, room_for_call
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import NONE, new_state

LINES = 6
ROOM = 8
BESIDE = (
    dials(Policy()),
    new_calls(1),
    np.zeros((1, PRICE_FIELDS), np.int64),
    np.zeros(1, np.int64),
    room_for_verdicts(8),
    NO_AIDS,
)


class Pool:
    """Six lines, each its own contract, and room for eight calls."""

    def __init__(self) -> None:
        state = make_lines(new_state(LINES, ROOM), LINES, automatic_hold=True, daily_limit=0, monthly_limit=0)
        self.state = state._replace(open=state.open[:ROOM])
        self.book = open_book(self.state, *BESIDE)
        self.open: dict[int, int] = {}  # slot → line: the model

    def begin(self, line: int) -> int | None:
        assert room_for_call(self.book) == (len(self.open) < ROOM)
        if len(self.open) == ROOM:
            return None
        slot = int(begin(self.book, line, int(self.state.lines["contract"][line]), 1_000 + line))
        assert slot not in self.open
        self.open[slot] = line
        return slot

    def finish(self, slot: int) -> None:
        finish(self.book, slot)
        del self.open[slot]

    def listed(self, contract: int) -> list[int]:
        """The slots in the list of a contract, walked forwards; the way back is checked on the way."""
        slots, before = [], NONE
        slot = int(self.state.contracts["open_head"][contract])
        while slot != NONE:
            assert self.state.open["before"][slot] == before
            slots.append(slot)
            before, slot = slot, int(self.state.open["after"][slot])
            assert len(slots) <= ROOM
        return slots

    def by_age(self) -> list[int]:
        """The slots of all open calls, oldest first."""
        slots, slot = [], int(self.state.totals["oldest"][0])
        while slot != NONE and len(slots) <= ROOM:
            slots.append(slot)
            slot = int(self.state.open["younger"][slot])
        return slots

    def give_up(self, slot: int) -> None:
        give_back(self.book, slot)
        self.state.totals["expired"] += 1
        del self.open[slot]

    def check(self) -> None:
        totals = self.state.totals[0]
        assert totals["started"] - totals["ended"] - totals["expired"] == len(self.open)
        assert conserved(self.state)
        assert self.by_age() == list(self.open), "in the order in which they were told"
        seen: list[int] = []
        for contract in range(LINES):
            slots = self.listed(contract)
            assert all(self.state.lines["contract"][self.open[slot]] == contract for slot in slots)
            seen += slots
        assert sorted(seen) == sorted(self.open)
        assert [int(self.state.open["line"][slot]) for slot in seen] == [self.open[slot] for slot in seen]
        free, slot = [], int(totals["free_slot"])
        while slot != NONE:
            free.append(slot)
            slot = int(self.state.open["after"][slot])
        assert sorted(free + seen) == list(range(int(totals["slots_used"])))
        assert all(self.state.open["line"][slot] == NONE for slot in free)


BEGIN = st.tuples(st.just("begin"), st.integers(0, LINES - 1), st.just(0))
FINISH = st.tuples(st.sampled_from(["finish", "give up"]), st.integers(0, 1_000), st.just(0))
JOIN = st.tuples(st.just("join"), st.integers(0, LINES - 1), st.integers(0, LINES - 1))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(BEGIN, FINISH, JOIN, BEGIN), max_size=60))
def test_whatever_happens_every_list_is_whole(steps):
    pool = Pool()
    for what, one, other in steps:
        if what == "begin":
            pool.begin(one)
        elif what == "give up" and pool.open:
            pool.give_up(sorted(pool.open)[one % len(pool.open)])
        elif what == "finish" and pool.open:
            pool.finish(sorted(pool.open)[one % len(pool.open)])
        elif what == "join":
            join_contract(pool.state, one, other)
        pool.check()
    for slot in list(pool.open):
        pool.finish(slot)
    pool.check()
    assert room_for_call(pool.book)


@pytest.mark.parametrize("field", ["started", "ended", "expired", "youngest", "oldest"])
def test_what_is_lost_is_seen(field):
    pool = Pool()
    for line in range(3):
        pool.begin(line)
    assert conserved(pool.state)
    pool.state.totals[field] += 1
    assert not conserved(pool.state)


def test_a_broken_list_is_seen():
    pool = Pool()
    for line in range(3):
        pool.begin(line)
    pool.state.open["younger"][0] = 0
    assert not conserved(pool.state)


def test_the_newest_call_stands_first():
    pool = Pool()
    slots = [pool.begin(0) for _ in range(3)]
    assert pool.listed(0) == slots[::-1]


def test_a_call_rings_at_first():
    pool = Pool()
    slot = pool.begin(2)
    call = pool.state.open[slot]
    assert (call["line"], call["start"], call["answer"]) == (2, 1_002, NEVER)


def test_a_slot_that_was_used_rings_again():
    pool = Pool()
    slot = pool.begin(2)
    pool.state.open["answer"][slot] = 5
    pool.finish(slot)
    assert pool.begin(3) == slot
    assert pool.state.open["answer"][slot] == NEVER


def test_the_last_slot_given_back_is_the_next_given_out():
    pool = Pool()
    slots = [pool.begin(0) for _ in range(4)]
    pool.finish(slots[1])
    pool.finish(slots[2])
    assert [pool.begin(0), pool.begin(0), pool.begin(0)] == [slots[2], slots[1], 4]


def test_a_full_pool_has_no_room_until_a_call_ends():
    pool = Pool()
    slots = [pool.begin(line % LINES) for line in range(ROOM)]
    assert not room_for_call(pool.book)
    pool.finish(slots[0])
    assert room_for_call(pool.book)


def test_the_price_of_a_call():
    pool = Pool()
    slot = pool.begin(0)
    pool.state.open["price"][slot] = (1, 2, 3, 4, 5, 6)
    assert Price(*price_of(pool.state.open[slot])) == Price(1, 2, 3, 4, 5, 6)
