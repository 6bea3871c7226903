"""Call events as JSON: every row a call or a reject with its reason, and the same checks as in canonical records."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.bodies import batches_of
from sekisho.core.records.call_row import BadRow
from sekisho.core.records.canonical_rows import canonical_row
from sekisho.core.tables import CANONICAL_COLUMNS
from sekisho.core.terms.instants import parse_rfc3339
from sekisho.engine.call_events import AHEAD_MS, MOST_EVENTS, BadRequest, answer_again, read_request
from sekisho.ports import JOURNAL, REJECT_TOPIC, TALLY_TOPIC
from sekisho.wiring.gate_file import HttpSource

SOURCE = HttpSource("sbc-east", "east", "0" * 64, charging=True)
NOW = parse_rfc3339("2026-11-23T17:00:00Z")
STARTED = {
    "call_id": "a@east",
    "direction": "out",
    "line": "0312345678",
    "number": "0106112345678",
    "start": "2026-11-23T16:59:58.250Z",
}
ENDED = {**STARTED, "answer": "2026-11-23T16:59:59Z", "end": "2026-11-23T17:00:00Z", "cause": 200, "talk_ms": 1_000}


def read(told, now=NOW):
    return read_request(SOURCE, json.dumps(told).encode(), now)


def calls(request):
    return [row for each in request.messages[JOURNAL] for batch in batches_of(each.body) for row in batch.to_pylist()]


def reason(event, now=NOW):
    ((row, reason),) = read([event], now).answer.rejects
    assert row == 1
    return reason


def test_one_event_is_one_row_of_calls_with_its_provenance():
    request = read(STARTED)
    (row,) = calls(request)
    assert (row["call_id"], row["source"], row["company"], row["row"]) == ("a@east", "sbc-east", "east", 1)
    assert row["start"].isoformat() == "2026-11-23T16:59:58.250000+00:00"
    assert [row[name] for name in ("answer", "end", "cause", "talk_ms")] == [None] * 4
    assert request.delivery == f"http:east/sbc-east/{row['file_sha256']}"
    assert request.answer.json() == {"rows": 1, "calls": 1, "rejects": []}


def test_the_times_that_are_told_make_the_event():
    rows = calls(read([STARTED, {**STARTED, "answer": ENDED["answer"], "end": None}, ENDED]))
    assert [[row[name] is not None for name in ("answer", "end")] for row in rows] == [
        [False, False],
        [True, False],
        [True, True],
    ]
    assert (rows[2]["cause"], rows[2]["talk_ms"]) == (200, 1_000)


def test_a_wrong_row_spoils_no_other():
    request = read([STARTED, {**STARTED, "start": None}, ENDED, 5])
    assert [row["row"] for row in calls(request)] == [1, 3]
    assert request.answer.json() == {
        "rows": 4,
        "calls": 2,
        "rejects": [{"row": 2, "reason": "start is empty"}, {"row": 4, "reason": "the event is no object"}],
    }
    (told,) = request.messages[TALLY_TOPIC]
    assert (told.kind, told.key) == ("read", request.delivery)
    assert json.loads(told.body)["rejects"] == 2
    (rejects,) = request.messages[REJECT_TOPIC]
    assert [row["company"] for batch in batches_of(rejects.body) for row in batch.to_pylist()] == ["east", "east"]


def test_a_request_of_rejects_alone_tells_the_judge_nothing():
    request = read([{**STARTED, "line": ""}])
    assert request.messages[JOURNAL] == []
    assert json.loads(request.messages[TALLY_TOPIC][0].body)["entries"] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"call_id": ""}, "call_id is empty"),
        ({"call_id": 5}, "call_id is no text"),
        ({"direction": "up"}, 'direction "up" is neither in nor out'),
        ({"direction": ["out"]}, "direction is no text"),
        ({"number": None}, 'number is missing; where the caller is hidden it is ""'),
        ({"start": "yesterday"}, 'start "yesterday" is not an RFC 3339 time like 2026-11-23T17:52:57Z'),
        ({"start": 1_795_000_000}, "start is no text"),
        ({"answer": "2026-11-23T16:00:00Z"}, "answer is before start"),
        ({"cause": "200"}, "cause is no whole number"),
        ({"cause": True}, "cause is no whole number"),
        ({"cause": 2.0}, "cause is no whole number"),
        ({"cause": 10**300}, "cause "),
        ({"talk_ms": -1}, "talk_ms is negative"),
        ({"source": "other"}, 'unknown field "source"; the fields are call_id, direction, line, number, start'),
        ({"company": "west"}, 'unknown field "company"'),
        ({"Number": "0311112222"}, 'unknown field "Number"'),
        ({"line": "\ud800"}, "line holds half of a surrogate pair"),
        ({"\ud800": 1}, 'unknown field "\\xd800"'),
        ({"line": "x" * 300}, "line is longer than 255 bytes"),
    ],
)
def test_a_wrong_field_is_named(change, says):
    assert reason({**STARTED, **change}).startswith(says)


def test_a_hidden_caller_is_an_empty_number():
    assert calls(read({**STARTED, "direction": "in", "number": ""}))[0]["number"] == ""


def test_numbers_in_reasons_are_masked():
    assert reason({**STARTED, "start": "0312345678"}).startswith('start "031234****" is not')


@pytest.mark.parametrize("field", ["start", "answer", "end"])
def test_a_time_too_far_ahead_is_a_wrong_clock(field):
    late = dict.fromkeys(["start", "answer", "end"][["start", "answer", "end"].index(field) :], "2026-11-23T17:05:00Z")
    assert read({**STARTED, **late}).answer.calls == 1
    assert reason({**STARTED, **late}, NOW - 1) == (
        "2026-11-23T17:05:00Z is more than 5 minutes ahead; set the switch's clock"
    )
    assert AHEAD_MS == 300_000


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b"\xff", 400, "not UTF-8"),
        (b'{"cause": NaN}', 400, "not JSON"),
        (b"[]", 400, "holds no event"),
        (b'"x"', 400, "holds no event"),
        (b"null", 400, "holds no event"),
        (b"[" * 100_000, 400, "nested too deep"),
        (b'{"a":' * 100_000, 400, "nested too deep"),
        (b"9" * 5_000, 400, "not JSON"),
        (json.dumps([1] * (MOST_EVENTS + 1)).encode(), 413, "1001 events in one request; send at most 1000"),
    ],
)
def test_a_body_that_holds_no_rows_is_refused(body, status, says):
    with pytest.raises(BadRequest, match=says) as refused:
        read_request(SOURCE, body, NOW)
    assert refused.value.status == status


def test_the_same_bytes_are_the_same_delivery_of_one_source_only():
    other = HttpSource("sbc-east", "west", "1" * 64, charging=True)
    body = json.dumps(STARTED).encode()
    assert read_request(SOURCE, body, NOW).delivery == read_request(SOURCE, body, NOW + 1).delivery
    assert read_request(other, body, NOW).delivery != read_request(SOURCE, body, NOW).delivery


def test_the_answer_can_be_given_again_from_the_log():
    request = read([STARTED, {**STARTED, "start": ""}])
    rejects = batches_of(request.messages[REJECT_TOPIC][0].body)
    assert answer_again(request.messages[TALLY_TOPIC][0].body, rejects) == request.answer


TEXTS = st.one_of(
    st.sampled_from(["", "a", "out", "in", "0312345678", "200", "-1", *STARTED.values(), *ENDED.keys()]), st.text()
)


@given(st.dictionaries(st.sampled_from(CANONICAL_COLUMNS), TEXTS))
def test_a_row_meets_the_fate_of_the_same_canonical_record(changes):
    event = {name: text for name, text in {**STARTED, **changes}.items() if name not in ("source", "cause", "talk_ms")}
    texts = ["sbc-east" if name == "source" else event.get(name, "") for name in CANONICAL_COLUMNS]
    try:
        canonical_row(texts)
        fine = True
    except BadRow:
        fine = False
    answer = read(event, now=2**42).answer
    assert (answer.calls, len(answer.rejects)) == ((1, 0) if fine else (0, 1))


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(), st.lists, max_leaves=20))
def test_whatever_is_sent_the_sum_holds(told):
    try:
        answer = read(told).answer
    except BadRequest:
        return
    assert answer.rows == answer.calls + len(answer.rejects)
