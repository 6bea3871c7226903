"""The scanner of plain blocks: what it reads is what Arrow reads, and what is not plain it leaves alone."""

from __future__ import annotations

import ctypes
import mmap

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sekisho.core.records.canonical_csv import Way, _Reader
from sekisho.core.records.canonical_scan import Scanner
from sekisho.core.records.parsed import Provenance
from sekisho.core.tables import CALL_FIELDS, CANONICAL_COLUMNS
from sekisho.core.terms.instants import DAY_MS, format_rfc3339

ROW = (
    "c1,edge,out,0312000000,0106112345678,2026-11-23T17:52:57Z,2026-11-23T17:53:02.250Z,2026-11-23T17:54:02Z,200,61000"
)
NO_TALK = CANONICAL_COLUMNS[:-1]


def scanned(text, columns=CANONICAL_COLUMNS):
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return Scanner(columns).scan(pa.py_buffer(data))


def by_arrow(text, columns=CANONICAL_COLUMNS):
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    reader = _Reader(list(columns), "east", Provenance("calls.csv", "c0ffee"), threads=False)
    return reader._typed(pa.py_buffer(data), Way(quotes=False, fine=False))


def same(found, expected):
    assert [array.type for array in found] == [field.type for field in CALL_FIELDS]
    for field, one, other in zip(CALL_FIELDS, found, expected, strict=True):
        one.validate(full=True)
        assert one.null_count == other.null_count, field.name
        assert one.equals(other) or one.to_pylist() == other.to_pylist(), field.name


def with_field(name, text):
    fields = ROW.split(",")
    fields[CANONICAL_COLUMNS.index(name)] = text
    return ",".join(fields) + "\n"


def test_plain_rows_are_read():
    found = scanned(ROW + "\n" + with_field("answer", "") + with_field("source", "pbx"))
    same(found, by_arrow(ROW + "\n" + with_field("answer", "") + with_field("source", "pbx")))
    assert found[1].to_pylist() == ["edge", "edge", "pbx"]
    assert found[6].null_count == 1


def test_talk_may_be_absent_in_the_file():
    text = ROW.rsplit(",", 1)[0] + "\n"
    same(scanned(text * 3, NO_TALK), by_arrow(text * 3, NO_TALK))
    assert scanned(text, CANONICAL_COLUMNS) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("call_id", ""), ("call_id", "x" * 700), ("source", ""), ("direction", "sideways"), ("line", ""),
        ("number", ""), ("start", ""), ("answer", ""), ("end", ""), ("cause", ""), ("cause", "007"), ("cause", "0"),
        ("talk_ms", ""), ("talk_ms", "000000000000001"), ("talk_ms", "999999999999999"), ("source", "s" * 300),
        ("start", "1970-01-01T00:00:00Z"), ("start", "2000-02-29T23:59:59.999Z"), ("start", "2199-12-31T23:59:59Z"),
        ("start", "9999-12-31T23:59:59.999Z"), ("number", "#9110"), ("number", "+81 3-1234-5678"), ("line", "\t"),
    ],
)  # fmt: skip
def test_a_plain_field_is_read_as_arrow_reads_it(name, text):
    block = ROW + "\n" + with_field(name, text) + ROW + "\n"
    found = scanned(block)
    assert found is not None
    same(found, by_arrow(block))


