"""The book: addresses that lead to the very records, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch import book as book_module
from sekisho.core.watch.book import (
    NO_AIDS,
    abroad_at,
    agreed_at,
    aids_of,
    block_at,
    call_at,
    contract_at,
    dials_of,
    line_at,
    look_ahead,
    look_ahead_abroad,
    nats_of,
    new_trace,
    new_verdict,
    open_at,
    open_book,
    price_row,
    room_to_write,
    sight_at,
    slot_of,
    timer_at,
    totals_of,
    vector_of,
)
from sekisho.core.watch.features import FEATURES, room_for_traces
from sekisho.core.watch.judged import WRITES_AT_ONCE, new_calls, room_for_verdicts
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import ABROAD, CONTRACT, EVIDENCES, LINE, NONE, OPEN_CALL, new_state

ROWS = 5


@pytest.fixture
def desk():
    """Arrays in which every row is told from every other, and their book."""
    state = new_state(ROWS, ROWS)
    state.lines["held_until"] = 100 + np.arange(ROWS)
    state.lines["abroad"] = np.arange(ROWS)
    state.abroad["at"][:ROWS] = 150 + np.arange(ROWS)
    state.blocks["at"][:ROWS] = 170 + np.arange(ROWS)
    state.contracts["month_spend"] = 200 + np.arange(ROWS)
    state.agreed["daily_limit"][:ROWS] = 250 + np.arange(ROWS)
    state.open["start"] = 300 + np.arange(ROWS)
    state.open["sight"]["gain"] = 350 + np.arange(ROWS)
    state.timers["at"] = 400 + np.arange(2 * ROWS)
    state.totals["started"] = 500
    calls = new_calls(ROWS)
    calls["charge"] = 600 + np.arange(ROWS)
    prices = 700 + np.arange(ROWS * PRICE_FIELDS).reshape(ROWS, PRICE_FIELDS)
    slots, out = 800 + np.arange(ROWS), room_for_verdicts(WRITES_AT_ONCE + 2)
    aids = aids_of(Policy(), room_for_traces(WRITES_AT_ONCE + 1))
    aids.sight["gain"] = 900
    arrays = (state, dials(Policy()), calls, prices, slots, out, aids)
    return arrays, open_book(*arrays)


@pytest.mark.parametrize("row", range(ROWS))
def test_a_row_is_the_row_of_its_array(desk, row):
    _, book = desk
    assert line_at(book, row)["held_until"] == 100 + row
    assert abroad_at(book, row)["at"] == 150 + row
    assert block_at(book, row)["at"] == 170 + row
    assert sight_at(book, row)["gain"] == 350 + row
    assert contract_at(book, row)["month_spend"] == 200 + row
    assert agreed_at(book, row)["daily_limit"] == 250 + row
    assert open_at(book, row)["start"] == 300 + row
    assert timer_at(book, row)["at"] == 400 + row
    assert call_at(book, row)["charge"] == 600 + row
    assert price_row(book, row)["fields"].tolist() == list(range(700 + 6 * row, 706 + 6 * row))
    assert slot_of(book, row)["slot"] == 800 + row


def test_a_row_that_is_looked_at_is_marked():
    state = new_state(ROWS, ROWS)
    book = open_book(
        state, dials(Policy()), new_calls(1), np.zeros((0, PRICE_FIELDS)), np.zeros(0), room_for_verdicts(1), NO_AIDS
    )
    line_at(book, 1)
    contract_at(book, 2)
    open_at(book, 3)
    abroad_at(book, 4)
    marks = (state.line_marks, state.contract_marks, state.open_marks, state.abroad_marks)
    assert [np.flatnonzero(each).tolist() for each in marks] == [[1], [2], [3], [4]]


def test_the_single_records(desk):
    _, book = desk
    assert totals_of(book)["started"] == 500
    assert dials_of(book)["hold_nats"].tolist() == list(Policy().hold_nats)
    assert sight_at(book, NONE)["gain"] == 900, "of a call that was never open"
    assert nats_of(book)["x"].tolist() == [0.0] * EVIDENCES
    assert vector_of(book)["x"].tolist() == [0.0] * FEATURES


def test_the_room_it_speaks_of(desk):
    arrays, book = desk
    assert (book["open_room"], book["timer_room"], book["verdict_room"]) == (ROWS, 2 * ROWS, WRITES_AT_ONCE + 2)
    assert (book["abroad_room"], book["trace_room"], book["tree_count"]) == (
        arrays[0].abroad.size,
        WRITES_AT_ONCE + 1,
        0,
    )
    assert book["lines"] == arrays[0].lines.ctypes.data
    assert book["filled"] == arrays[5].filled.ctypes.data


def test_verdicts_fill_their_room_in_order(desk):
    arrays, book = desk
    out = arrays[5]
    out.rows["at"] = 900 + np.arange(out.rows.size)
    for row in range(3):
        assert room_to_write(book), "what one event may write still fits"
        assert new_verdict(book)["at"] == 900 + row
    assert not room_to_write(book)
    assert out.filled.tolist() == [3]


def test_traces_need_room_too_where_they_are_wanted(desk):
    arrays, book = desk
    traces = arrays[6].traces
    traces.rows["at"] = 950 + np.arange(traces.rows.size)
    assert [new_trace(book)["at"] for _ in range(2)] == [950, 951]
    assert not room_to_write(book)
    book["trace_room"] = 0
    assert room_to_write(book), "nothing is traced"
    assert traces.filled.tolist() == [2]


@pytest.mark.parametrize("international", [0, 1])
def test_looking_ahead_changes_nothing(desk, international):
    arrays, book = desk
    calls = arrays[2]
    calls["international"] = international
    calls["line"] = calls["contract"] = ROWS - 1
    before = arrays[0].lines.copy(), arrays[0].contracts.copy(), arrays[0].abroad.copy(), calls.copy()
    for row in range(ROWS):
        look_ahead(book, row)
        look_ahead_abroad(book, row)
    for then, now in zip(before, (arrays[0].lines, arrays[0].contracts, arrays[0].abroad, calls), strict=True):
        np.testing.assert_array_equal(then, now)


def test_the_sizes_the_kernels_step_by():
    assert LINE.itemsize == book_module.LINE_BYTES
    assert ABROAD.itemsize == book_module.ABROAD_BYTES
    assert OPEN_CALL.itemsize == book_module.OPEN_BYTES
    assert CONTRACT.itemsize == book_module.CONTRACT_BYTES
