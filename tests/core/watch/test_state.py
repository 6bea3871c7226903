"""The state's arrays: fresh rows, growth, size, and the way through a snapshot."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.terms.errors import LogDamaged
from sekisho.core.watch.state import (
    AGREED,
    CALL_ID_BYTES,
    CONTRACT,
    FAR,
    LINE,
    NEVER,
    NONE,
    OPEN_CALL,
    TIMER,
    TOTALS,
    bytes_per_line,
    from_arrays,
    new_state,
    to_arrays,
    with_room,
)

ROWS = ("lines", "contracts", "agreed", "open", "timers")


def filled(lines: int = 5, slots: int = 7, timers: int = 9, **room: int):
    """A state whose used rows hold numbers of their own."""
    state = new_state(**({"lines": 16, "open_calls": 16} | room))
    state.totals["lines"] = state.totals["contracts"] = lines
    state.totals["slots_used"], state.totals["timers"] = slots, timers
    state.lines["scored_at"][:lines] = np.arange(lines)
    state.lines["shares"][:lines] = np.arange(lines)[:, None, None] + 0.5
    state.contracts["month_spend"][:lines] = 100 + np.arange(lines)
    state.open["start"][:slots] = 200 + np.arange(slots)
    state.timers["at"][:timers] = 300 + np.arange(timers)
    return state


def test_a_fresh_line_knows_nothing():
    row = new_state(2, 2).lines[1]
    assert row["contract"] == NONE
    for name in ("scored_at", "held_until", "alerted_at", "counted_at", "first_seen"):
        assert row[name] == NEVER
    for name in ("score", "shares", "calls", "country", "country_calls", "last_number"):
        assert not np.any(row[name])


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
    assert totals["now"] == totals["begun"] == NEVER
    assert totals["agreed"] == 1, "the policy's"
    assert totals["started"] == totals["ended"] == totals["slots_used"] == totals["timers"] == totals["lines"] == 0


def test_room_is_given_and_rows_are_kept():
    state = filled()
    grown = with_room(state, 100, 50)
    assert grown.lines.size >= 100
    assert grown.contracts.size >= 100
    assert grown.open.size >= 50
    assert grown.timers.size >= 2 * grown.open.size
    for name in ROWS:
        before = getattr(state, name)
        np.testing.assert_array_equal(getattr(grown, name)[: before.size], before)
    np.testing.assert_array_equal(grown.lines[16:], new_state(grown.lines.size - 16, 1).lines)


def test_where_there_is_room_nothing_is_copied():
    state = filled()
    same = with_room(state, 16, 16)
    assert all(getattr(same, name) is getattr(state, name) for name in ROWS)


def test_growth_doubles_so_that_it_is_rare():
    assert with_room(new_state(100, 100), 101, 101).lines.size == 200
    assert with_room(new_state(100, 100), 101, 101).open.size == 200


def test_a_snapshot_holds_used_rows_only_and_comes_back():
    state = filled()
    arrays = to_arrays(state)
    assert {name: rows.size for name, rows in arrays.items()} == {
        "watch.lines": 5,
        "watch.contracts": 5,
        "watch.agreed": 1,
        "watch.open": 7,
        "watch.timers": 9,
        "watch.totals": 1,
    }
    back = from_arrays({name: rows.copy() for name, rows in arrays.items()})
    again = to_arrays(back)
    for name, rows in arrays.items():
        assert again[name].dtype == rows.dtype
        np.testing.assert_array_equal(again[name], rows)


def test_what_comes_back_stands_on_its_own():
    state = filled()
    back = from_arrays(to_arrays(state))
    back.totals["started"] = 99
    back.lines["scored_at"] = 99
    assert state.totals["started"][0] == 0
    assert state.lines["scored_at"][1] == 1


def test_rows_beyond_the_used_ones_come_back_fresh():
    back = from_arrays(to_arrays(filled()))
    fresh = new_state(1, 1)
    for name, used in (("lines", 5), ("contracts", 5), ("open", 7)):
        assert getattr(back, name).size > used
        np.testing.assert_array_equal(getattr(back, name)[used], getattr(fresh, name)[0])


def test_more_stale_timers_than_open_calls_come_back_too():
    """The pool was large once: its heap may hold up to twice its size, though few slots were ever used."""
    state = filled(timers=7_000, open_calls=4_000)
    back = from_arrays(to_arrays(state))
    assert back.totals["timers"][0] == 7_000
    assert back.timers.size >= 2 * back.open.size
    np.testing.assert_array_equal(back.timers["at"][:7_000], state.timers["at"][:7_000])


def test_a_snapshot_of_another_version_is_refused():
    """Fields would be copied by their place, and mean something else."""
    arrays = to_arrays(filled())
    swapped = [(name, CONTRACT[name]) for name in CONTRACT.names[::-1]]
    arrays["watch.contracts"] = np.zeros(5, np.dtype(swapped, align=True))
    with pytest.raises(LogDamaged, match=r"watch\.contracts has other fields"):
        from_arrays(arrays)


def test_a_snapshot_may_have_lost_the_alignment_of_its_records():
    """A file keeps the fields, not the flag."""
    arrays = to_arrays(filled())
    described = np.lib.format.descr_to_dtype(np.lib.format.dtype_to_descr(CONTRACT))
    stored = np.frombuffer(arrays["watch.contracts"].tobytes(), described)
    back = from_arrays(arrays | {"watch.contracts": stored})
    np.testing.assert_array_equal(back.contracts[:5], arrays["watch.contracts"])
    assert back.contracts.dtype.isalignedstruct


@pytest.mark.parametrize(
    "kind", [LINE, CONTRACT, AGREED, OPEN_CALL, TIMER], ids=["line", "contract", "agreed", "open", "timer"]
)
def test_kernels_may_read_the_records_in_place(kind):
    assert kind.isalignedstruct
    assert kind.itemsize % 8 == 0


def test_a_line_stays_in_its_budget():
    """DESIGN §11: 400 bytes a line, on average; and what every call touches is one cache line of its contract."""
    assert bytes_per_line() == LINE.itemsize + CONTRACT.itemsize
    assert bytes_per_line() <= 400
    assert CONTRACT.itemsize <= 176
    hot = ("month_spend", "last_spend", "bucket", "armed_at", "month", "first_month", "open_head", "told_multiple")
    for name in (*hot, "abroad_spend", "agreed", "automatic_hold", "limited"):
        kind, offset = CONTRACT.fields[name][:2]
        assert offset + kind.itemsize <= 64


def test_the_totals_are_plain_words():
    assert TOTALS.itemsize == 8 * len(TOTALS.names)
    assert CALL_ID_BYTES == 96
