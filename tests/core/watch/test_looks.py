"""When a call abroad in progress is looked at again."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.watch.desk import Desk

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, NEVER
from sekisho.core.watch.looks import LOOKS_MS, look_due, next_look_at
from sekisho.core.watch.open_calls import begin, finish
from sekisho.core.watch.state import FAR, NO_LOOKS

NOON = 1_780_000_020_000


def talking(desk: Desk, answer: int, looks: int = 0, line: int = 0) -> int:
    slot = int(begin(desk.book, line, int(desk.line(line)["contract"]), NOON - 5_000))
    desk.state.open["answer"][slot], desk.state.open["sight"]["looks"][slot] = answer, looks
    return slot


def test_looks_begin_after_a_minute_and_grow_rarer():
    gaps = np.diff(np.concatenate([[0], LOOKS_MS]))
    assert LOOKS_MS[0] == MINUTE_MS
    assert (np.diff(gaps) >= 0).all()
    assert LOOKS_MS[-1] == 8 * HOUR_MS
    assert LOOKS_MS.size < NO_LOOKS


@pytest.mark.parametrize("looks", range(LOOKS_MS.size))
def test_each_look_is_due_so_long_after_the_answer(looks):
    desk = Desk()
    slot = talking(desk, NOON, looks)
    assert look_due(desk.state.open[slot]) == NOON + LOOKS_MS[looks]


@pytest.mark.parametrize("looks", [LOOKS_MS.size, NO_LOOKS])
def test_after_the_last_and_for_an_old_habit_there_is_none(looks):
    desk = Desk()
    assert look_due(desk.state.open[talking(desk, NOON, looks)]) == FAR


def test_a_ringing_call_is_not_looked_at():
    desk = Desk()
    assert look_due(desk.state.open[talking(desk, NEVER)]) == FAR


def test_the_earliest_of_a_contracts_calls_counts():
    desk = Desk()
    contract = desk.state.contracts[0]
    assert next_look_at(desk.book, contract) == FAR
    talking(desk, NOON + 7_000)
    slot = talking(desk, NOON + 1_000)
    talking(desk, NOON, looks=1)
    talking(desk, NOON - HOUR_MS, line=1)  # another contract's
    assert next_look_at(desk.book, contract) == NOON + 1_000 + MINUTE_MS
    finish(desk.book, slot)
    assert next_look_at(desk.book, contract) == NOON + 7_000 + MINUTE_MS
