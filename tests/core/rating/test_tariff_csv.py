from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.rating.cells import COLUMNS
from sekisho.core.rating.tariff_csv import Fault, bad_tariff, read_sheet
from sekisho.core.terms.errors import BadTariff

HEADER = "valid_from,match,name,unit_s,yen_per_unit,tax"
ROW = "2026-04-01,class:fixed,fixed,180,8,taxable"


def faults_of(data: bytes) -> list[str]:
    with pytest.raises(BadTariff) as caught:
        read_sheet(data, "book.csv")
    return [str(caught.value), *(str(other) for other in caught.value.others)]


def test_columns_come_by_name_and_those_that_are_not_there_are_empty():
    sheet = read_sheet(f"note,{HEADER}\nhello,{ROW}\n".encode(), "book.csv")
    assert set(sheet.columns) == set(COLUMNS)
    assert sheet.columns["match"].to_pylist() == ["class:fixed"]
    assert sheet.columns["note"].to_pylist() == ["hello"]
    assert sheet.columns["hours"].to_pylist() == [""]
    assert not sheet.ragged


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", ["", "end"])
def test_byte_order_marks_line_ends_and_a_missing_last_one_do_not_matter(newline, mark, last):
    text = mark + newline.join([HEADER, ROW, ROW]) + (newline if last else "")
    sheet = read_sheet(text.encode(), "book.csv")
    assert sheet.columns["tax"].to_pylist() == ["taxable"] * 2


def test_rows_know_their_lines_over_blank_lines_and_quoted_line_feeds():
    quoted = ROW.replace("class:fixed,fixed", 'class:fixed,"fi\nxed"')
    sheet = read_sheet(f"{HEADER}\n\n{quoted}\n\n{ROW}\n".encode(), "book.csv")
    assert [sheet.line(row) for row in range(2)] == [3, 6]
    assert sheet.columns["name"].to_pylist() == ["fi\nxed", "fixed"]


def test_rows_of_a_wrong_length_are_told_with_their_lines():
    sheet = read_sheet(f"{HEADER}\n{ROW},extra\n{ROW}\na,b\n".encode(), "book.csv")
    assert sheet.ragged
    assert [(fault.line, fault.wrong) for fault in sheet.ragged_faults()] == [
        (2, "a row of 7 cells under a header of 6"),
        (4, "a row of 2 cells under a header of 6"),
    ]
    assert sheet.line(0) == 3


def test_nothing_but_rows_of_a_wrong_length():
    assert faults_of(f"{HEADER}\na,b\n".encode()) == [
        "book.csv:2: a row of 2 cells under a header of 6; give every row a cell for each column, and close every quote"
    ]


def test_every_fault_of_a_header_is_told():
    columns = "the columns are " + ", ".join(COLUMNS)
    assert faults_of(b"valid_from,match,name,unit,yen_per_unit,name\n1\n") == [
        f"book.csv:1: no column unit_s; {columns}",
        f"book.csv:1: no column tax; {columns}",
        f"book.csv:1: unknown column 'unit'; {columns}",
        "book.csv:1: two columns name; keep one",
    ]


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_header(data):
    assert faults_of(data)[0].startswith("book.csv:1: no column valid_from; ")


@pytest.mark.parametrize("rows", ["", "\n", "\n\n", "\r\n"])
def test_a_header_alone_is_no_tariff(rows):
    assert faults_of((HEADER + rows).encode()) == ["book.csv: no rates; give each rate a row under the header"]


def test_shift_jis_is_told_with_its_line():
    data = f"{HEADER}\n{ROW}\n{ROW.replace('fixed,180', '固定,180')}\n".encode("cp932")
    assert faults_of(data) == ["book.csv:3: not UTF-8; save the file as CSV in UTF-8"]


def test_lines_that_end_in_carriage_returns_alone_are_told():
    assert faults_of(f"{HEADER}\r{ROW}\r".encode())[0].startswith("book.csv:1: not CSV (")


def test_a_quote_that_never_closes_is_told():
    broken = ROW.replace("fixed,180", '"fixed,180')
    assert faults_of(f"{HEADER}\n{broken}\n{ROW}\n".encode())[0].startswith("book.csv:2: a row of 3 cells")
    with pytest.raises(BadTariff, match=r"book.csv:3: not CSV \(field larger than field limit"):
        read_sheet(f"{HEADER}\n{ROW}\n{broken}{' ' * 200_000}\n".encode(), "book.csv").ragged_faults()


def test_one_error_holds_all_faults_in_line_order():
    error = bad_tariff("f", [Fault(9, "c", "z"), Fault(2, "a", "x"), Fault(2, "b", "y")])
    assert [str(error), *map(str, error.others)] == ["f:2: a; x", "f:2: b; y", "f:9: c; z"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(['"', ",", "\n", "\r\n", "a", " ", '""', "é"]), max_size=40).map("".join))
def test_rows_and_lines_never_part_whatever_the_quotes(text):
    """Two readers look at a file, one for the cells, one for the lines: they must see the same rows."""
    try:
        sheet = read_sheet(f"{HEADER}\n{ROW}\n{text}\n{ROW}".encode(), "f")
    except BadTariff:
        pytest.fail("a row of the right length was there")
    records = list(csv.reader(io.StringIO(sheet.text, newline="")))[1:]
    right = [row for row in records if len(row) == 6]
    names = HEADER.split(",")
    assert [list(row) for row in zip(*(sheet.columns[name].to_pylist() for name in names), strict=True)] == right
    assert sheet.ragged == any(row and len(row) != 6 for row in records)
    assert sheet.line(len(right) - 1) <= sheet.text.count("\n") + 1
    assert sheet.line(0) == 2
