"""Parts of the week and billing months, against Python's own calendar and the public holidays of Japan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, parse_rfc3339
from sekisho.core.watch.calendar import (
    BUSINESS,
    CALENDAR_DAYS,
    FIRST_DAY,
    LAST_YEAR,
    NIGHT,
    PART_HOURS,
    PART_NAMES,
    PARTS,
    SHOULDER,
    WEEKEND,
    japanese_holidays,
    month_and_day,
    month_begins,
    month_index,
    part_of_week,
    reckoned,
)

CLOSED = japanese_holidays()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(parse_rfc3339("1999-12-31T15:00:00Z"), parse_rfc3339("2060-12-31T14:59:59Z"))

# The cabinet's list for 2026. 22 September lies between two holidays and so is one; 6 May stands for Sunday the 3rd.
HOLIDAYS_2026 = {
    *("2026-01-01", "2026-01-12", "2026-02-11", "2026-02-23", "2026-03-20", "2026-04-29", "2026-05-03", "2026-05-04"),
    *("2026-05-05", "2026-05-06", "2026-07-20", "2026-08-11", "2026-09-21", "2026-09-22", "2026-09-23", "2026-10-12"),
    *("2026-11-03", "2026-11-23"),
}
OFFICES_SHUT_2026 = {"2026-01-02", "2026-01-03", "2026-12-29", "2026-12-30", "2026-12-31"}


def in_japan(text: str) -> int:
    return parse_rfc3339(f"{text}+09:00")


def japanese(at: int) -> datetime:
    """The clock on a wall in Japan."""
    return EPOCH + timedelta(milliseconds=at + JST_OFFSET_MS)


@cache
def public_holidays(year: int) -> set[date]:
    return set(holidays.country_holidays("JP", years=year))


def day_off(day: date) -> bool:
    year_end = (day.month, day.day) in {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
    return day.weekday() >= 5 or year_end or day in public_holidays(day.year)


def slow_part(at: int) -> int:
    wall = japanese(at)
    if wall.hour >= 23 or wall.hour < 6:
        return NIGHT
    if day_off(wall.date()):
        return WEEKEND
    return BUSINESS if 9 <= wall.hour < 18 else SHOULDER


def slow_month(at: int) -> int:
    wall = japanese(at)
    return wall.year * 12 + wall.month - 1


@pytest.mark.parametrize(
    ("wall", "part"),
    [
        ("2026-06-01T08:59:59", SHOULDER),  # a Monday
        ("2026-06-01T09:00:00", BUSINESS),
        ("2026-06-01T17:59:59", BUSINESS),
        ("2026-06-01T18:00:00", SHOULDER),
        ("2026-06-01T22:59:59", SHOULDER),
        ("2026-06-01T23:00:00", NIGHT),
        ("2026-06-02T05:59:59", NIGHT),
        ("2026-06-02T06:00:00", SHOULDER),
        ("2026-06-06T12:00:00", WEEKEND),  # a Saturday
        ("2026-06-06T23:30:00", NIGHT),
        ("2026-06-07T22:59:59", WEEKEND),
        ("2026-09-22T10:00:00", WEEKEND),  # a Tuesday between two holidays
        ("2026-12-28T10:00:00", BUSINESS),
        ("2026-12-29T10:00:00", WEEKEND),
        ("2027-01-03T10:00:00", WEEKEND),
        ("2027-01-04T10:00:00", BUSINESS),
        ("1999-12-31T10:00:00", BUSINESS),  # before the calendar begins: by the weekday alone
        ("2061-01-03T10:00:00", BUSINESS),  # after it ends
    ],
)
def test_the_part_of_the_week(wall, part):
    assert PART_NAMES[part_of_week(in_japan(wall), CLOSED)] == PART_NAMES[part]


def test_the_days_off_of_2026():
    first = date(2026, 1, 1)
    days = [first + timedelta(days=offset) for offset in range(365)]
    shut = {day.isoformat() for day in days if CLOSED[(day - date(1970, 1, 1)).days - FIRST_DAY]}
    assert shut == HOLIDAYS_2026 | OFFICES_SHUT_2026
    assert {day.isoformat() for day in public_holidays(2026)} == HOLIDAYS_2026


def test_every_hour_of_three_years_is_in_its_part():
    start = in_japan("2025-12-20T00:00:00")
    for hour in range(3 * 366 * 24):
        at = start + hour * HOUR_MS
        assert part_of_week(at, CLOSED) == slow_part(at), japanese(at)


@settings(max_examples=2000, deadline=None)
@given(INSTANTS)
def test_any_instant_is_in_its_part_and_month(at):
    assert part_of_week(at, CLOSED) == slow_part(at)
    assert month_index(at) == slow_month(at)
    assert month_and_day(at) == (slow_month(at), japanese(at).day)


def test_a_day_is_the_same_whether_looked_up_or_reckoned():
    """All days of the table, their first and last millisecond, and the days on either side of it."""
    first = in_japan("1999-12-31T00:00:00")
    for day in range(CALENDAR_DAYS + 2):
        for at in (first + day * DAY_MS, first + (day + 1) * DAY_MS - 1):
            assert month_and_day(at) == reckoned(at), japanese(at)


def test_an_ordinary_week_has_168_hours_in_these_measures():
    start = in_japan("2026-06-01T00:00:00")
    seen = [0] * PARTS
    for hour in range(168):
        seen[part_of_week(start + hour * HOUR_MS, CLOSED)] += 1
    assert seen == PART_HOURS.tolist()
    assert sum(seen) == 168


@pytest.mark.parametrize(
    ("wall", "month"),
    [
        ("2026-01-31T23:59:59.999", 2026 * 12),
        ("2026-02-01T00:00:00", 2026 * 12 + 1),
        ("2026-12-31T23:59:59.999", 2026 * 12 + 11),
        ("2027-01-01T00:00:00", 2027 * 12),
        ("2028-02-29T12:00:00", 2028 * 12 + 1),
        ("2000-02-29T12:00:00", 2000 * 12 + 1),
        ("1970-01-01T09:00:00", 1970 * 12),
    ],
)
def test_the_billing_month_turns_at_midnight_in_japan(wall, month):
    assert month_index(in_japan(wall)) == month


def test_the_month_turns_at_15_utc_of_the_last_day():
    assert month_begins(2026 * 12 + 2) == parse_rfc3339("2026-02-28T15:00:00Z")
    assert month_begins(2028 * 12 + 2) == parse_rfc3339("2028-02-29T15:00:00Z")


@pytest.mark.parametrize("first", range(1600, 2400, 50))
def test_a_month_begins_where_its_index_does(first):
    for index in range(first * 12, (first + 50) * 12):
        begins = month_begins(index)
        assert month_index(begins) == index
        assert month_index(begins - 1) == index - 1
        assert japanese(begins).replace(tzinfo=None) == datetime(index // 12, index % 12 + 1, 1)  # noqa: DTZ001


def test_the_calendar_reaches_to_the_end_of_its_last_year():
    assert CLOSED.size == CALENDAR_DAYS
    last = date(1970, 1, 1) + timedelta(days=FIRST_DAY + CALENDAR_DAYS - 1)
    assert last == date(LAST_YEAR, 12, 31)
    assert CLOSED[-1] == 1
