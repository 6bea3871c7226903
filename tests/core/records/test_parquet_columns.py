"""Columns of foreign Parquet files in the types of CALLS."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from sekisho.core.records.call_row import LATEST
from sekisho.core.records.parquet_columns import column_as, fits
from sekisho.core.tables import INSTANT, WORD

T = 1_795_456_377_000
MOMENT = datetime(2026, 11, 23, 17, 52, 57, tzinfo=UTC)
TEXTS = [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary()]


def converted(column, wanted, zone="UTC", name="start"):
    faults = {}
    out = column_as(column, name, wanted, zone, faults)
    out.validate(full=True)
    assert out.type == wanted
    return (out.cast(pa.int64()) if wanted == INSTANT else out).to_pylist(), faults


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("wanted", [pa.string(), WORD])
def test_texts_of_any_kind(kind, wanted):
    assert fits(kind, wanted)
    assert converted(pa.array([b"edge", b"", None, b"edge"]).cast(kind), wanted)[0] == ["edge", "", None, "edge"]


@pytest.mark.parametrize("wanted", [pa.string(), WORD])
def test_dictionaries_of_texts(wanted):
    for kind in (WORD, pa.dictionary(pa.int8(), pa.large_string())):
        column = pa.array(["in", "out", None, "in"]).cast(kind)
        assert fits(kind, wanted)
        assert converted(column, wanted)[0] == ["in", "out", None, "in"]


@pytest.mark.parametrize("wanted", [pa.string(), WORD])
def test_bytes_that_are_not_utf8_are_replaced(wanted):
    for kind in (pa.binary(), pa.string()):
        broken = pa.Array.from_buffers(kind, 2, pa.array([b"a\xff", b"b"]).buffers())
        assert converted(broken, wanted)[0] == ["a\ufffd", "b"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "+09:00"])
def test_timestamps_of_any_unit_and_zone(unit, zone):
    kind = pa.timestamp(unit, zone)
    assert fits(kind, INSTANT)
    assert converted(pa.array([MOMENT, None], pa.timestamp(unit, "UTC")).cast(kind), INSTANT)[0] == [T, None]


def test_finer_times_are_cut():
    assert converted(pa.array([T * 1_000 + 999, -1], pa.timestamp("us", "UTC")), INSTANT)[0] == [T, -1]


def test_times_without_a_zone_are_in_the_profiles():
    local = pa.array([MOMENT.replace(tzinfo=None)], pa.timestamp("us"))
    assert converted(local, INSTANT)[0] == [T]
    assert converted(local, INSTANT, "Asia/Tokyo")[0] == [T - 9 * 3_600_000]


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_times_out_of_every_range_break_a_rule_later(unit):
    early, late = converted(pa.array([-(2**62), 2**62], pa.timestamp(unit, "UTC")), INSTANT)[0]
    assert early < 0 or unit == "ns"  # 2**62 ns is the year 2116
    assert late >= LATEST or unit == "ns"


def test_times_as_texts():
    column = pa.array(["2026-11-23T17:52:57Z", "", None, "soon", "2026-11-23T17:52:57.1239999Z"])
    assert fits(column.type, INSTANT)
    instants, faults = converted(column, INSTANT)
    assert instants == [T, None, None, None, T + 123]
    assert faults == {3: 'start "soon" is not an RFC 3339 time like 2026-11-23T17:52:57Z'}
    assert converted(column.slice(0, 3), INSTANT) == ([T, None, None], {})


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint16(), pa.int64(), pa.float32(), pa.float64()])
def test_integers_of_any_kind(kind):
    assert fits(kind, pa.int16())
    assert converted(pa.array([100, None], kind), pa.int16()) == ([100, None], {})


def test_integers_that_do_not_fit_are_faults():
    numbers, faults = converted(pa.array([200, 70_000, 2**40]), pa.int16(), name="cause")
    assert (numbers, faults) == ([200, None, None], dict.fromkeys((1, 2), "a number is out of every range"))
    big = converted(pa.array([5, 2**64 - 1], pa.uint64()), pa.int64(), name="talk_ms")
    assert big == ([5, None], {1: "a number is out of every range"})


def test_floats_are_integers_where_they_are_whole():
    column = pa.array([200.0, float("nan"), 1.5, float("inf"), 1e30])
    numbers, faults = converted(column, pa.int64(), name="talk_ms")
    assert numbers == [200, None, None, None, None]
    assert faults == {
        2: "talk_ms is no whole number",
        3: "talk_ms is no whole number",
        4: "a number is out of every range",
    }


def test_integers_as_texts():
    numbers, faults = converted(pa.array(["200", "", "x"]), pa.int16(), name="cause")
    assert (numbers, faults) == ([200, None, None], {2: 'cause "x" is no whole number'})


@pytest.mark.parametrize("wanted", [pa.string(), WORD, INSTANT, pa.int16(), pa.int64()])
def test_a_column_of_nothing_is_null(wanted):
    assert fits(pa.null(), wanted)
    assert converted(pa.nulls(2), wanted) == ([None, None], {})


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (pa.int64(), pa.string()),
        (pa.int64(), WORD),
        (pa.int64(), INSTANT),
        (pa.date32(), INSTANT),
        (pa.list_(pa.string()), pa.string()),
        (pa.timestamp("ms"), pa.int64()),
        (pa.bool_(), pa.int16()),
        (pa.dictionary(pa.int8(), pa.int64()), WORD),
    ],
)
def test_other_types_do_not_fit(kind, wanted):
    assert not fits(kind, wanted)
