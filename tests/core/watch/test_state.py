"""The state's arrays: fresh rows, growth, marks and size."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import NEVER
from sekisho.core.watch.places import BLOCK, BLOCKS
from sekisho.core.watch.state import (
    ABROAD,
    AGREED,
    CALL_ID_BYTES,
    CONTRACT,
    FAR,
    LINE,
    NONE,
    OPEN_CALL,
    ROWS_AT_ONCE,
    SIGHT,
    TIMER,
    TOTALS,
    bytes_per_line,
    filled,
    new_state,
    touch,
    with_room,
)

ROWS = ("lines", "abroad", "contracts", "agreed", "open", "timers")


def some_rows(lines: int = 5, slots: int = 7, timers: int = 9, **room: int):
    """A state whose used rows hold numbers of their own."""
    state = new_state(**({"lines": 16, "open_calls": 16} | room))
    state.totals["lines"] = state.totals["contracts"] = lines
    state.totals["slots_used"], state.totals["timers"] = slots, timers
    state.lines["held_until"][:lines] = np.arange(lines)
    state.abroad["shares"][:lines] = np.arange(lines)[:, None] + 0.5
    state.contracts["month_spend"][:lines] = 100 + np.arange(lines)
    state.open["start"][:slots] = 200 + np.arange(slots)
    state.timers["at"][:timers] = 300 + np.arange(timers)
    return state


def test_a_fresh_line_knows_nothing():
    row = new_state(2, 2).lines[1]
    assert row["contract"] == NONE
    assert row["abroad"] == NONE, "nothing is remembered of calls abroad"
    for name in ("held_until", "asked_until", "alerted_at", "incoming_since", "signalled_at"):
        assert row[name] == NEVER
    for name in ("held_country", "asked_country", "incoming", "company", "signal"):
        assert row[name] == 0


def test_a_fresh_row_abroad_is_free():
    row = new_state(2, 2).abroad[1]
    assert row["line"] == NONE
    for name in ABROAD.names:
        assert name == "line" or not np.any(row[name])


def test_there_are_as_many_blocks_as_ever_will_be():
    state = with_room(new_state(2, 2), 5_000, 5_000, 1, 5_000)
    assert state.blocks.size == BLOCKS
    assert not state.blocks["key"].any()
    assert BLOCKS * BLOCK.itemsize <= 4_000_000


def test_a_fresh_contract_has_spent_nothing_and_has_no_timer():
    row = new_state(2, 2).contracts[1]
    assert (row["month"], row["first_month"], row["open_head"]) == (NONE, NONE, NONE)
    assert row["armed_at"] == FAR
    assert row["told_day"] == row["told_limits"] == row["agreed"] == row["lines"] == 0
    assert row["month_spend"] == row["last_spend"] == row["day_spend"].sum() == 0


def test_a_fresh_slot_is_free():
    row = new_state(2, 2).open[1]
    assert (row["line"], row["before"], row["after"], row["answer"]) == (NONE, NONE, NONE, NEVER)
    assert row["older"] == row["younger"] == NONE


def test_fresh_totals():
    totals = new_state(2, 2).totals[0]
    assert (totals["free_slot"], totals["oldest"], totals["youngest"]) == (NONE, NONE, NONE)
    assert (totals["free_abroad"], totals["abroad"]) == (NONE, 0)
    assert totals["now"] == totals["begun"] == NEVER
    assert totals["agreed"] == 1, "the policy's"
    assert totals["started"] == totals["ended"] == totals["slots_used"] == totals["timers"] == totals["lines"] == 0


def test_room_is_given_and_rows_are_kept():
    state = some_rows()
    grown = with_room(state, 100, 50, abroad=100)
    assert grown.lines.size >= 100
    assert grown.contracts.size >= 100
    assert grown.open.size >= 50
    assert grown.abroad.size >= 100
    assert grown.timers.size >= 2 * grown.open.size
    for name in ROWS:
        before = getattr(state, name)
        np.testing.assert_array_equal(getattr(grown, name)[: before.size], before)
    np.testing.assert_array_equal(grown.lines[16:], new_state(grown.lines.size - 16, 1).lines)


def test_growth_copies_nothing():
    """A decision would wait for it: at ten million lines it would be gigabytes."""
    state = some_rows()
    grown = with_room(state, 100_000, 5_000)
    for name in ROWS:
        assert getattr(grown, name).ctypes.data == getattr(state, name).ctypes.data


def test_where_there_is_room_nothing_changes():
    state = some_rows()
    same = with_room(state, 16, 16)
    assert all(getattr(same, name) is getattr(state, name) for name in ROWS)


def test_growth_makes_some_rows_in_advance_but_never_many():
    assert with_room(new_state(100, 100), 101, 101).lines.size == 200
    assert with_room(new_state(100, 100), 101, 101).open.size == 200
    large = new_state(100_000, 1)
    assert with_room(large, 100_001, 1).lines.size == 100_000 + ROWS_AT_ONCE


def test_there_is_an_end_to_it():
    with pytest.raises(LogDamaged, match="split over several"):
        with_room(new_state(1, 1), 1 << 40, 1)


def test_a_state_may_be_filled_with_rows_and_is_fresh_beyond_them():
    totals = np.ones(1, TOTALS)
    rows = {"lines": 1_500, "contracts": 1_500, "open": 3, "timers": 5_000}
    state = filled(new_state(), rows, totals)
    assert state.totals.tobytes() == totals.tobytes()
    for name, used in rows.items():
        beyond = getattr(state, name)[used:]
        np.testing.assert_array_equal(beyond, getattr(new_state(9_000, 9_000), name)[: beyond.size])
    assert (state.lines.size, state.open.size, state.timers.size) == (1_500, 1_024, 5_000)
    assert state.contract_marks.size == 1_500


def test_every_row_has_a_mark():
    state = with_room(new_state(3, 5), 70, 90)
    assert state.line_marks.size == state.contract_marks.size == state.lines.size
    assert state.open_marks.size == state.open.size
    assert not state.line_marks.any()


def test_what_is_changed_outside_the_kernel_is_marked():
    state = some_rows()
    touch(state, line=3)
    touch(state, contract=2, open=6, abroad=1, agreed=4)
    touch(state, open=NONE)
    marks = (state.line_marks, state.contract_marks, state.open_marks, state.abroad_marks, state.agreed_marks)
    assert [np.flatnonzero(each).tolist() for each in marks] == [[3], [2], [6], [1], [4]]


@pytest.mark.parametrize(
    "kind",
    [LINE, ABROAD, BLOCK, SIGHT, CONTRACT, AGREED, OPEN_CALL, TIMER],
    ids=["line", "abroad", "block", "sight", "contract", "agreed", "open", "timer"],
)
def test_kernels_may_read_the_records_in_place(kind):
    assert kind.isalignedstruct
    assert kind.itemsize % (4 if kind == SIGHT else 8) == 0


def test_a_line_stays_in_its_budget():
    """DESIGN §11: 400 bytes a line, on average; and what every call touches is one cache line of its contract."""
    assert bytes_per_line(0.0) == LINE.itemsize + CONTRACT.itemsize + 2
    assert bytes_per_line(1.0) == bytes_per_line(0.0) + ABROAD.itemsize + 1
    assert bytes_per_line() <= 400
    assert LINE.itemsize <= 64, "one cache line"
    assert CONTRACT.itemsize <= 176
    hot = ("month_spend", "last_spend", "bucket", "armed_at", "month", "first_month", "open_head", "told_multiple")
    for name in (*hot, "abroad_spend", "agreed", "automatic_hold", "limited"):
        kind, offset = CONTRACT.fields[name][:2]
        assert offset + kind.itemsize <= 64


def test_the_totals_are_plain_words():
    assert TOTALS.itemsize == 8 * len(TOTALS.names)
    assert CALL_ID_BYTES == 96
