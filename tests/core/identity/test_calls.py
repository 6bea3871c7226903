"""Calls by identity: each event of a call once a kind of source, remembered for as long as it may come again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.identity.calls import (
    DUPLICATE,
    HORIZON_DAYS,
    MERGED,
    NEW,
    NO_LINE,
    TOO_OLD,
    Admission,
    CallTable,
)
from sekisho.core.identity.segments import MOST_OTHERS, SAME_START_MS
from sekisho.core.terms.instants import DAY_MS

TODAY = 20_000 * DAY_MS
START, ANSWER, END = 1, 2, 4
EVIDENCE = 8  # the bits of an evidence source stand three places higher


def admit(table: CallTable, rows: list[tuple[str, int, bool, int, int]], oldest: int = 0, base: int = -1) -> Admission:
    """Rows are (call_id, line, incoming, bit, start)."""
    ids, lines, incoming, bits, start = zip(*rows, strict=True) if rows else ((),) * 5
    return table.admit(
        pa.array(ids, pa.string()),
        np.array(lines, np.int32),
        np.array(incoming, np.bool_),
        np.array(bits, np.uint8),
        np.array(start, np.int64),
        np.full(len(rows), -1, np.int64),
        oldest,
        base,
    )


def many(first: int, count: int, start: int = TODAY) -> list[tuple[str, int, bool, int, int]]:
    return [(f"call-{at}@switch", at % 50, False, END, start) for at in range(first, first + count)]


def statuses(table: CallTable, *rows: tuple[str, int, bool, int, int], oldest: int = 0) -> list[int]:
    return admit(table, list(rows), oldest).status.tolist()


def test_a_call_is_new_once_then_merged_then_told_twice():
    table = CallTable()
    answer = admit(table, [("a", 0, False, START, TODAY), ("a", 0, False, ANSWER, TODAY), ("a", 0, False, END, TODAY)])
    assert answer.status.tolist() == [NEW, MERGED, MERGED]
    assert answer.told.tolist() == [0, START, START | ANSWER]
    again = admit(table, [("a", 0, False, ANSWER, TODAY), ("a", 0, False, END, TODAY)])
    assert again.status.tolist() == [DUPLICATE, DUPLICATE]
    assert again.told.tolist() == [7, 7]
    assert table.count == 1


def test_what_evidence_tells_is_counted_apart_from_what_the_charging_source_tells():
    table = CallTable()
    rows = [
        ("a", 0, False, END * EVIDENCE, TODAY),
        ("a", 0, False, END, TODAY),
        ("a", 0, False, END * EVIDENCE, TODAY),
        ("a", 0, False, END, TODAY),
        ("a", 0, False, START * EVIDENCE, TODAY),
    ]
    answer = admit(table, rows)
    assert answer.status.tolist() == [NEW, MERGED, DUPLICATE, DUPLICATE, MERGED]
    assert answer.told.tolist() == [0, 32, 36, 36, 36]


def test_one_call_id_on_two_lines_or_in_two_directions_is_two_calls():
    rows = [("a", line, incoming, END, TODAY) for line in (0, 1, 2) for incoming in (False, True)]
    table = CallTable()
    assert statuses(table, *rows) == [NEW] * 6
    assert statuses(table, *rows) == [DUPLICATE] * 6
    assert table.count == 6


def test_call_ids_that_differ_by_one_letter_are_two_calls():
    ids = ["", "a", "A", "a ", "aa", "12345678", "123456789", "12345678\0", "あ", "い"]
    table = CallTable()
    rows = [(each, 0, False, END, TODAY) for each in ids]
    assert statuses(table, *rows) == [NEW] * len(ids)
    assert statuses(table, *rows) == [DUPLICATE] * len(ids)


def test_a_row_without_a_line_and_a_row_that_is_too_old_leave_no_trace():
    table = CallTable()
    oldest = TODAY - HORIZON_DAYS * DAY_MS
    answer = admit(table, [("a", -1, False, END, TODAY), ("b", 0, False, END, oldest - 1)], oldest)
    assert answer.status.tolist() == [NO_LINE, TOO_OLD]
    assert answer.told.tolist() == [0, 0]
    assert table.count == 0
    assert statuses(table, ("b", 0, False, END, oldest), oldest=oldest) == [NEW]


def test_a_call_that_was_known_is_too_old_all_the_same():
    table = CallTable()
    assert statuses(table, ("a", 0, False, START, TODAY)) == [NEW]
    assert statuses(table, ("a", 0, False, END, TODAY), oldest=TODAY + 1) == [TOO_OLD]


def test_an_empty_batch():
    table = CallTable()
    assert admit(table, []).status.size == 0
    assert table.count == 0


def test_growth_forgets_nothing():
    table, count = CallTable(), 30_000
    for first in range(0, count, 1_234):
        rows = many(first, min(1_234, count - first))
        assert (admit(table, rows).status == NEW).all()
    assert table.count == count
    answer = admit(table, many(0, count))
    assert (answer.status == DUPLICATE).all()
    assert (answer.told == END).all()


def test_growth_inside_a_batch_forgets_nothing():
    table = CallTable()
    answer = admit(table, many(0, 20_000) + many(0, 20_000))
    assert answer.status.tolist() == [NEW] * 20_000 + [DUPLICATE] * 20_000


def test_the_places_of_a_batch_are_right_however_the_table_grew_meanwhile():
    table = CallTable()
    answer = admit(table, many(0, 20_000))
    assert table.segments > 4
    assert len(set(answer.place.tolist())) == 20_000
    assert (answer.handle == -1).all()
    table.handles[answer.place] = np.arange(20_000)
    again = admit(table, many(0, 20_000))
    assert (again.place == answer.place).all()
    assert (again.handle == np.arange(20_000)).all()


def test_handles_move_with_their_calls_when_the_table_grows_and_that_is_told():
    table = CallTable(kept=True)
    first = admit(table, many(0, 2_000))
    table.handles[first.place] = np.arange(2_000)
    admit(table, many(2_000, 20_000))
    places = first.place.copy()
    for handles, moved in table.take_moved():
        places[handles] = moved
    again = admit(table, many(0, 2_000))
    assert (again.place == places).all()
    assert (places != first.place).any()
    assert (again.handle == np.arange(2_000)).all()
    assert table.take_moved() == []


def test_with_a_base_a_new_call_takes_its_row_for_a_handle_and_later_rows_find_it():
    table = CallTable()
    assert admit(table, many(0, 3), base=0).handle.tolist() == [0, 1, 2]
    rows = [("call-1@switch", 1, False, START, TODAY), *many(3, 10_000), *many(0, 1)]
    answer = admit(table, rows, base=3)
    assert answer.status[0] == MERGED
    assert answer.handle.tolist() == [1, *range(4, 10_004), 0]


@pytest.mark.parametrize(("skip", "length"), [(0, 7), (1, 6), (3, 2), (7, 0), (6, 1)])
def test_a_sliced_column_of_call_ids(skip, length):
    ids = ["a", "", "bb", "ccc", "いろは", "a", "dddddddddddddddddd"]
    column = pa.array(ids, pa.string()).slice(skip, length)
    known = CallTable()
    admit(known, [(each, 0, False, END, TODAY) for each in ids[skip : skip + length]])
    answer = known.admit(
        column,
        np.zeros(length, np.int32),
        np.zeros(length, np.bool_),
        np.full(length, END, np.uint8),
        np.full(length, TODAY, np.int64),
        np.full(length, TODAY, np.int64),
        0,
    )
    assert answer.status.tolist() == [DUPLICATE] * length
    assert known.count == len(set(ids[skip : skip + length]))


# A small world in which keys meet often. A call's start belongs to its id, as it does in records of one call.
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "ab", "ba", "", "12345678", "123456789"]),
        st.integers(-1, 2),
        st.booleans(),
        st.sampled_from([START, ANSWER, END, START * EVIDENCE, ANSWER * EVIDENCE, END * EVIDENCE]),
    ),
    max_size=25,
)
STEPS = st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.booleans(), ROWS), max_size=10)


class NaiveCalls:
    """The same with a dictionary."""

    def __init__(self) -> None:
        self.told: dict[tuple[int, bool, str], int] = {}

    def admit(self, call_id: str, line: int, incoming: bool, bit: int, start: int, oldest: int) -> tuple[int, int]:
        if line < 0:
            return NO_LINE, 0
        if start < oldest:
            return TOO_OLD, 0
        key = (line, incoming, call_id)
        before = self.told.get(key, 0)
        self.told[key] = before | bit
        return (DUPLICATE if before & bit else MERGED if before else NEW), before


def start_of(call_id: str) -> int:
    return TODAY + 10 * len(call_id) * DAY_MS + 12_345


@given(STEPS)
@settings(deadline=None)
def test_it_answers_like_a_dictionary(steps):
    """Whatever is dropped on growth or survives a snapshot: the answers are those of a memory that never forgets."""
    table, naive, oldest = CallTable(), NaiveCalls(), TODAY
    for days, grow, restore, rows in steps:
        oldest += days * DAY_MS
        if grow:
            admit(table, many(days, 3_000, oldest), oldest)
        if restore:
            table = restored(table)
        timed = [(*row, start_of(row[0])) for row in rows]
        answer = admit(table, timed, oldest)
        expected = [naive.admit(*row, oldest) for row in timed]
        assert list(zip(answer.status.tolist(), answer.told.tolist(), strict=True)) == expected


def restored(table: CallTable, changes: Sequence[np.ndarray] = ()) -> CallTable:
    """The table as its entries make it again, or those entries and what changed since."""
    again = CallTable(kept=True)
    again.expect(table.count // 2)
    for first in range(0, table.segments, 3):
        again.put(table.entries_of(first, first + 3))
    for each in changes:
        again.put(each)
    return again


def test_a_restored_table_knows_calls_and_events():
    table = CallTable()
    first = admit(table, many(0, 5_000))
    again = restored(table)
    assert again.count == 5_000
    places = again.places_of(table.entries_at(first.place))
    again.handles[places] = np.arange(5_000)
    answer = admit(again, many(0, 6_000))
    assert answer.status.tolist() == [DUPLICATE] * 5_000 + [NEW] * 1_000
    assert (answer.handle[:5_000] == np.arange(5_000)).all()
    assert (answer.handle[5_000:] == -1).all()


def test_an_empty_table_survives_a_snapshot():
    assert (admit(restored(CallTable()), many(0, 10)).status == NEW).all()


@pytest.mark.parametrize("taken", [0, 3, 6])
def test_entries_and_what_changed_since_make_the_table_whenever_the_entries_were_taken(taken):
    """Segments are taken one after another while calls come; what changes meanwhile is put in after them, in order."""
    table, again = CallTable(kept=True), CallTable()
    admit(table, many(0, 12_000))
    table.take_changes()
    for at in range(7):
        if at == taken:
            first = 0
            while first < table.segments:  # new ones come behind
                again.put(table.entries_of(first, first + 2))
                admit(table, many(100_000 + 5_000 * first, 2_000))
                first += 2
        admit(table, [(f"call-{at}@switch", at, False, START, TODAY), *many(20_000 + 3_000 * at, 3_000)])
    for changes in table.take_changes():
        again.put(changes)
    whole = [each.tolist() for each in (table.entries_of(0, 999), again.entries_of(0, 999))]
    assert sorted(whole[0]) == sorted(whole[1])
    assert again.count == table.count
    assert table.take_changes() == []


@pytest.mark.parametrize("calls", [0, 1, 2_048, 2_049, 100_000])
def test_a_table_that_expects_calls_is_not_split_for_them(calls):
    table = CallTable()
    table.expect(calls)
    segments = table.segments
    for first in range(0, calls, 10_000):
        assert (admit(table, many(first, min(10_000, calls - first))).status == NEW).all()
    assert table.segments <= segments * 1.2
    assert (admit(table, many(0, calls)).status == DUPLICATE).all()


def test_nothing_is_noted_where_nobody_takes_it():
    table = CallTable()
    admit(table, many(0, 5_000))
    assert table.take_changes() == []


def told_at(table: CallTable, rows: list[tuple[int, int, int]]) -> list[int]:
    """The statuses of rows (bit, start, end; -1 = not told) that all say the same call_id."""
    bits, start, end = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    same = pa.array(["a"] * len(rows), pa.string())
    lines, out = np.zeros(len(rows), np.int32), np.zeros(len(rows), np.bool_)
    return table.admit(same, lines, out, bits.astype(np.uint8), start, end, 0).status.tolist()


def test_a_call_id_that_comes_again_after_the_call_has_ended_is_another_call():
    table = CallTable()
    first = [(START, TODAY, -1), (END, TODAY, TODAY + 30_000)]
    again = [(START, TODAY + 60_000, -1), (END, TODAY + 60_000, TODAY + 90_000)]
    assert told_at(table, first + again) == [NEW, MERGED, NEW, MERGED]
    assert told_at(table, first + again) == [DUPLICATE] * 4
    assert table.count == 2


def test_a_call_id_that_comes_again_much_later_is_another_call_though_the_first_never_ended():
    table = CallTable()
    assert told_at(table, [(START, TODAY, -1), (START, TODAY + SAME_START_MS + 1, -1)]) == [NEW, NEW]


def test_sources_whose_clocks_differ_tell_the_same_call():
    table = CallTable()
    rows = [(END, TODAY, TODAY), (END * EVIDENCE, TODAY + 1_500, TODAY + 1_500), (START, TODAY - SAME_START_MS, -1)]
    assert told_at(table, rows) == [NEW, MERGED, MERGED]


def test_calls_with_one_call_id_survive_growth_and_a_snapshot():
    table = CallTable()
    rows = [(END, TODAY + at * 600_000, TODAY + at * 600_000 + 1_000) for at in range(MOST_OTHERS)]
    assert told_at(table, rows) == [NEW] * MOST_OTHERS
    assert (admit(table, many(0, 20_000)).status == NEW).all()
    again = restored(table)
    assert told_at(again, rows) == [DUPLICATE] * MOST_OTHERS


def test_a_look_up_stays_short_however_often_one_call_id_comes():
    table = CallTable()
    rows = [(END, TODAY + at * 600_000, TODAY + at * 600_000 + 1_000) for at in range(MOST_OTHERS + 50)]
    assert told_at(table, rows) == [NEW] * (MOST_OTHERS + 1) + [DUPLICATE] * 49


def test_one_event_alone_is_told_as_in_a_batch():
    one, batch = CallTable(), CallTable()
    rows = [
        (f"call-{place % 900}@{'x' * (place % 400)}", place % 7, START << place % 3, TODAY) for place in range(3_000)
    ]
    for call_id, line, bit, start in rows:
        status, place, told = one.admit_one(call_id.encode(), line, bit, start, -1, 0)
        answer = admit(batch, [(call_id, line, False, bit, start)])
        assert (status, told) == (answer.status[0], answer.told[0])
        assert one.handles[place] == -1
    assert one.count == batch.count


def test_one_event_alone_may_be_too_old_or_of_no_line():
    table = CallTable()
    assert table.admit_one(b"a", 0, START, TODAY - 1, -1, TODAY)[0] == TOO_OLD
    assert table.admit_one(b"a", -1, START, TODAY, -1, TODAY)[0] == NO_LINE
    assert table.admit_one(b"", 0, START, TODAY, -1, TODAY)[0] == NEW
