"""The watchdog's reports come into the office: the newest counts, what is gone goes, gaps find their feed."""

from __future__ import annotations

from typing import Any

import pytest


def feed(source: str = "sbc", *, company: str = "east", kind: str = "calls", **told: Any) -> dict[str, Any]:
    usual = {"state": "ok", "since_ms": None, "last_event_ms": 1_000, "last_arrival_ms": 1_100, "silent_ms": 0}
    usual |= {"usual_gap_ms": 60_000, "alarm_after_ms": 600_000, "lateness_ms": 0, "expected": 0.0, "surprise": 0.0}
    return {"company": company, "source": source, "kind": kind, **usual, **told}


def part(name: str = "judge", **told: Any) -> dict[str, Any]:
    return {"part": name, "state": "ok", "since_ms": None, "last_ms": 1_000, "behind": 0, "lag_ms": None, **told}


def report(at_ms: int, *, feeds=(), parts=(), gaps=()) -> tuple[str, dict[str, Any]]:
    told = {"at_ms": at_ms, "started_ms": 0, "parts": list(parts), "feeds": list(feeds), "gaps": list(gaps)}
    return "report", told


@pytest.fixture
def take(cast):
    from sekisho.office.services.take_watch import take_watch

    return take_watch


def test_the_newest_report_counts_and_what_is_gone_goes(take):
    from sekisho.office.models import WatchedFeed, WatchedPart

    take([report(1, feeds=[feed("old")], parts=[part("judge", state="silent")])])
    take([report(2, feeds=[feed("older")], parts=[]), report(3, feeds=[feed(state="late")], parts=[part()])])
    (kept,) = WatchedFeed.objects.all()
    assert (kept.source, kept.state, kept.at_ms, kept.company.code) == ("sbc", "late", 3, "east")
    assert list(WatchedPart.objects.values_list("part", "state", "at_ms")) == [("judge", "ok", 3)]


def test_hours_are_kept_beside_the_report(take):
    from sekisho.office.models import WatchedFeed

    take([report(1, feeds=[feed(), feed(kind="verdicts", source="")])])
    hours = [[0, 5, 6.5], [3_600_000, 1, None]]
    take([("hours", {"at_ms": 2, "feeds": [{"company": "east", "source": "sbc", "kind": "calls", "hours": hours}]})])
    take([report(3, feeds=[feed(), feed(kind="verdicts", source="")])])
    assert dict(WatchedFeed.objects.values_list("kind", "hours")) == {"calls": hours, "verdicts": []}


def test_a_gap_is_told_to_the_company_whose_source_it_is(take):
    from sekisho.office.models import WatchedFeed

    feeds = [feed("a"), feed("b", company="west"), feed("both"), feed("both", company="west"), feed("x", company="?")]
    take([report(1, feeds=feeds, gaps=["a/1.csv never came", "b/2.csv never came", "both/3.csv never came", "4.csv"])])
    gaps = {(row.company_text, row.source): row.gaps for row in WatchedFeed.objects.all() if row.gaps}
    assert gaps == {("east", "a"): ["a/1.csv never came"], ("west", "b"): ["b/2.csv never came"]}
    assert WatchedFeed.objects.get(source="x").company is None


def test_the_relay_takes_it_with_its_offset(cast, tmp_path, now_ms):
    import json

    from sekisho.office.models import ConsumerOffset, WatchedPart
    from sekisho.office.services.consume import consume
    from sekisho.ports import WATCHDOG_TOPIC, Message
    from sekisho.wiring.embedded import open_embedded
    from sekisho.wiring.settings import read_settings

    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}), [])
    kind, body = report(now_ms, parts=[part("archive", state="stuck", behind=7)])
    home.log.append({WATCHDOG_TOPIC: [Message(kind, "1", json.dumps(body).encode())]})
    assert consume(home.log, WATCHDOG_TOPIC, 0) == 1
    home.close()
    assert ConsumerOffset.objects.get(topic=WATCHDOG_TOPIC).sequence == 1
    assert WatchedPart.objects.get().behind == 7
