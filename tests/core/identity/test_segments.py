"""The segments of the table of calls: what they do with keys that agree in every bit that is looked at."""

from __future__ import annotations

import numpy as np

from sekisho.core.identity.calls import CallTable
from sekisho.core.identity.segments import KEY0, LAST_DEPTH, MOST_OTHERS, SEGMENT, in_use, make_room

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