@pytest.mark.parametrize(
    "block",
    [
        "", "\n", ROW, ROW + "\n\n", "\n" + ROW + "\n", ROW + "\r\n", ROW + ",\n", ROW + "\n" + ROW[:-6] + "\n",
        ROW.rsplit(",", 1)[0] + "\n", with_field("call_id", '"c1"'), with_field("number", 'a"b'),
        with_field("call_id", "番号"), with_field("call_id", "\udcff"), with_field("line", "03\r12"),
        with_field("start", "2026-11-23T17:52:57"), with_field("start", "2026-11-23 17:52:57Z"),
        with_field("start", "2026-11-23T17:52:57z"), with_field("start", "2026-11-23T17:52:57.5Z"),
        with_field("start", "2026-11-23T17:52:57+00:00"), with_field("start", "2026-11-23T17:52:57.000000Z"),
        with_field("start", "2026-02-29T00:00:00Z"), with_field("start", "2026-13-01T00:00:00Z"),
        with_field("start", "2026-00-01T00:00:00Z"), with_field("start", "2026-01-00T00:00:00Z"),
        with_field("start", "2026-04-31T00:00:00Z"), with_field("start", "2026-01-01T24:00:00Z"),
        with_field("start", "2026-01-01T00:60:00Z"), with_field("start", "2026-01-01T00:00:60Z"),
        with_field("start", "1969-12-31T23:59:59Z"), with_field("start", "202a-01-01T00:00:00Z"),
        with_field("end", "2026-01-01T00:00:00.00aZ"), with_field("end", "2026-01-01T00:00:00,000Z"),
        with_field("cause", "-1"), with_field("cause", "1000"), with_field("cause", "0x1"), with_field("cause", " 1"),
        with_field("talk_ms", "1.0"), with_field("talk_ms", "1234567890123456"), with_field("answer", " "),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_alone(block):
    assert scanned(block) is None


def test_nothing_behind_the_block_is_read():
    size = mmap.PAGESIZE
    held = mmap.mmap(-1, 2 * size)
    start = ctypes.addressof(ctypes.c_char.from_buffer(held))
    forbidden = ctypes.CDLL(None).mprotect(ctypes.c_void_p(start + size), ctypes.c_size_t(size), 0)
    assert forbidden == 0  # a byte read there ends the process
    try:
        for columns, ends in ((CANONICAL_COLUMNS, ",,,,,\n"), (NO_TALK, ",,,,\n")):
            for line, number in (("1", ""), ("1" * 9, "2"), ("", "1" * 17), ("1" * 15, ""), ("", "")):
                direction = "in" if line else ""
                text = 2 * f"c,s,{direction},{line},{number}{ends}".encode()
                held[size - len(text) : size] = text
                block = pa.foreign_buffer(start + size - len(text), len(text), held)
                found = Scanner(columns).scan(block)
                assert found is not None
                assert (found[3][1].as_py(), found[4][1].as_py()) == (line, number)
                del found, block
    finally:
        ctypes.CDLL(None).mprotect(ctypes.c_void_p(start + size), ctypes.c_size_t(size), mmap.PROT_READ)


def test_other_columns_are_left_alone():
    assert scanned(ROW + "\n", (*CANONICAL_COLUMNS[1:], "call_id")) is None


def test_more_words_than_repeat_are_left_alone():
    rows = [with_field("source", f"s{place}") for place in range(257)]
    assert scanned("".join(rows)) is None
    same(scanned("".join(rows[:256])), by_arrow("".join(rows[:256])))


def test_every_day_of_two_centuries_is_that_day():
    days = np.arange(0, 84_006) * DAY_MS + 45_296_789
    rows = [with_field("start", format_rfc3339(instant)) for instant in days.tolist()]
    np.testing.assert_array_equal(scanned("".join(rows))[5].cast(pa.int64()).to_numpy(), days)


SIGNS = st.sampled_from(list(',\n"\r 0123456789abZTz:.-+#é\x00\udcff'))
TIMES = st.one_of(
    st.integers(0, 7_258_118_400_000).map(format_rfc3339),
    st.sampled_from(["", "2026-02-30T00:00:00Z", "2026-1-01T00:00:00Z", "2026-11-23T17:52:57.12Z", "x"]),
)
WORDS = st.sampled_from(["out", "in", "", "edge", "a-long-name-of-a-source", "a-long-name-of-a-sourcf"])
FIELDS = {
    "call_id": st.text("abcdef0123456789-", max_size=40),
    "source": WORDS,
    "direction": WORDS,
    "line": st.text("0123456789+", max_size=20),
    "number": st.text("0123456789+", max_size=20),
    "start": TIMES,
    "answer": TIMES,
    "end": TIMES,
    "cause": st.sampled_from(["", "200", "7", "007", "99999", "x"]),
    "talk_ms": st.one_of(st.just(""), st.integers(0, 10**16).map(str)),
}
PLAIN_ROWS = st.tuples(*FIELDS.values()).map(lambda fields: ",".join(fields) + "\n")


@settings(deadline=None, max_examples=400)
@given(st.lists(PLAIN_ROWS, min_size=1, max_size=12), st.lists(st.tuples(st.integers(0), SIGNS), max_size=2))
@example([ROW + "\n"] * 20, [])
def test_a_block_is_read_as_arrow_reads_it_or_not_at_all(rows, changes):
    text = "".join(rows)
    for where, sign in changes:
        at = where % len(text)
        text = text[:at] + sign + text[at + 1 :]
    found = scanned(text)
    if found is not None:
        same(found, by_arrow(text))
