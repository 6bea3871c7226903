"""The state of the watch as people see it: the strip on every page, the page itself, and the watchdog's own silence."""

from __future__ import annotations

from typing import Any

import pytest
from tests.office.services.test_take_watch import feed, part, report

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS

STRIP = 'id="watch-strip" role="status"'
CALM = "Calls come as usual, and all parts keep up."


@pytest.fixture
def heard(cast, now_ms):
    """`heard(part, age)`: the part gave a sign of life so long ago. At first: all of them, just now."""
    from sekisho.office.services.take_health import take_health

    def hear(name: str, age_ms: int = 1_000) -> None:
        told = {"part": name, "at_ms": now_ms - age_ms, "started_ms": 1, "position": 1, "behind": 0}
        take_health([told])

    for name in ("intake", "judge", "archive", "relay", "watchdog"):
        hear(name)
    return hear


@pytest.fixture
def told(cast, now_ms, heard):
    """`told(feeds, parts)`: the watchdog reports this now."""
    from sekisho.office.services.take_watch import take_watch

    def tell(*, feeds=(), parts=()) -> None:
        take_watch([report(now_ms - 2_000, feeds=feeds, parts=parts)])

    tell(feeds=[feed()], parts=[part()])
    return tell


def page(browser: Any, user: Any, address: str, language: str = "en") -> str:
    return browser(user, language=language).get(address).content.decode()


def test_while_all_is_well_there_is_no_strip(told, browser, cast, call_book):
    desk = browser(cast.east_operator, call_book).get("/desk/").content.decode()
    assert STRIP in desk
    assert "banner strip" not in desk
    assert CALM in page(browser, cast.east_operator, "/desk/watch/")


def test_a_late_feed_stands_on_every_page_of_its_company_only(told, browser, cast, open_case, call_book, now_ms):
    case = open_case()
    late = feed("sbc-tokyo", state="late", silent_ms=12 * MINUTE_MS, expected=8.4, since_ms=now_ms)
    told(feeds=[late], parts=[part()])
    said = "sbc-tokyo: nothing for 12 minutes, where 8 would be usual."
    for address in ("/desk/", f"/desk/cases/{case}/", f"/desk/cases/{case}/bar/"):
        text = browser(cast.east_operator, call_book).get(address).content.decode()
        assert f'<div class="banner strip is-warn"><svg class="icon"' in text  # noqa: F541 - one line of markup
        assert said in text
    assert said not in page(browser, cast.west_operator, "/desk/")
    assert CALM in page(browser, cast.west_operator, "/desk/watch/")
    assert "banner strip" not in browser(cast.a_admin, call_book).get("/portal/").content.decode()


def test_a_dead_judge_is_red_and_comes_first(told, browser, cast, call_book, now_ms):
    late = feed(state="late", silent_ms=MINUTE_MS, expected=20)
    told(feeds=[late], parts=[part("archive", state="stuck", behind=3), part(state="silent", last_ms=now_ms - 61_000)])
    text = browser(cast.east_operator, call_book, language="ja").get("/desk/").content.decode()
    assert "banner strip is-stop" in text
    assert "判定器が応答していません。最後の生存通知は1分前です。" in text
    assert "ほか2件" in text
    shown = page(browser, cast.east_operator, "/desk/watch/", "ja")
    assert "保管が進んでいません。3件が待っています。" in shown
    assert "図と料金に最新の通話が入りません。" in shown
    assert shown.count("図と料金に最新の通話が入りません。") == 1
    assert "ふだんなら20件ほど届きます。" in shown


@pytest.mark.parametrize(
    ("silent", "said"),
    [
        ("watchdog", "Nobody watches the watch: watchdog is silent, the last report came 2 seconds ago."),
        ("relay", "Nobody watches the watch: relay is silent, the last report came 2 seconds ago."),
    ],
)
def test_a_silent_watchdog_is_told_by_the_offices_own_clock(silent, said, told, heard, browser, cast, call_book):
    heard(silent, 14_000)
    assert said not in page(browser, cast.east_operator, "/desk/watch/")
    heard(silent, 16_000)
    for address in ("/desk/", "/desk/watch/"):
        assert said in browser(cast.east_operator, call_book).get(address).content.decode()
    assert "What stands below is as old as that." in page(browser, cast.east_operator, "/desk/watch/")


def test_a_watchdog_that_was_never_heard_is_told(browser, cast, call_book):
    text = browser(cast.east_operator, call_book).get("/desk/").content.decode()
    assert "Nobody watches the watch: no sign of life from relay yet." in text


def test_the_strip_keeps_itself_fresh_and_says_nothing_twice(told, browser, cast):
    client = browser(cast.east_operator)
    first = client.get("/desk/watch/strip/").content.decode()
    seen = first.rpartition('value="')[2].partition('"')[0]
    assert client.get(f"/desk/watch/strip/?seen={seen}").status_code == 204
    told(parts=[part(state="silent")])
    answer = client.get(f"/desk/watch/strip/?seen={seen}")
    assert answer.status_code == 200
    assert "No sign of life from judge" in answer.content.decode()


def test_a_dead_judge_and_its_clock_are_one_alarm(told, browser, cast, call_book, now_ms):
    told(parts=[part(state="silent"), part("ticks", state="silent")])
    text = browser(cast.east_operator, call_book).get("/desk/").content.decode()
    assert "No sign of life from judge" in text
    assert "more)" not in text
    told(parts=[part(), part("ticks", state="silent", last_ms=now_ms - 61_000)])
    text = browser(cast.east_operator, call_book).get("/desk/").content.decode()
    assert "Time stands still for the judge; the last tick was 1 minute ago." in text


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        ("sbc/7.csv never came", "未着: sbc/7.csv"),
        ("sbc/7.csv to sbc/9.csv never came (3 files)", "未着: sbc/7.csv～sbc/9.csv(3件)"),
        ("something else", "something else"),
    ],
)
def test_a_gap_is_told_in_the_readers_language(gap, said, office):
    from django.utils import translation

    from sekisho.office.words.watch import gap_said

    with translation.override("ja"):
        assert gap_said(gap) == said


def test_the_page_shows_each_feed(told, browser, cast, now_ms):
    from sekisho.office.services.take_watch import take_watch

    feeds = [
        feed("pbx", state="learning", usual_gap_ms=None),
        feed(kind="verdicts", source="", usual_gap_ms=5 * HOUR_MS, last_event_ms=now_ms - 3 * HOUR_MS),
        feed(kind="attempts", source="", usual_gap_ms=None),
    ]
    told(feeds=feeds, parts=[part("judge", state="behind", lag_ms=95_000, behind=9)])
    first = now_ms - now_ms % HOUR_MS - 23 * HOUR_MS
    hours = [[first + at * HOUR_MS, at, 12.0] for at in range(24)]
    take_watch(
        [("hours", {"at_ms": 1, "feeds": [{"company": "east", "source": "pbx", "kind": "calls", "hours": hours}]})]
    )
    text = page(browser, cast.east_auditor, "/desk/watch/")
    for said in (
        "What is usual is not learnt yet.",
        "not learnt yet",
        "every 5 hours",
        "hardly anything at this hour",
        "Attempts at the gate",
        "judge is late by 1 min 35 s.",
        "23 since 02:00; most in one hour: 23.",
        "3 hours ago",
    ):
        assert said in text, said
