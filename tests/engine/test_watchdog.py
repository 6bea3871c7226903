"""The watchdog over a real log: what it reports, and that it goes on where it stopped."""

from __future__ import annotations

import json
from datetime import date

import pyarrow as pa
import pytest
from tests.engine.test_watchdog_feeds import calls_body

from sekisho.bodies import body_of
from sekisho.core.tables import VERDICTS
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, start_of_japanese_day
from sekisho.engine.control import tick
from sekisho.engine.watchdog import Watchdog
from sekisho.engine.watchdog_feeds import FeedKey
from sekisho.flow.attempt import Attempt, Told, attempts_body
from sekisho.health import health_message
from sekisho.ports import ATTEMPT_TOPIC, HEALTH_TOPIC, JOURNAL, VERDICT_TOPIC, WATCHDOG_TOPIC, Message
from sekisho.wiring.embedded import open_embedded, open_snapshots
from sekisho.wiring.settings import read_settings

MONDAY = start_of_japanese_day(date(2026, 6, 1))
DAYS = 15
NOW = MONDAY + DAYS * DAY_MS  # a Tuesday, 0:00
EAST = FeedKey("east", "sbc", "calls")


class Clock:
    def __init__(self) -> None:
        self.ms = NOW

    def now_ms(self) -> int:
        return self.ms


@pytest.fixture
def home(tmp_path):
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}), [])
    yield opened
    opened.close()


@pytest.fixture
def start(home):
    """Start a watchdog with a clock of its own; `gaps` may be changed."""
    clock, gaps = Clock(), []

    def begin() -> Watchdog:
        snapshots = open_snapshots(home.settings, "watchdog")
        watchdog = Watchdog(home.log, snapshots, lambda: list(gaps), clock, least_silence_ms=MINUTE_MS)
        watchdog.clock, watchdog.gaps = clock, gaps
        return watchdog

    return begin


def settle(watchdog: Watchdog) -> dict:
    """Let it read everything; its last report."""
    while watchdog.step():
        pass
    return reports(watchdog._log)[-1]


def reports(log, kind: str = "report") -> list[dict]:
    return [json.loads(entry.body) for entry in log.read(WATCHDOG_TOPIC, 0, 1_000) if entry.kind == kind]


def history(log) -> None:
    """Two weeks of sixty calls an hour by day and night."""
    messages = []
    for hour in range(DAYS * 24):
        first = MONDAY + hour * HOUR_MS
        rows = [{"start": first + at * MINUTE_MS, "end": first + at * MINUTE_MS + 30_000} for at in range(60)]
        messages.append(Message("calls", f"h{hour}", calls_body(*rows)))
    log.append({JOURNAL: messages})


def call_now(log, clock) -> None:
    row = {"start": clock.ms - 30 * SECOND_MS, "end": clock.ms}
    log.append({JOURNAL: [Message("calls", f"now {clock.ms}", calls_body(row))]})


def feed_of(report: dict, key: FeedKey) -> dict:
    (feed,) = [each for each in report["feeds"] if (each["company"], each["source"], each["kind"]) == key_fields(key)]
    return feed


def key_fields(key: FeedKey) -> tuple[str, str, str]:
    return key.company, key.source, key.kind


def test_a_feed_that_stops_is_late_and_one_that_comes_is_not(home, start):
    history(home.log)
    watchdog = start()
    call_now(home.log, watchdog.clock)
    assert feed_of(settle(watchdog), EAST)["state"] == "ok"
    for minute in range(1, 5):
        watchdog.clock.ms += MINUTE_MS
        call_now(home.log, watchdog.clock)
        assert feed_of(settle(watchdog), EAST)["state"] == "ok", minute
    last = watchdog.clock.ms
    watchdog.clock.ms += 20 * MINUTE_MS
    told = feed_of(settle(watchdog), EAST)
    assert (told["state"], told["last_event_ms"], told["since_ms"]) == ("late", last, watchdog.clock.ms)
    assert told["silent_ms"] == 20 * MINUTE_MS
    call_now(home.log, watchdog.clock)
    watchdog.clock.ms += SECOND_MS
    assert feed_of(settle(watchdog), EAST)["state"] == "ok"


def test_it_reports_a_change_at_once_and_else_every_ten_seconds(home, start):
    watchdog = start()
    settle(watchdog)
    for _ in range(20):
        watchdog.clock.ms += SECOND_MS
        settle(watchdog)
    assert [report["at_ms"] - NOW for report in reports(home.log)] == [0, 10_000, 20_000]
    watchdog.gaps.append("sbc/cdr-000124.csv never came")
    watchdog.clock.ms += 5 * MINUTE_MS
    report = settle(watchdog)
    assert report["gaps"] == ["sbc/cdr-000124.csv never came"]


