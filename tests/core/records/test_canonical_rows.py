"""Canonical records as texts, a row at a time."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarrow import csv as arrow_csv

from sekisho.core.records.call_row import LATEST, BadRow, CallRow
from sekisho.core.records.canonical_rows import canonical_row, check_columns, instant, integer
from sekisho.core.tables import CANONICAL_COLUMNS, INSTANT
from sekisho.core.terms.errors import BadCallFile
from sekisho.core.terms.instants import parse_rfc3339

ROW = "c1,edge,out,0312000000,0106112345678,2026-11-23T17:52:57Z,2026-11-23T17:53:02Z,2026-11-23T17:54:02Z,200,60000"
T = parse_rfc3339("2026-11-23T17:52:57Z")


def test_a_whole_row():
    assert canonical_row(ROW.split(",")) == CallRow(
        "c1", "edge", "out", "0312000000", "0106112345678", T, T + 5_000, T + 65_000, 200, 60_000
    )


def test_empty_fields_are_null():
    row = canonical_row(["c1", "edge", "in", "0312000000", "", "2026-11-23T17:52:57Z", "", "", "", ""])
    assert row == CallRow("c1", "edge", "in", "0312000000", "", T, None, None, None, None)


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("2026-11-23T17:52:57.123Z", 123),
        ("2026-11-23T17:52:57.1Z", 100),
        ("2026-11-23T17:52:57.123999999999Z", 123),
        ("2026-11-24T02:52:57+09:00", 0),
        ("2026-11-24 02:52:57+0900", 0),
        ("2026-11-23t17:52:57z", 0),
        ("2026-11-23T17:52Z", -57_000),
    ],
)
def test_times_in_every_spelling(text, shift):
    assert instant("start", text) == T + shift


@pytest.mark.parametrize(
    ("place", "text", "reason"),
    [
        (5, "", "start is empty"),
        (5, "2026-13-01", 'start "2026-13-01" is not an RFC 3339 time like 2026-11-23T17:52:57Z'),
        (5, "2026-02-30T00:00:00Z", 'start "2026-02-30T00:00:00Z" is not an RFC 3339 time like'),
        (5, "2026-11-23T17:52:57", 'start "2026-11-23T17:52:57" is not an RFC 3339 time like'),
        (6, "soon", 'answer "soon" is not an RFC 3339 time like'),
        (7, "9999-12-31T23:59:59Z", 'end "9999-12-31T23:59:59Z" is not between 1970 and 2199'),
        (7, "0001-01-01T00:00:00+23:00", 'end "0001-01-01T00:00:00+23:00" is not between 1970 and 2199'),
        (5, "1969-12-31T23:59:59Z", 'start "1969-12-31T23:59:59Z" is not between 1970 and 2199'),
        (8, "ok", 'cause "ok" is no whole number'),
        (8, "99999", "cause 99999 is no SIP status"),
        (9, "1e30", 'talk_ms "1e30" is no whole number'),
        (9, "9" * 41, 'talk_ms "' + "9" * 41 + '" is no whole number'),
        (9, "9" * 30, "talk_ms is more than 366 days"),
        (9, "-1", "talk_ms is negative"),
        (2, "sideways", 'direction "sideways" is neither in nor out'),
        (0, "", "call_id is empty"),
    ],
)
def test_a_bad_field_is_named(place, text, reason):
    fields = ROW.split(",")
    fields[place] = text
    with pytest.raises(BadRow) as caught:
        canonical_row(fields)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(("text", "number"), [("200", 200), (" 7\t", 7), ("007", 7), ("-0", 0), ("0x1F", 31)])
def test_integers_in_every_spelling_that_arrow_reads(text, number):
    assert integer("cause", text) == number


def arrow_reads(text, kind):
    """What Arrow's CSV reader makes of a field, or None where it refuses it."""
    options = arrow_csv.ConvertOptions(column_types={"a": kind}, null_values=[""])
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(text.encode() + b"\n"),
            read_options=arrow_csv.ReadOptions(column_names=["a"]),
            parse_options=arrow_csv.ParseOptions(quote_char=False),
            convert_options=options,
        )
    except pa.ArrowInvalid:
        return None
    return table.column(0).cast(pa.int64())[0].as_py() if len(table) == 1 else None


NEARLY_TIMES = st.from_regex(
    r"(2026|1970|2199|0000|9999)-(0[0-9]|1[0-3])-(0[0-9]|[12][0-9]|3[0-2])"
    r"[Tt ]([01][0-9]|2[0-5])(:?[0-6][0-9](:?[0-6][0-9](\.[0-9]{0,4})?)?)?(Z|z|[+-][0-2][0-9](:?[0-6][0-9])?)?",
    fullmatch=True,
)


@given(NEARLY_TIMES)
@example("2026-11-23T17Z")
@example("2026-11-23 17:52:57+09")
@settings(derandomize=True, max_examples=500, deadline=None)
def test_whatever_arrow_takes_for_a_time_is_taken_here_too(text):
    expected = arrow_reads(text, INSTANT)
    if expected is not None and 0 <= expected < LATEST:
        assert instant("start", text) == expected
    elif expected is not None:
        with pytest.raises(BadRow):
            instant("start", text)


@given(st.from_regex(r"[ \t]*(-|\+|0x|0X)?[0-9a-fA-F]{1,6}[ \t]*", fullmatch=True))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_whatever_arrow_takes_for_an_integer_is_taken_here_too(text):
    expected = arrow_reads(text, pa.int16())
    if expected is not None and expected >= 0:
        assert integer("cause", text) == expected


@pytest.mark.parametrize(
    ("names", "error"),
    [
        ((*CANONICAL_COLUMNS, "price"), 'f:1: unknown column "price"; the columns are call_id, source, direction'),
        (CANONICAL_COLUMNS[1:], 'f:1: missing column "call_id"; '),
        ((*CANONICAL_COLUMNS, "line"), 'f:1: repeated column "line"; '),
    ],
)
def test_wrong_columns_are_named(names, error):
    with pytest.raises(BadCallFile) as caught:
        check_columns(names, "f", 1)
    assert str(caught.value).startswith(error)


def test_columns_in_any_order_without_talk_ms_are_right():
    assert check_columns([name for name in reversed(CANONICAL_COLUMNS) if name != "talk_ms"], "f", 1) is None
