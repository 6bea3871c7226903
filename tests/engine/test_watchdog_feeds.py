"""Feeds: what an entry of the journal tells of them, how late they usually are, when their silence is an alarm."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from sekisho.bodies import body_of
from sekisho.core.tables import CALLS
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, start_of_japanese_day
from sekisho.engine.watchdog_feeds import LATE, LEARNING, OK, Feed, FeedKey, arrived_calls

MONDAY = start_of_japanese_day(date(2026, 6, 1))
WEEK = 7 * DAY_MS
LEAST = 60 * SECOND_MS


def calls_body(*rows: dict) -> bytes:
    told = {"direction": "out", "line": "0312345678", "number": "117", "answer": None, "end": None, "cause": None}
    told |= {"talk_ms": None, "file_sha256": "0" * 64, "row": 1, "company": "east", "source": "sbc"}
    whole = [told | {"call_id": str(number)} | row for number, row in enumerate(rows)]
    columns = [pa.array([row[f.name] for row in whole]).cast(f.type) for f in CALLS]
    return body_of([pa.RecordBatch.from_arrays(columns, schema=CALLS)], CALLS)


def test_an_entry_is_told_by_feed():
    body = calls_body(
        {"start": MONDAY, "answer": MONDAY + 5_000, "end": MONDAY + 60_000},
        {"start": MONDAY + HOUR_MS, "end": MONDAY + HOUR_MS + 1},
        {"start": MONDAY + 2 * HOUR_MS},
        {"start": MONDAY + 7, "company": "west"},
    )
    east, west = arrived_calls(body)
    assert (east.key, west.key) == (FeedKey("east", "sbc", "calls"), FeedKey("west", "sbc", "calls"))
    assert (east.last_ms, east.oldest_ms) == (MONDAY + 2 * HOUR_MS, MONDAY + 60_000)
    assert east.hours == {MONDAY // HOUR_MS: 1, MONDAY // HOUR_MS + 1: 1}  # the third has not ended
    assert (west.last_ms, west.hours) == (MONDAY + 7, {})


def live_feed(weeks: int, *, seed: int = 5) -> Feed:
    """A switch that tells calls as they happen: one a minute from 9 to 18 on working days."""
    feed, rng = Feed(), np.random.default_rng(seed)
    for day in range(weeks * 7):
        if day % 7 >= 5:
            continue
        first = MONDAY + day * DAY_MS + 9 * HOUR_MS
        for at in np.sort(rng.integers(first, first + 9 * HOUR_MS, 540)).tolist():
            feed.arrive(at, at, {at // HOUR_MS: 1}, at + 200)
        feed.judge(first + 9 * HOUR_MS, LEAST)
    return feed


def test_a_quiet_night_and_a_weekend_do_not_alarm_a_silent_monday_does():
    feed = live_feed(4)
    friday_evening = feed.last_event_ms
    monday = MONDAY + 4 * WEEK
    for hours in range(1, 64):
        assert feed.judge(friday_evening + hours * HOUR_MS, LEAST).state != LATE
    assert feed.judge(monday + 9 * HOUR_MS + 5 * MINUTE_MS, LEAST).state == OK
    told = feed.judge(monday + 9 * HOUR_MS + 30 * MINUTE_MS, LEAST)
    assert told.state == LATE
    assert told.since_ms == monday + 9 * HOUR_MS + 30 * MINUTE_MS
    assert told.expected == pytest.approx(30, rel=0.2)
    assert told.usual_gap_ms == pytest.approx(MINUTE_MS, rel=0.2)
    assert told.alarm_after_ms < 20 * MINUTE_MS
    feed.arrive(monday + 10 * HOUR_MS, monday + 10 * HOUR_MS, {}, monday + 10 * HOUR_MS)
    assert feed.judge(monday + 10 * HOUR_MS + SECOND_MS, LEAST).state == OK


def test_an_outage_does_not_become_usual():
    feed = live_feed(4)
    monday = MONDAY + 4 * WEEK
    before = feed.usual.rate((monday + 13 * HOUR_MS) // HOUR_MS)
    for minute in range(0, 9 * 60, 5):
        feed.judge(monday + 9 * HOUR_MS + minute * MINUTE_MS, LEAST)
    feed.arrive(monday + 18 * HOUR_MS, monday + 18 * HOUR_MS, {}, monday + 18 * HOUR_MS)
    after = feed.usual.rate((monday + WEEK + 13 * HOUR_MS) // HOUR_MS)
    assert after > 0.8 * before


def hourly_files(days: int) -> tuple[Feed, int]:
    """A switch that writes a file at every full hour, with the hour's calls; the feed, and when the last one came."""
    feed, came = Feed(), 0
    for hour in range(days * 24):
        first = MONDAY + hour * HOUR_MS
        came = first + HOUR_MS + 20 * SECOND_MS
        feed.arrive(first + HOUR_MS - 1, first + 1, {first // HOUR_MS: 60}, came)
        feed.judge(came, LEAST)
    return feed, came


def test_a_file_an_hour_is_expected_an_hour_later():
    feed, came = hourly_files(10)
    assert feed.lateness_ms == HOUR_MS + 20 * SECOND_MS - 1
    assert feed.judge(came + HOUR_MS - SECOND_MS, LEAST).state == OK
    assert feed.judge(came + HOUR_MS + 5 * MINUTE_MS, LEAST).state == OK
    assert feed.judge(came + HOUR_MS + 20 * MINUTE_MS, LEAST).state == LATE


def test_a_single_file_that_was_sent_again_changes_nothing():
    feed, came = hourly_files(10)
    feed.arrive(came - 3 * DAY_MS, came - 4 * DAY_MS, {}, came + MINUTE_MS)
    assert feed.lateness_ms == HOUR_MS + 20 * SECOND_MS - 1


def test_a_history_that_nobody_saw_arrive_teaches_hours_and_no_lateness():
    feed = Feed()
    for day in range(14):
        for hour in range(24):
            at = MONDAY + day * DAY_MS + hour * HOUR_MS
            feed.arrive(at, at, {at // HOUR_MS: 3_600}, None)
    end = feed.last_event_ms
    assert (feed.lateness_ms, feed.last_arrival_ms) == (0, None)
    assert feed.judge(end + 20 * SECOND_MS, 5 * SECOND_MS).state == LATE
    assert feed.judge(end + 20 * SECOND_MS, LEAST).state == OK  # so short a silence is none


def test_a_new_feed_is_learning_and_never_late():
    feed = Feed()
    feed.arrive(MONDAY, MONDAY, {MONDAY // HOUR_MS: 1}, MONDAY)
    told = feed.judge(MONDAY + 3 * DAY_MS, LEAST)
    assert (told.state, told.usual_gap_ms) == (LEARNING, None)


def test_a_switch_whose_clock_is_ahead_is_heard_now():
    feed = Feed()
    feed.arrive(MONDAY + HOUR_MS, MONDAY + HOUR_MS, {}, MONDAY)
    assert feed.last_event_ms == MONDAY


def test_the_hours_of_the_picture():
    feed, came = hourly_files(10)
    hours = feed.hours(came)
    assert len(hours) == 24
    assert hours[-1][0] == came // HOUR_MS * HOUR_MS
    assert hours[-2] == (came // HOUR_MS * HOUR_MS - HOUR_MS, 60, 60.0)


def test_a_snapshot_changes_nothing():
    feed = live_feed(2)
    again = Feed.from_json(feed.to_json())
    at = MONDAY + 2 * WEEK + 9 * HOUR_MS + 30 * MINUTE_MS
    assert again.judge(at, LEAST).state == feed.judge(at, LEAST).state == LATE
    assert again.hours(at) == feed.hours(at)
