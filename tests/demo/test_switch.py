"""The switch: what the gate says decides, and each event is told when it happens."""

from __future__ import annotations

import asyncio

import pytest

from sekisho.core.terms.instants import parse_rfc3339
from sekisho.demo.ledger import Ledger
from sekisho.demo.prices import Prices
from sekisho.demo.sip_client import open_client
from sekisho.demo.switch import Switch
from sekisho.demo.thief import PlannedCall
from sekisho.wiring.tariffs import load_tariff

PRICES = Prices(load_tariff())
HONEST = PlannedCall("0310000001", "0323456789", ring_ms=20, talk_ms=40)
UNANSWERED = PlannedCall("0310000001", "0323456789", ring_ms=20, talk_ms=0, cause=486)
FRAUD = PlannedCall("0310000001", "01023276123456", ring_ms=20, talk_ms=40, attack=True)
LONG = PlannedCall("0310000001", "01023276123456", ring_ms=1, talk_ms=3_600_000, attack=True)
NAMES = {"call_id", "direction", "line", "number", "start"}


class Events(list):
    tell = list.append


class Clock:
    """Every look at it is a second later."""

    def __init__(self):
        self.now = 1_795_000_000_000

    def __call__(self):
        self.now += 1_000
        return self.now


def placed(open_responder, answer, *calls, hang_up_when=None, until=None):
    """(events, switch, ledger) after these calls, through a gate that answers so."""

    async def play():
        events, ledger = Events(), Ledger(PRICES)
        _, address = await open_responder(answer)
        client = await open_client(address, "127.0.0.2")
        switch = Switch("sbc-east", client, events, ledger, Clock())
        tasks = [switch.begin(call) for call in calls]
        if hang_up_when is not None:
            await until(lambda: hang_up_when(events))
            await switch.hang_up()
            assert switch.begin(HONEST) is None
        await asyncio.wait_for(asyncio.gather(*tasks), 10)
        client.close()
        return events, switch, ledger

    return asyncio.run(play())


@pytest.mark.parametrize("answer", ["302 Moved Temporarily", "404 Not Found"])
def test_a_call_that_goes_on_is_told_three_times(open_responder, answer):
    events, switch, _ = placed(open_responder, answer, HONEST)
    start, answered, end = events
    assert set(start) == NAMES
    assert set(answered) == {*NAMES, "answer"}
    assert set(end) == {*NAMES, "answer", "end", "cause"}
    assert len({event["call_id"] for event in events}) == 1
    assert (start["line"], start["number"], start["direction"]) == (HONEST.line, HONEST.number, "out")
    assert parse_rfc3339(end["start"]) < parse_rfc3339(end["answer"]) < parse_rfc3339(end["end"])
    assert end["cause"] == 200
    assert (switch.counts.asked, switch.counts.silent, switch.counts.open) == (1, 0, 0)


def test_the_invite_and_the_events_name_the_call_alike(open_responder):
    async def play():
        events = Events()
        responder, address = await open_responder("302 Moved Temporarily")
        client = await open_client(address, "127.0.0.2")
        await Switch("sbc-east", client, events, Ledger(PRICES), Clock()).begin(UNANSWERED)
        client.close()
        return responder.of("INVITE")[0][1]["Call-ID"], events

    call_id, events = asyncio.run(play())
    assert {event["call_id"] for event in events} == {call_id}
    assert call_id.endswith("@sbc-east")


def test_an_unanswered_call_has_no_answer_and_its_cause(open_responder):
    events, _, _ = placed(open_responder, "302 Moved Temporarily", UNANSWERED)
    assert [set(event) - NAMES for event in events] == [set(), {"end", "cause"}]
    assert events[-1]["cause"] == 486


@pytest.mark.parametrize("status", [603, 403])
def test_a_refused_call_leaves_a_record_of_no_length(open_responder, status):
    events, _, ledger = placed(open_responder, f"{status} No", FRAUD, HONEST)
    for event in events:
        assert event["end"] == event["start"]
        assert event["cause"] == status
        assert "answer" not in event
    assert len(events) == 2
    sums = ledger.sums(0)
    assert (sums.went_on, sums.refused, sums.ordinary, sums.stopped, sums.cost) == (0, 1, 1, 1, 0)


def test_a_call_that_may_last_only_so_long_is_ended_then(open_responder, monkeypatch):
    monkeypatch.setattr("sekisho.demo.switch.SECOND_MS", 20)
    answer = "302 Moved Temporarily\r\nX-Sekisho-Most-Seconds: 2"
    events, _, _ = placed(open_responder, answer, LONG)
    assert [("answer" in event, "end" in event) for event in events] == [(False, False), (True, False), (True, True)]


def test_where_the_gate_is_silent_calls_go_on(open_responder, monkeypatch):
    monkeypatch.setattr("sekisho.demo.switch.GATE_TIMEOUT_S", 0.05)
    events, switch, _ = placed(open_responder, None, HONEST)
    assert len(events) == 3
    assert switch.counts.silent == 1


def test_what_went_on_of_an_attack_is_in_the_account(open_responder):
    _, _, ledger = placed(open_responder, "302 Moved Temporarily", FRAUD)
    sums = ledger.sums(0)
    assert (sums.went_on, sums.in_progress, sums.cost) == (1, 0, 175_000)


def test_hanging_up_ends_every_call_with_its_answer_told(open_responder, until):
    def is_answered(events):
        return any("answer" in event for event in events)

    events, switch, ledger = placed(
        open_responder, "302 Moved Temporarily", LONG, hang_up_when=is_answered, until=until
    )
    assert set(events[-1]) == {*NAMES, "answer", "end", "cause"}
    assert ledger.sums(0).in_progress == switch.counts.open == 0


def test_no_more_calls_than_it_takes(open_responder, monkeypatch):
    monkeypatch.setattr("sekisho.demo.switch.MOST_CALLS", 2)

    async def play():
        _, address = await open_responder("302 Moved Temporarily")
        client = await open_client(address, "127.0.0.2")
        switch = Switch("sbc-east", client, Events(), Ledger(PRICES), Clock())
        begun = [switch.begin(LONG) is not None for _ in range(3)]
        await switch.hang_up()
        client.close()
        return begun

    assert asyncio.run(play()) == [True, True, False]
