"""What the engine said, as the terminal tells it: each line once, in the order of time."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from sekisho.bodies import body_of
from sekisho.core.tables import VERDICTS
from sekisho.demo.happened import Happened, Happening, What
from sekisho.ports import EFFECT_TOPIC, JOURNAL, TALLY_TOPIC, VERDICT_TOPIC, Message
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

T = 1_795_000_000_000


@pytest.fixture
def log(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path / "home")}), ())
    yield home.log
    home.close()


def speak(log, action, line, at_ms, key):
    row = {
        "verdict_id": key, "call_id": "c", "company": "east", "line": line, "at": at_ms, "action": action,
        "scope": "international", "score_nats": 9.0, "evidence": [], "spend_today": 0, "spend_month": 0,
    }  # fmt: skip
    body = body_of(pa.Table.from_pylist([row], schema=VERDICTS).to_batches(), VERDICTS)
    log.append({VERDICT_TOPIC: [Message("verdicts", key, body)]})


def effect(log, kind, line, at_ms, **facts):
    body = json.dumps({"company": "east", "line": line, "at_ms": at_ms, **facts}).encode()
    log.append({EFFECT_TOPIC: [Message(kind, f"{kind}:{line}:{at_ms}", body)]})


def test_what_was_there_before_is_no_news(log):
    speak(log, "hold", "0310000001", T, "old")
    assert Happened.since_now(log).again() == []


def test_everything_is_told_once_in_the_order_of_time(log):
    happened = Happened.since_now(log)
    effect(log, "bar", "0310000001", T + 3, in_force=True)
    speak(log, "alert", "0310000001", T + 1, "a")
    speak(log, "ask", "0310000001", T + 1, "k")
    speak(log, "ask", "0310000001", T + 2, "m")
    speak(log, "hold", "0310000001", T + 2, "b")
    effect(log, "bar", "0310000001", T + 4, in_force=False)
    assert happened.again() == [
        Happening(What.ALERT, "east", "0310000001", T + 1),
        Happening(What.ASK, "east", "0310000001", T + 1),
        Happening(What.HOLD, "east", "0310000001", T + 2),
        Happening(What.BAR, "east", "0310000001", T + 3),
        Happening(What.LIFTED, "east", "0310000001", T + 4),
    ]
    assert happened.again() == []


def test_an_alert_or_hold_that_comes_again_is_no_news_until_it_was_released(log):
    happened = Happened.since_now(log)
    for number, line in enumerate(["0310000001", "0310000001", "0310000002"]):
        speak(log, "hold", line, T + number, f"hold-{number}")
        speak(log, "alert", line, T + number, f"alert-{number}")
    assert len(happened.again()) == 4
    effect(log, "release", "0310000001", T + 9)
    assert [each.what for each in happened.again()] == [What.RELEASE]
    speak(log, "hold", "0310000001", T + 10, "anew")
    assert [each.what for each in happened.again()] == [What.HOLD]


def test_other_effects_are_not_told(log):
    happened = Happened.since_now(log)
    effect(log, "refused", "0310000001", T, count=3)
    assert happened.again() == []


def test_the_judge_is_waited_for(log):
    happened = Happened.since_now(log)
    assert happened.wait_until_judged(0)  # there are no calls
    log.append({JOURNAL: [Message("calls", "http:1", b""), Message("tick", "tick:1", b"")]})
    assert not happened.wait_until_judged(0.1)
    log.append({TALLY_TOPIC: [Message("judged", "http:1", b"{}")]})
    assert happened.wait_until_judged(5)