def test_hours_are_told_once_a_minute_and_when_a_feed_is_new(home, start):
    history(home.log)
    watchdog = start()
    settle(watchdog)
    (told,) = reports(home.log, "hours")
    (feed,) = told["feeds"]
    assert len(feed["hours"]) == 24
    assert feed["hours"][-2] == [NOW - HOUR_MS, 60, pytest.approx(60, abs=1)]
    watchdog.clock.ms += 30 * SECOND_MS
    settle(watchdog)
    assert len(reports(home.log, "hours")) == 1
    watchdog.clock.ms += 31 * SECOND_MS
    settle(watchdog)
    assert len(reports(home.log, "hours")) == 2


def test_attempts_are_a_feed_of_the_gate(home, start):
    told = [Told(Attempt("east", f"c{at}", "0312345678", "0103212345678", NOW - at), True, False) for at in (5, 1)]
    home.log.append({ATTEMPT_TOPIC: [Message("attempts", "attempts:1", attempts_body(0, told))]})
    feed = feed_of(settle(start()), FeedKey("east", "", "attempts"))
    assert (feed["state"], feed["last_event_ms"]) == ("learning", NOW - 1)


def verdicts(log, name: str, *told: tuple[str, int]) -> None:
    rows = [
        {
            "verdict_id": f"{name}-{at}",
            "call_id": "c",
            "company": "east",
            "line": line,
            "at": at,
            "action": "alert",
            "scope": "international",
            "score_nats": 9.0,
            "evidence": [],
            "spend_today": 0,
            "spend_month": 0,
        }
        for line, at in told
    ]
    columns = [pa.array([row[f.name] for row in rows], f.type) for f in VERDICTS]
    body = body_of([pa.RecordBatch.from_arrays(columns, schema=VERDICTS)], VERDICTS)
    log.append({VERDICT_TOPIC: [Message("verdicts", name, body)]})


def test_no_verdict_for_implausibly_long(home, start):
    hours = [MONDAY + hour * HOUR_MS for hour in range(DAYS * 24)]
    verdicts(home.log, "usual", *[(f"+8131234{place:04d}", at + 60_000) for place, at in enumerate(hours)])
    watchdog = start()
    key = FeedKey("east", "", "verdicts")
    assert feed_of(settle(watchdog), key)["state"] == "ok"
    watchdog.clock.ms += 8 * HOUR_MS
    assert feed_of(settle(watchdog), key)["state"] == "ok"
    watchdog.clock.ms += 4 * HOUR_MS
    told = feed_of(settle(watchdog), key)
    assert told["state"] == "late"
    assert told["surprise"] > 9.2


def test_an_attack_of_many_verdicts_counts_once(home, start):
    attack = [("+81312345678", MONDAY + minute * MINUTE_MS) for minute in range(0, 300, 5)]
    verdicts(home.log, "attack", *attack, ("+81312345679", MONDAY))
    watchdog = start()
    settle(watchdog)
    feed = watchdog.feeds[FeedKey("east", "", "verdicts")]
    assert sum(feed.usual._counts) == pytest.approx(2 * 0.8**2)  # two lines, two weeks ago


def test_parts_and_ticks_are_watched(home, start):
    tick(home.log, NOW)
    home.log.append({HEALTH_TOPIC: [health_message("judge", NOW, NOW - 5_000, position=1, behind=0)]})
    watchdog = start()
    assert {part["state"] for part in settle(watchdog)["parts"]} == {"ok"}
    watchdog.clock.ms += 11 * SECOND_MS
    states = {part["part"]: part["state"] for part in settle(watchdog)["parts"]}
    assert (states["judge"], states["ticks"], states["intake"]) == ("silent", "silent", "ok")


def test_what_was_learnt_is_there_after_a_restart_and_nothing_is_read_twice(home, start):
    history(home.log)
    first = start()
    settle(first)
    first.save()
    again = start()
    assert again.position == home.log.last(JOURNAL)
    settle(again)
    hour = NOW // HOUR_MS
    assert again.feeds[EAST].usual.rate(hour) == pytest.approx(first.feeds[EAST].usual.rate(hour))


def test_a_snapshot_of_another_journal_is_not_believed(home, start, tmp_path):
    history(home.log)
    first = start()
    settle(first)
    first.save()
    other = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path / "other")}), [])
    snapshots = open_snapshots(home.settings, "watchdog")
    fresh = Watchdog(other.log, snapshots, list, Clock(), least_silence_ms=MINUTE_MS)
    assert (fresh.position, fresh.feeds) == (0, {})
    other.close()


def test_the_arrival_of_what_is_read_later_is_no_sooner_than_the_tick_before_it(home, start):
    tick(home.log, NOW - HOUR_MS)
    row = {"start": NOW - 3 * HOUR_MS, "end": NOW - 2 * HOUR_MS}
    home.log.append({JOURNAL: [Message("calls", "a", calls_body(row))]})
    watchdog = start()
    settle(watchdog)
    feed = watchdog.feeds[EAST]
    assert (feed.last_arrival_ms, feed.lateness_ms) == (NOW - HOUR_MS, HOUR_MS)
