"""The relay's loop: what is due when, what it waits for, what stops a topic and what does not."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError

from sekisho.core.terms.errors import InUse
from sekisho.ports import EFFECT_TOPIC, HEALTH_TOPIC, JOURNAL, LIVE_TOPIC, Message
from sekisho.shutdown import Shutdown
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings


class HandClock:
    """A clock that a test sets."""

    def __init__(self, now_ms: int) -> None:
        self.at_ms = now_ms

    def now_ms(self) -> int:
        return self.at_ms


@pytest.fixture
def log(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path / "home")}), [])
    yield home.log
    home.close()


@pytest.fixture
def relay(db, cast, log, now_ms):
    """A relay whose outbox is empty; `said` and `clock` beside it."""
    from sekisho.office.relay.exchange import Relay

    clock, said = HandClock(now_ms), []
    relay = Relay(log, clock, said.append)
    while relay.step():
        pass
    return relay, clock, said


def journal(log):
    return [(entry.kind, entry.key, json.loads(entry.body)) for entry in log.read(JOURNAL, 0, 1_000)]


def put_effect(log, key, kind, **facts):
    log.append({EFFECT_TOPIC: [Message(kind, key, json.dumps(facts).encode())]})


def test_a_bar_goes_out_and_its_effect_comes_in(relay, log, cast, now_ms):
    from sekisho.office.models import Order
    from sekisho.office.services.set_bar import set_bar

    step = relay[0].step
    before = len(journal(log))
    about = {"line": cast.line_a, "owner": "emergency", "reason": "fraud", "by": cast.east_operator}
    bar, order = set_bar(**about, now_ms=now_ms)
    assert step()
    kind, key, body = journal(log)[-1]
    assert len(journal(log)) == before + 1
    assert (kind, key.partition(":")[0], body["order"]) == ("bar", "office", str(order))
    assert Order.objects.get(uuid=order).state == "executing"
    put_effect(log, "e1", "bar", bar=str(bar), version=1, in_force=True, at_ms=now_ms + 300)
    assert step()
    assert Order.objects.get(uuid=order).state == "completed"
    assert not step()
    assert len(journal(log)) == before + 1


def test_messages_leave_in_the_order_of_decisions(relay, log, cast, now_ms):
    from sekisho.office.services.lift_bar import lift_bar
    from sekisho.office.services.set_bar import set_bar

    about = {"line": cast.line_a, "owner": "emergency", "reason": "fraud", "by": cast.east_operator}
    for turn in range(3):
        bar, _ = set_bar(**about, now_ms=now_ms + turn)
        lift_bar(bar=bar, by=cast.east_operator, now_ms=now_ms + turn)
    relay[0].step()
    assert [body["version"] for kind, _, body in journal(log) if kind == "bar"] == [1, 2] * 3


def test_live_lines_come_in_once_a_second(relay, log, cast, now_ms):
    from sekisho.office.models import LiveLine

    told = {"company": "east", "line": cast.line_a, "open": 2, "open_international": 1, "accrued": 7}
    body = json.dumps({"at_ms": now_ms, "lines": [told]}).encode()
    log.append({LIVE_TOPIC: [Message("lines", "1", body)]})
    relay[1].at_ms += 900
    relay[0].step()
    assert not LiveLine.objects.exists()
    relay[1].at_ms += 100
    relay[0].step()
    assert LiveLine.objects.get().open == 2


def test_it_gives_a_sign_of_life_every_two_seconds(relay, log, now_ms):
    from sekisho.office.models import PartHealth

    for _ in range(10):
        relay[1].at_ms += 500
        relay[0].step()
    signs = [json.loads(entry.body) for entry in log.read(HEALTH_TOPIC, 0, 100)]
    assert [sign["at_ms"] for sign in signs] == [now_ms, now_ms + 2_000, now_ms + 4_000]
    assert signs[-1] == {
        "part": "relay",
        "at_ms": now_ms + 4_000,
        "started_ms": now_ms,
        "position": 0,
        "behind": 0,
    }
    assert PartHealth.objects.get(part="relay").at_ms == now_ms + 4_000


def test_a_message_that_cannot_be_taken_stops_its_topic_only(relay, log, cast, now_ms):
    from sekisho.office.models import LiveLine, Refusal

    log.append({LIVE_TOPIC: [Message("lines", "1", b"{}")]})
    relay[1].at_ms += 1_000
    put_effect(
        log,
        "e1",
        "refused",
        company="east",
        line=cast.line_a,
        by="hold",
        bar="",
        count=2,
        first_ms=1,
        last_ms=2,
        number="",
    )
    relay[0].step()
    assert Refusal.objects.get().count == 2
    assert not LiveLine.objects.exists()
    assert [text.partition(" ")[0] for text in relay[2]] == ["live"]
    relay[1].at_ms += 1_000
    relay[0].step()
    assert len(relay[2]) == 1
    relay[1].at_ms += 30_000
    relay[0].step()
    assert len(relay[2]) == 2


def test_terms_and_bars_are_seen_to(relay, log, cast, now_ms):
    from sekisho.office.services.publish_terms import publish_terms
    from sekisho.office.services.set_bar import set_bar

    clauses = {"automatic_hold": True, "emergency_bar": True}
    publish_terms(company="west", version="2", effective_ms=now_ms + 60_000, now_ms=now_ms, **clauses)
    about = {"line": cast.line_a, "owner": "credit", "reason": "unpaid", "until_ms": now_ms + 60_000}
    set_bar(**about, by=cast.east_operator, now_ms=now_ms)
    relay[0].step()
    before = len(journal(log))
    relay[1].at_ms += 60_000
    relay[0].step()
    relay[0].step()
    told = {kind: body for kind, _, body in journal(log)[before:]}
    assert told["lines"][0]["automatic_hold"]
    assert not told["bar"]["in_force"]


@pytest.mark.parametrize("fault", [InUse("the log is held"), OperationalError("database is locked")])
def test_what_does_not_answer_is_waited_for(office, monkeypatch, fault):
    from sekisho.office.relay import loop

    said, waited = [], []
    stop = Shutdown()
    steps = iter([fault, fault, False])

    class Relay:
        def step(self) -> bool:
            outcome = next(steps)
            if isinstance(outcome, Exception):
                raise outcome
            stop.asked = True
            return outcome

        def forget(self) -> None:
            waited.append("forgot")

    monkeypatch.setattr(stop, "wait", waited.append)
    loop._run(Relay(), stop, said.append)
    assert said == [f"waits: {fault}", "goes on"]
    assert waited == ["forgot", 1.0, "forgot", 1.0, pytest.approx(0.04)]


def test_after_a_fault_the_offset_is_asked_again(relay, log, cast, now_ms, monkeypatch):
    from sekisho.office.models import ConsumerOffset, Refusal
    from sekisho.office.relay import exchange

    monkeypatch.setattr(exchange.connection, "close", lambda: None)  # the test's own transaction
    told = {"company": "east", "line": cast.line_a, "by": "hold", "bar": "", "first_ms": 1, "last_ms": 2, "number": ""}
    put_effect(log, "e1", "refused", count=2, **told)
    relay[0].step()
    relay[0]._offsets[EFFECT_TOPIC] = 0  # as if the commit had been told as failed
    relay[0].step()
    relay[0].forget()
    relay[0].step()
    assert Refusal.objects.get().count == 2
    assert ConsumerOffset.objects.get(topic=EFFECT_TOPIC).sequence == 1
