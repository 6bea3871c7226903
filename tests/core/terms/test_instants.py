"""Instants: RFC 3339 outside, whole milliseconds inside, days as Japan lives them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.terms.instants import (
    DAY_MS,
    format_rfc3339,
    japanese_date,
    japanese_time_text,
    parse_rfc3339,
    start_of_japanese_day,
)

YEAR_2000 = 946_684_800_000
YEAR_2100 = 4_102_444_800_000
INSTANTS = st.integers(YEAR_2000, YEAR_2100)
JAPAN = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("2026-11-23T17:52:57Z", 1_795_456_377_000),
        ("2026-11-24T02:52:57+09:00", 1_795_456_377_000),
        ("2026-11-23T12:22:57-05:30", 1_795_456_377_000),
        ("2026-11-23T17:52:57.5Z", 1_795_456_377_500),
        ("2026-11-23T17:52:57.2969999Z", 1_795_456_377_296),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
        ("2026-11-23t17:52:57z", 1_795_456_377_000),
    ],
)
def test_worked_instants(text, instant):
    assert parse_rfc3339(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-23",
        "2026-11-23T17:52Z",
        "2026-11-23T17:52:57",
        "2026-11-23 17:52:57Z",
        "2026-11-23T17:52:57.Z",
        "2026-11-23T17:52:57+0900",
        "2026-11-23T17:52:57Z ",
        "20261123T175257Z",
        "2026-W48-1T17:52:57Z",
        "2026-02-30T00:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T17:60:00Z",
        "2026-11-23T17:52:57+24:00",
        "２０２６-11-23T17:52:57Z",
        "1795456377",
    ],
)
def test_anything_else_is_an_error(text):
    with pytest.raises(ValueError, match=r"\S"):
        parse_rfc3339(text)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_795_456_377_000, "2026-11-23T17:52:57Z"),
        (1_795_456_377_050, "2026-11-23T17:52:57.050Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_milliseconds_are_written_only_where_there_are_some(instant, text):
    assert format_rfc3339(instant) == text


@given(INSTANTS)
def test_what_is_written_is_read_back(instant):
    assert parse_rfc3339(format_rfc3339(instant)) == instant


@given(INSTANTS, st.integers(-14 * 60, 14 * 60))
def test_an_offset_names_the_same_instant(instant, minutes):
    there = timezone(timedelta(minutes=minutes))
    text = (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=instant)).astimezone(there).isoformat()
    assert parse_rfc3339(text) == instant


@given(INSTANTS)
def test_days_and_times_in_japan_agree_with_the_time_zone_database(instant):
    there = (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=instant)).astimezone(JAPAN)
    assert japanese_date(instant) == there.date()
    assert japanese_time_text(instant) == there.strftime("%Y-%m-%d %H:%M:%S")


@given(INSTANTS)
def test_a_japanese_day_begins_at_its_start_and_lasts_24_hours(instant):
    begins = start_of_japanese_day(japanese_date(instant))
    assert begins <= instant < begins + DAY_MS
    assert japanese_date(begins - 1) == japanese_date(begins) - timedelta(days=1)


def test_a_day_in_japan_begins_at_three_in_the_afternoon_utc():
    assert format_rfc3339(start_of_japanese_day(date(2026, 11, 24))) == "2026-11-23T15:00:00Z"
