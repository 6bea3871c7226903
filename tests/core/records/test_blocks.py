"""Blocks of whole lines, and their lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.records.blocks import MAX_LINE, TOO_LONG, cut, lines_of, text_lines


@given(
    data=st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\n\n", b"long" * 9])).map(b"".join), size=st.integers(1, 40)
)
@settings(derandomize=True)
def test_blocks_are_the_data_cut_behind_line_breaks(data, size):
    blocks = [bytes(block) for block in cut(data, size)]
    assert b"".join(blocks) == data
    assert all(block.endswith(b"\n") for block in blocks[:-1])
    assert all(block.count(b"\n") == 1 for block in blocks[:-1] if len(block) > size)


def test_a_line_longer_than_a_block_is_one_block():
    data = b"x" * 50_000 + b"\nshort\n"
    assert [len(block) for block in cut(data, 100)] == [50_001, 6]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\n\nb\n", ["a", "", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\rb\n", ["a\rb"]),
        (b"\xff\nb", ["\ufffd", "b"]),
        (b"\xe3\x81\nb", ["\ufffd", "b"]),
        (b"a\0b\n", ["a\0b"]),
        (b"x" * (MAX_LINE + 1) + b"\n\xff\n", [TOO_LONG, "\ufffd"]),
        (b"x" * MAX_LINE + b"\n", ["x" * MAX_LINE]),
    ],
)
def test_lines(data, lines):
    assert lines_of(data) == lines


def test_a_lone_carriage_return_ends_a_line_only_where_it_is_asked_for():
    assert lines_of(b"a\rb\r\nc\r", lone_cr=True) == ["a", "b", "c"]
    assert lines_of(b"a\rb\r\nc\r") == ["a\rb", "c\r"]


@given(st.binary(max_size=300), st.integers(1, 50))
@settings(derandomize=True)
def test_every_line_of_a_file_is_handed_out_with_its_number(data, size):
    numbered = [(first + place, line) for first, lines in text_lines(data, size) for place, line in enumerate(lines)]
    count = len(data.split(b"\n")) - data.endswith(b"\n") if data else 0
    assert [number for number, _ in numbered] == list(range(1, count + 1))
    assert [line for _, line in numbered] == lines_of(data)
