"""What the screening announcement tells, read or refused."""

from __future__ import annotations

import json

import pytest

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, format_rfc3339
from sekisho.engine.screenings import BadScreening, screening_message
from sekisho.wiring.gate_file import HttpSource

NOW = 1_795_489_200_000
EAST = HttpSource("pin", "east", "0" * 64, charging=False)
TOLD = {"call_id": "c1", "line": "0312345678", "passed": True, "at": format_rfc3339(NOW)}


def message(told, source=EAST, now_ms=NOW):
    return screening_message(source, json.dumps(told).encode(), now_ms)


def test_it_is_a_message_for_the_journal():
    made = message(TOLD | {"number": "010232"})
    told = json.loads(made.body)
    assert (made.kind, made.key) == ("screening", f"screening:{told.pop('screening')}")
    assert told == {
        "company": "east",
        "line": "0312345678",
        "call_id": "c1",
        "at_ms": NOW,
        "passed": True,
        "number": "010232",
    }


def test_told_again_it_is_the_same_message_and_of_another_source_it_is_not():
    assert message(TOLD, now_ms=NOW + 999) == message(TOLD)
    others = [TOLD | {"passed": False}, TOLD | {"call_id": "c2"}, TOLD | {"at": format_rfc3339(NOW - 1)}]
    keys = {message(other).key for other in others} | {message(TOLD, EAST.__class__("b", "east", "", True)).key}
    assert len(keys | {message(TOLD).key}) == 5


def test_without_an_instant_it_is_now():
    assert json.loads(message({name: TOLD[name] for name in ("call_id", "line", "passed")}).body)["at_ms"] == NOW


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"line": "nobody"}, "not a telephone number"),
        ({"call_id": ""}, "give a company, a name and a call_id"),
        ({"call_id": 7}, "call_id: give a text"),
        ({"call_id": "x" * 256}, "call_id: give a text of at most 255 signs"),
        ({"call_id": "\ud800"}, "call_id: give a text"),
        ({"passed": 1}, "passed: give true or false"),
        ({"passed": "true"}, "passed: give true or false"),
        ({"at": "noon"}, "at: 'noon' is not an RFC 3339 time"),
        ({"at": format_rfc3339(NOW + 5 * MINUTE_MS + 1)}, "five minutes ahead"),
        ({"at": format_rfc3339(NOW - HOUR_MS - 1)}, "more than an hour back"),
        ({"pin": "1234"}, "an unknown field; known are call_id, line, passed, at, number"),
    ],
)
def test_what_is_wrong_is_told(changed, says):
    with pytest.raises(BadScreening, match=says):
        message(TOLD | changed)


@pytest.mark.parametrize("name", ["call_id", "line", "passed"])
def test_what_is_missing_is_told(name):
    with pytest.raises(BadScreening, match=f"{name} is missing"):
        message({key: value for key, value in TOLD.items() if key != name})


@pytest.mark.parametrize(("body", "says"), [(b"", "not JSON"), (b"[" * 9_000, "not JSON"), (b"[]", "no object")])
def test_what_is_no_screening_is_told(body, says):
    with pytest.raises(BadScreening, match=says):
        screening_message(EAST, body, NOW)
