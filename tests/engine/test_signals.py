"""Signals as JSON: all of a request or none, and one clear line for what is wrong."""

from __future__ import annotations

import json

import pytest

from sekisho.core.terms.instants import format_rfc3339, parse_rfc3339
from sekisho.engine.call_events import BadRequest
from sekisho.engine.signals import MOST_SIGNALS, read_signals
from sekisho.ports import JOURNAL
from sekisho.wiring.gate_file import HttpSource

NOW = parse_rfc3339("2026-11-23T08:00:00Z")
PBX = HttpSource("pbx", "east", "0" * 64, charging=False)
ONE = {"line": "0312345678", "signal": "failed_logins"}


def read(told):
    return read_signals(PBX, told if isinstance(told, bytes) else json.dumps(told).encode(), NOW)


def bodies(request) -> list[dict]:
    return [json.loads(message.body) for message in request.messages[JOURNAL]]


def test_one_signal_now():
    request = read(ONE)
    assert bodies(request) == [{"company": "east", "line": "0312345678", "name": "failed_logins", "at_ms": NOW}]
    assert request.answer.json() == {"signals": 1}


def test_several_each_at_its_instant():
    later = ONE | {"signal": "unknown_registration", "at": "2026-11-23T07:59:00Z"}
    request = read([ONE | {"at": "2026-11-22T08:00:00Z"}, later])
    assert [told["at_ms"] for told in bodies(request)] == [NOW - 86_400_000, NOW - 60_000]
    assert request.answer.json() == {"signals": 2}


def test_the_same_again_is_the_same_message():
    timed = ONE | {"at": "2026-11-23T07:00:00Z"}
    first, again, other = read([timed, timed]), read(timed), read(timed | {"signal": "configuration_changed"})
    keys = [[message.key for message in request.messages[JOURNAL]] for request in (first, again, other)]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 1
    assert keys[0] != keys[2]
    assert first.answer.json() == {"signals": 2}


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (b"{", "the body is not JSON in UTF-8"),
        (b"\xff", "the body is not JSON in UTF-8"),
        ([], "the body holds no signal; send one object, or a list of them"),
        ([ONE, 7], "signal 2: it is no object"),
        (
            ONE | {"signal": "coffee"},
            "signal 1: unknown signal 'coffee'; known are unknown_registration, failed_logins, ",
        ),
        ({"line": "0312345678"}, "signal 1: signal is missing"),
        (ONE | {"line": "hibari"}, "signal 1: line 'hibari' is not a telephone number; give E.164"),
        (ONE | {"line": "\ud800"}, "signal 1: "),
        (ONE | {"line": 3}, "signal 1: line is no text"),
        (ONE | {"weight": 9}, "the fields are line, signal, at"),
        (ONE | {"at": "yesterday"}, "signal 1: "),
        (
            ONE | {"at": format_rfc3339(NOW + 301_000)},
            "at lies more than two days back or five minutes ahead",
        ),
        (ONE | {"at": format_rfc3339(NOW - 172_801_000)}, "more than two days back"),
    ],
)
def test_what_is_wrong_refuses_all_of_it(told, says):
    with pytest.raises(BadRequest) as refused:
        read(told)
    assert says in str(refused.value)
    assert (refused.value.status, "\n" in str(refused.value)) == (400, False)


def test_there_is_an_end_to_a_list():
    assert read([ONE] * MOST_SIGNALS).answer.json() == {"signals": MOST_SIGNALS}
    with pytest.raises(BadRequest, match="send at most 1000") as refused:
        read([ONE] * (MOST_SIGNALS + 1))
    assert refused.value.status == 413
