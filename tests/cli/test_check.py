"""`sekisho check` says what the watchdog finds wanting, and ends with 1."""

from __future__ import annotations

import json

import pytest
from tests.office.services.test_take_watch import feed, part, report

from sekisho.health import health_message
from sekisho.ports import HEALTH_TOPIC, WATCHDOG_TOPIC, Message
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

PARTS = ("intake", "judge", "archive", "relay", "watchdog")


@pytest.fixture
def home(tmp_path):
    """A log in which every part has just given a sign of life."""
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}), [])
    now = opened.clock.now_ms()
    opened.log.append({HEALTH_TOPIC: [health_message(part, now, now, position=1, behind=0) for part in PARTS]})
    yield opened
    opened.close()


def tell(home, **told) -> None:
    kind, body = report(1, **told)
    messages = [Message(kind, json.dumps(told), json.dumps(body).encode()), Message("hours", json.dumps(told), b"{}")]
    home.log.append({WATCHDOG_TOPIC: messages})


def test_a_late_feed_and_a_part_that_stands_still_are_told(home, sekisho):
    tell(
        home,
        feeds=[feed("sbc", state="late", silent_ms=720_000, expected=8.4), feed("pbx"), feed("new", state="learning")],
        parts=[part("archive", state="stuck", behind=3), part()],
    )
    code, out, err = sekisho("check", "--home", home.settings.home)
    assert (code, err) == (1, "")
    assert "feed     LATE east sbc calls: nothing for 720 s, where 8 would be usual\n" in out
    assert "archive  STUCK, 3 behind, as the watchdog found it\n" in out
    assert "pbx" not in out
    assert "new" not in out


def test_where_all_is_well_it_ends_with_nought(home, sekisho):
    tell(home, feeds=[feed()], parts=[part()])
    code, out, _ = sekisho("check", "--home", home.settings.home)
    assert code == 0
    assert out.count(" ok ") == len(PARTS)
