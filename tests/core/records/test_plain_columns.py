"""Columns of a block, slice by slice: rows that lie over the border of slices, room that ends, words of all kinds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from sekisho.core.records import canonical_scan
from sekisho.core.records.canonical_csv import Way, _Reader
from sekisho.core.records.canonical_scan import Scanner, _columns
from sekisho.core.records.parsed import Provenance
from sekisho.core.records.plain_columns import NO_ROOM, NOT_PLAIN, PLACES, SPARE, read_block
from sekisho.core.tables import CANONICAL_COLUMNS

SLICE = 1 << 18


def rows_of(rng, count):
    """Records of many lengths, so that the border of a slice falls anywhere; fields empty in no order."""
    ids = ["x" * size for size in rng.integers(1, 90, count)]
    sources = rng.choice(
        ["a", "edge", "sbc-east-1", "sixteen-bytes-ab", "a-source-of-many-bytes", "a-source-of-many-bytez"], count
    )
    answers = rng.choice(["", "2026-11-23T17:53:02.250Z", "2026-11-24T00:00:00Z"], count)
    talks = rng.choice(["", "0", "61000", "1234567", "12345678", "123456789012345"], count)
    columns = zip(ids, sources, answers, talks, strict=True)
    return [
        f"{each},{source},out,03{at % 10_000:08},,2026-11-23T17:52:57.00{at % 10}Z,{answer},,{at % 999},{talk}\n"
        for at, (each, source, answer, talk) in enumerate(columns)
    ]


def read(text, room, rooms):
    block, out = pa.py_buffer(text.encode()), _columns(room, rooms)
    return read_block(block.address, block.size, len(CANONICAL_COLUMNS), np.empty(PLACES, np.int32), room, out), out


def by_arrow(text):
    reader = _Reader(list(CANONICAL_COLUMNS), "east", Provenance("calls.csv", ""), threads=False)
    return reader._typed(pa.py_buffer(text.encode()), Way(quotes=False, fine=False))


@pytest.mark.parametrize("seed", range(6))
def test_rows_over_the_borders_of_slices_are_read_as_arrow_reads_them(seed):
    rng = np.random.default_rng(seed)
    text = "".join(rows_of(rng, int(rng.integers(4_000, 9_000))))
    assert len(text) > 2 * SLICE
    scanner = Scanner(CANONICAL_COLUMNS)
    for part in (text, "".join(rows_of(rng, 50)), text):  # and again with the room of another block
        found = scanner.scan(pa.py_buffer(part.encode()))
        for one, other in zip(found, by_arrow(part), strict=True):
            one.validate(full=True)
            assert one.to_pylist() == other.to_pylist()


def test_a_fault_in_any_slice_is_seen():
    rows = rows_of(np.random.default_rng(7), 6_000)
    for at in (0, 3_000, 5_999):
        for wrong in (rows[at].replace("out,", "out,,"), rows[at][:-1] + ",\n", rows[at].replace("03", '"3'), "\n"):
            text = "".join([*rows[:at], wrong, *rows[at + 1 :]])
            assert Scanner(CANONICAL_COLUMNS).scan(pa.py_buffer(text.encode())) is None


def test_lines_longer_than_a_slice_are_read():
    row = rows_of(np.random.default_rng(8), 1)[0]
    text = "".join("y" * (SLICE + 9 * at) + row for at in range(3)) + row
    found = Scanner(CANONICAL_COLUMNS).scan(pa.py_buffer(text.encode()))
    assert [len(each) for each in found[0].to_pylist()][:3] == [
        len(row.split(",")[0]) + SLICE + 9 * at for at in range(3)
    ]


def test_room_that_ends_is_told_and_nothing_is_written_behind_it():
    rows = rows_of(np.random.default_rng(9), 300)
    text = "".join(rows)
    sizes = [sum(len(row.split(",")[column]) for row in rows) for column in (0, 3, 4)]
    enough = [size + SPARE for size in sizes]
    assert read(text, 300, enough)[0] == 300
    assert read(text, 299, enough)[0] == NO_ROOM
    assert read(text, 300, [enough[0] - 1, *enough[1:]])[0] == NO_ROOM
    assert read(text, 300, [enough[0], enough[1] - 1, enough[2]])[0] == NO_ROOM
    assert read(text[:-1], 300, enough)[0] == NOT_PLAIN


def test_the_words_of_a_column_are_numbered_as_they_come_up():
    words = ["b", "a", "b", "eight---", "eight--+", "seventeen-bytes-1", "seventeen-bytes-2", "a", "seventeen-bytes-1"]
    text = "".join(f"c,{word},in,1,2,2026-11-23T17:52:57Z,,,,\n" for word in words)
    _, out = read(text, 20, [4_096] * 3)
    indices, places, _ = out.words[0]
    assert indices[: len(words)].tolist() == [0, 1, 0, 2, 3, 4, 5, 1, 4]
    assert out.found[1] == 6
    assert [text[at : at + size] for at, size in places[:6].tolist()] == list(dict.fromkeys(words))


def test_a_block_unlike_the_one_before_gets_its_room():
    scanner = Scanner(CANONICAL_COLUMNS)
    short = "c,s,in,0312000000,2,2026-11-23T17:52:57Z,,,,\n"
    for text in (short, "".join(rows_of(np.random.default_rng(10), 2_000)), short * 5_000):
        assert len(scanner.scan(pa.py_buffer(text.encode()))[0]) == text.count("\n")
    assert canonical_scan._A_FEW > SPARE
