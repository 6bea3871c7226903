"""Lines by number: a row that stays theirs, companies apart, texts as first written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.digits.packed import pack
from sekisho.core.identity.lines import LineTable, words_of


def numbers(*texts: str) -> np.ndarray:
    return np.array([pack(text) for text in texts], np.uint64)


def learn(table: LineTable, company: str, packed: np.ndarray, texts: list[str]) -> np.ndarray:
    """What a stage does with a batch: rows for its numbers, texts for the new ones."""
    before = table.count
    rows = table.rows_of(company, packed)
    table.note_texts(before, rows, lambda picked: np.array([texts[at].encode() for at in picked], np.bytes_))
    return rows


def test_rows_are_given_out_in_the_order_of_first_sight_and_stay():
    table = LineTable()
    assert table.rows_of("east", numbers("81312000000", "81312000001", "81312000000")).tolist() == [0, 1, 0]
    assert table.rows_of("east", numbers("81312000002", "81312000001")).tolist() == [2, 1]
    assert table.count == 3
    assert table.rows_of("east", numbers("81312000000")).tolist() == [0]
    assert table.count == 3


def test_no_number_is_no_line():
    table = LineTable()
    rows = learn(table, "east", np.array([0, pack("81312000000"), 0], np.uint64), ["nonsense", "0312000000", ""])
    assert rows.tolist() == [-1, 0, -1]
    assert table.count == 1
    assert table.text(0) == "0312000000"
    assert learn(table, "east", np.zeros(2, np.uint64), ["a", "b"]).tolist() == [-1, -1]


def test_an_empty_batch_changes_nothing():
    table = LineTable()
    assert learn(table, "east", np.zeros(0, np.uint64), []).tolist() == []
    assert table.count == 0


def test_one_number_in_two_companies_is_two_lines():
    table = LineTable()
    same = numbers("81312000000")
    assert learn(table, "east", same, ["0312000000"]).tolist() == [0]
    assert learn(table, "west", same, ["+81312000000"]).tolist() == [1]
    assert learn(table, "east", same, ["0312000000"]).tolist() == [0]
    assert [(table.company(row), table.text(row)) for row in (0, 1)] == [
        ("east", "0312000000"),
        ("west", "+81312000000"),
    ]
    assert (table.company_id("east"), table.company_id("west"), table.company_id("north")) == (0, 1, 2)
    assert table.owners.tolist() == [0, 1]


def test_a_text_is_kept_as_it_was_first_written():
    table = LineTable()
    learn(table, "east", numbers("81312000000", "81312000000"), ["0312000000", "+81312000000"])
    learn(table, "east", numbers("81312000001", "81312000000"), ["03-1200-0001", "+81 3 1200 0000"])
    assert [table.text(row) for row in range(2)] == ["0312000000", "03-1200-0001"]


def test_a_text_may_be_any_unicode():
    table = LineTable()
    learn(table, "east", numbers("81312000000"), ["０３１２００００００"])
    assert table.text(0) == "０３１２００００００"


def test_many_lines_keep_their_rows_owners_and_texts_while_the_table_grows():
    count, table = 100_000, LineTable()
    packed = np.array([pack(str(81_300_000_000 + at)) for at in range(count)], np.uint64)
    shuffled = np.random.default_rng(11).permutation(count)
    texts = [str(at) for at in shuffled]
    for company, first in (("east", 0), ("west", count)):
        for part in range(0, count, 777):
            rows = learn(table, company, packed[shuffled[part : part + 777]], texts[part : part + 777])
            assert rows.tolist() == list(range(first + part, first + min(part + 777, count)))
    assert table.count == 2 * count
    assert (table.rows_of("west", packed[shuffled]) == np.arange(count, 2 * count)).all()
    assert (table.rows_of("east", packed[shuffled]) == np.arange(count)).all()
    assert table.count == 2 * count
    sample = np.random.default_rng(12).integers(0, 2 * count, 500).tolist()
    assert [table.text(row) for row in sample] == [texts[row % count] for row in sample]
    assert [table.company(row) for row in sample] == ["east" if row < count else "west" for row in sample]


BATCHES = st.lists(
    st.tuples(st.sampled_from(["east", "west", "南"]), st.lists(st.integers(0, 40), max_size=20)), max_size=12
)


def rows_of_all(table: LineTable, batches: list[tuple[str, list[int]]], tag: str) -> list[list[int]]:
    found = []
    for at, (company, ids) in enumerate(batches):
        packed = np.array([pack(str(100 + each)) if each else 0 for each in ids], np.uint64)
        found.append(learn(table, company, packed, [f"{each}/{tag}{at}" for each in ids]).tolist())
    return found


@given(BATCHES)
@settings(deadline=None)
def test_it_answers_like_a_dictionary(batches):
    table, known, texts = LineTable(), {}, {}
    for at, ((company, ids), rows) in enumerate(zip(batches, rows_of_all(table, batches, ""), strict=True)):
        for each, row in zip(ids, rows, strict=True):
            if each == 0:
                assert row == -1
                continue
            assert row == known.setdefault((company, each), len(known))
            texts.setdefault(row, f"{each}/{at}")
    assert table.count == len(known)
    assert {row: table.text(row) for row in range(table.count)} == texts
    assert [table.company(row) for row in range(table.count)] == [company for company, _ in known]


def restored(table: LineTable, step: int = 1_000) -> LineTable:
    again = LineTable()
    again.companies = list(table.companies)
    for first in range(0, table.count, step):
        kept = table.kept(first, min(first + step, table.count))
        again.put(first, {name: rows.copy() for name, rows in kept.items()})
    again.enter(table.count)
    return again


@given(BATCHES, BATCHES, st.integers(1, 30))
@settings(deadline=None)
def test_a_restored_table_goes_on_as_the_first_would_have(before, after, step):
    table = LineTable()
    rows_of_all(table, before, "a")
    again = restored(table, step)
    assert rows_of_all(again, after, "b") == rows_of_all(table, after, "b")
    assert again.count == table.count
    for row in range(table.count):
        assert (again.text(row), again.company(row)) == (table.text(row), table.company(row))


def test_a_large_table_survives_a_snapshot():
    count, table = 25_000, LineTable()
    packed = np.array([pack(str(81_300_000_000 + at)) for at in range(count)], np.uint64)
    learn(table, "east", packed, [str(at) for at in range(count)])
    again = restored(table)
    assert (again.rows_of("east", packed) == np.arange(count)).all()
    assert again.text(count - 1) == str(count - 1)
    more = np.array([pack(str(81_400_000_000 + at)) for at in range(count)], np.uint64)
    assert (learn(again, "east", more, ["x"] * count) == np.arange(count, 2 * count)).all()
    assert (again.rows_of("east", packed) == np.arange(count)).all()


FORMS = ["0312000000", "+81312000000", "81312000000", "03-1200-0000", "", "0312000000 ", "+0312000000", "81", "0"]


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize("number", ["81312000000", "81", "8", "12025550100", "0", "8131200000012345"])
def test_a_text_comes_back_to_the_letter_whatever_its_form(text, number):
    table = LineTable()
    learn(table, "east", numbers(number, number + "9" if len(number) < 16 else "7"), [text, "x"])
    assert [table.text(0), restored(table).text(0)] == [text, text]


def test_usual_texts_follow_from_the_number_and_are_not_kept():
    table, count = LineTable(), 3_000
    packed = np.array([pack(str(81_300_000_000 + at)) for at in range(count)], np.uint64)
    texts = [f"+{81_300_000_000 + at}" if at % 2 else f"0{300_000_000 + at}" for at in range(count)]
    learn(table, "east", packed, texts)
    assert table.kept(0, count)["others"].size == 0
    assert [table.text(row) for row in range(count)] == texts


def test_a_line_takes_less_than_thirty_bytes():
    table, count = LineTable(), 200_000
    table.rows_of("east", np.array([pack(str(81_300_000_000 + at)) for at in range(count)], np.uint64))
    assert table.nbytes / count < 30


def test_one_known_number_alone_has_the_same_row_and_nothing_is_added():
    table = LineTable()
    numbers = np.array([pack(str(81_300_000_000 + place)) for place in range(5_000)], np.uint64)
    rows = table.rows_of("east", numbers)
    assert [table.row_of("east", int(number)) for number in numbers] == rows.tolist()
    assert table.row_of("west", int(numbers[0])) == -1
    assert table.row_of("east", pack("811")) == -1
    assert table.row_of("east", 0) == -1
    assert table.count == 5_000


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=20),  # the number of each word; 0 is none, some are alike
    st.lists(st.lists(st.integers(0, 19), max_size=30), min_size=1, max_size=4),  # the words of each batch
)
def test_lines_that_come_as_words_have_the_rows_they_would_have_otherwise(of_words, batches):
    packed = np.array([value << 20 for value in of_words], np.uint64)
    plain, table, words = LineTable(), LineTable(), words_of(packed)
    for batch in batches:
        indices = np.array([index % len(of_words) for index in batch], np.int32)
        expected = plain.rows_of("east", packed[indices])
        assert table.rows_of_words("east", words, indices).tolist() == expected.tolist()
        assert table.count == plain.count, "a word that no call has had is no line"
