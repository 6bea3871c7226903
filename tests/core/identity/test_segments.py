"""The segments of the table of calls: how they are split, what they forget, and keys that agree in every bit."""

from __future__ import annotations

import numpy as np
from tests.core.identity.test_calls import TODAY, admit, many

from sekisho.core.identity.calls import DUPLICATE, HORIZON_DAYS, NEW, CallTable
from sekisho.core.identity.segments import KEY0, LAST_DEPTH, MOST_OTHERS, SEGMENT, in_use, make_room
from sekisho.core.terms.instants import DAY_MS

DAY = 20_000


def entries(keys: list[int], day: int = DAY) -> np.ndarray:
    """Entries with these first words of a key; the second word and the start tell them apart."""
    rows = np.zeros((len(keys), 4), np.uint64)
    rows[:, 0] = keys
    rows[:, 1] = rows[:, 3] = np.arange(len(keys), dtype=np.uint64) << np.uint64(22)
    rows[:, 2] = (day << 8) | 4
    return rows


def test_keys_that_differ_in_one_high_bit_of_the_directory_are_split_at_last():
    table = CallTable()
    table.put(entries([0, 1 << 9] * 1_500))
    assert table.count == 3_000
    assert table.segments == 11
    assert len(set(table.places_of(entries([0, 1 << 9] * 1_500)).tolist())) == 3_000


def test_keys_that_never_differ_fill_one_segment_and_no_more():
    """Call-IDs made to collide: the depth has an end, and the segment is used to its brim."""
    table = CallTable()
    table.put(entries([5] * 3_500))
    assert table.count == 3_500
    assert int(table._table.depths.max()) == LAST_DEPTH
    assert table.segments == LAST_DEPTH + 1
    assert SEGMENT > 3_500 > MOST_OTHERS


def test_calls_with_one_key_stay_in_their_order_when_a_segment_is_made_anew():
    """The keys begin at the last slot, so they go round the end of the ring."""
    table = CallTable()
    last = (SEGMENT - 2) << 52
    table.put(entries([last] * 50 + [(place << 52) for place in range(100, 2_100)]))
    before = [row.tolist() for row in table.entries_of(0, 1) if row[KEY0] == last]
    moved = np.empty(SEGMENT, np.int64)
    make_room(table._table, 0, np.uint64(last), 0, moved)
    out = np.empty((table.count, 4), np.uint64)
    filled = in_use(table._table, 0, table.segments, out)
    assert [row.tolist() for row in out[:filled] if row[KEY0] == last] == before == entries([last] * 50).tolist()
    assert (moved >= 0).sum() == 2_050


def test_forgetting_keeps_the_day_before_the_oldest():
    table = CallTable()
    for at in range(3):
        table.put(entries([at + 1], DAY + at))
    make_room(table._table, 0, np.uint64(1), DAY + 2, np.empty(SEGMENT, np.int64))
    assert sorted(table.entries_of(0, 1)[:, 0].tolist()) == [2, 3]


def test_old_calls_are_dropped_where_room_is_needed():
    table = CallTable()
    later = TODAY + (HORIZON_DAYS + 2) * DAY_MS
    oldest = later - HORIZON_DAYS * DAY_MS
    for first in range(0, 20_000, 1_000):
        assert (admit(table, many(first, 1_000, TODAY)).status == NEW).all()
    segments = table.segments
    assert (admit(table, many(20_000, 20_000, later), oldest).status == NEW).all()
    assert table.segments == segments
    assert table.count < 30_000
    assert (admit(table, many(20_000, 20_000, later), oldest).status == DUPLICATE).all()


def test_a_call_of_the_oldest_day_is_kept():
    table = CallTable()
    admit(table, many(0, 2_000, TODAY))
    admit(table, many(2_000, 20_000, TODAY + 40 * DAY_MS), TODAY)
    assert (admit(table, many(0, 2_000, TODAY), TODAY).status == DUPLICATE).all()


def test_an_open_call_is_never_dropped():
    table, much_later = CallTable(), TODAY + 100 * DAY_MS
    first = admit(table, many(0, 1_000))
    table.handles[first.place[::10]] = np.arange(100)
    admit(table, many(1_000, 20_000, much_later), much_later)
    again = admit(table, many(0, 1_000))
    assert (again.status[::10] == DUPLICATE).all()
    assert (again.handle[::10] == np.arange(100)).all()
    assert (np.delete(again.status, np.s_[::10]) == NEW).all()


def test_a_year_of_calls_takes_no_more_room_than_two_horizons():
    table, daily = CallTable(), 500
    for day in range(365):
        start = TODAY + day * DAY_MS
        oldest = start - HORIZON_DAYS * DAY_MS
        assert (admit(table, many(day * daily, daily, start), oldest).status == NEW).all()
    remembered = [(day + 365 - HORIZON_DAYS) * daily for day in range(HORIZON_DAYS)]
    for first, start in zip(
        remembered, range(TODAY + (365 - HORIZON_DAYS) * DAY_MS, TODAY + 365 * DAY_MS, DAY_MS), strict=True
    ):
        assert (admit(table, many(first, daily, start)).status == DUPLICATE).all()
    assert table.segments * SEGMENT <= 4 * HORIZON_DAYS * daily


def test_growth_moves_a_segment_at_a_time():
    """Whatever the size of the table, one call more moves no more than one segment's calls."""
    table, moved = CallTable(kept=True), []
    for first in range(0, 60_000, 100):
        answer = admit(table, many(first, 100))
        table.handles[answer.place] = 1
        moved += [each[0].size for each in table.take_moved()]
    assert table.segments > 16
    assert max(moved) <= SEGMENT
