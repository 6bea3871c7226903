"""The gate over a real UDP socket: who gets which answer, and what failing leads to."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from sekisho.engine.gate_sip import Peer, SipGate, Stance

PEERS = {
    "127.0.0.2": Peer("east"),
    "127.0.0.3": Peer("west", go_on=404),
    "127.0.0.4": Peer("east", 404, "sip:pin.example:5070"),
}
STRANGER = "127.0.0.9"
DEADLINE_S = 10.0


class Decision(NamedTuple):
    allowed: bool
    text: str
    asked: bool = False
    most_s: int = 0


class Clock:
    def now_ms(self):
        return 1_795_478_400_000


def barred_abroad(company, line, number, *rest):
    return Decision(not number.startswith("010"), "barred")


def always_asked(*_call):
    return Decision(True, "", asked=True)


def not_asked(*call):
    pytest.fail(f"asked about {call}")


def invite(uri="sip:0312345678@gate", call="1", method="INVITE", **more):
    headers = {
        "Via": f"SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK-{call}",
        "From": "<sip:+81312345678@pbx>;tag=1",
        "To": f"<{uri}>",
        "Call-ID": call,
        "CSeq": f"1 {method}",
    } | more
    return (f"{method} {uri} SIP/2.0\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n").encode()


class Bench:
    """A gate that serves in this loop, and sockets that talk to it from addresses of loopback."""

    def __init__(self, decide: Callable[..., Any], is_emergency: Callable[[str], bool], stance: Stance) -> None:
        self.said: list[str] = []
        self.gate = SipGate(PEERS, decide, is_emergency, Clock(), self.said.append, stance)
        self.address = self.gate.open("127.0.0.1", 0)
        self.sockets: dict[str, socket.socket] = {}

    def send(self, data: bytes, source: str = "127.0.0.2") -> None:
        if source not in self.sockets:
            self.sockets[source] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sockets[source].bind((source, 0))
            self.sockets[source].setblocking(False)
        self.sockets[source].sendto(data, self.address)

    async def hear(self, source: str = "127.0.0.2") -> bytes:
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.sockets[source], 65_535), DEADLINE_S)

    async def ask(self, data: bytes, source: str = "127.0.0.2") -> int:
        self.send(data, source)
        return int((await self.hear(source))[8:11])

    def close(self) -> None:
        self.gate.close()
        for each in self.sockets.values():
            each.close()


def with_gate(story, decide=barred_abroad, is_emergency=lambda number: number == "110", stance=None):
    async def run():
        bench = Bench(decide, is_emergency, stance or Stance())
        try:
            async with asyncio.timeout(60):
                await story(bench)
        finally:
            bench.close()

    asyncio.run(run())


def test_the_decision_is_the_answer():
    async def story(bench):
        assert await bench.ask(invite(call="1")) == 302
        assert await bench.ask(invite(call="2"), "127.0.0.3") == 404
        assert await bench.ask(invite("sip:0106112345678@gate", call="3")) == 603
        counters = bench.gate.counters
        assert (counters.received, counters.answered, counters.refused, counters.faults) == (3, 2, 1, 0)

    with_gate(story)


def test_decide_is_told_what_was_signalled():
    seen = []

    def decide(*call):
        seen.append(call)
        return Decision(allowed=True, text="")

    async def story(bench):
        await bench.ask(
            invite("tel:03-1234-5678;phone-context=+81", call="c1", **{"P-Asserted-Identity": "<tel:+81399999999>"})
        )

    with_gate(story, decide)
    assert seen == [("east", "+81399999999", "0312345678", "c1", False, 1_795_478_400_000, False)]


def asked_abroad(company, line, number, call_id, emergency, at_ms, can_ask):
    if not number.startswith("010"):
        return Decision(True, "")
    return Decision(True, "prove yourself", asked=True) if can_ask else Decision(True, "first call", most_s=60)


def test_a_call_that_must_be_screened_is_sent_to_the_announcement():
    async def story(bench):
        bench.send(invite("sip:01023276123456@gate;user=phone", "c@1"), "127.0.0.4")
        answer = (await bench.hear("127.0.0.4")).decode()
        assert answer.startswith("SIP/2.0 302 Moved Temporarily\r\n")
        assert (
            "\r\nContact: <sip:01023276123456@pin.example:5070;sekisho-call=c%401;sekisho-line=+81312345678>\r\n"
            in answer
        )
        assert '\r\nWarning: 399 sekisho "prove yourself"\r\n' in answer
        assert await bench.ask(invite("sip:0312345678@gate", "c2"), "127.0.0.4") == 404
        counters = bench.gate.counters
        assert (counters.asked, counters.answered, counters.refused) == (1, 1, 0)

    with_gate(story, asked_abroad)


def test_a_switch_that_cannot_ask_is_told_how_long_the_call_may_last():
    async def story(bench):
        bench.send(invite("sip:01023276123456@gate", "c1"))
        answer = (await bench.hear()).decode()
        assert "\r\nContact: <sip:01023276123456@gate>\r\n" in answer
        assert "\r\nX-Sekisho-Most-Seconds: 60\r\n" in answer
        assert bench.gate.counters.asked == 0

    with_gate(story, asked_abroad)


def test_a_decision_that_asks_whom_nobody_can_ask_lets_nothing_pass():
    async def story(bench):
        assert await bench.ask(invite("sip:01023276123456@gate")) == 603

    with_gate(story, always_asked)


def test_a_stranger_is_refused_without_a_decision():
    async def story(bench):
        assert await bench.ask(invite(), STRANGER) == 403
        assert bench.gate.counters.unknown_source == 1

    with_gate(story, decide=not_asked)


def test_an_emergency_goes_on_without_a_decision():
    async def story(bench):
        for number, (uri, source) in enumerate(
            (uri, source)
            for uri in ("sip:110@gate", "tel:110;phone-context=+44", "urn:service:sos.fire")
            for source in ("127.0.0.2", STRANGER)
        ):
            assert await bench.ask(invite(uri, str(number)), source) == 302
        assert await bench.ask(invite("sip:110@gate", "x", CSeq="broken"), STRANGER) == 302
        assert bench.gate.counters.emergencies == 7

    closed = Stance(open_on_fault=False)
    with_gate(story, decide=not_asked, stance=closed)


def test_an_emergency_is_never_asked():
    async def story(bench):
        for number, uri in enumerate(("sip:110@gate", "tel:110;phone-context=+44", "urn:service:sos.fire")):
            bench.send(invite(uri, str(number)), "127.0.0.4")
            assert (await bench.hear("127.0.0.4"))[8:11] == b"404"

    with_gate(story, always_asked)


def test_where_the_plan_fails_the_digits_have_to_do():
    def broken(number):
        raise RuntimeError(number)

    async def story(bench):
        assert await bench.ask(invite("sip:110@gate", "1"), STRANGER) == 302
        assert await bench.ask(invite("sip:0312345110@gate", "2"), STRANGER) == 403
        assert bench.gate.counters.faults == 2

    with_gate(story, is_emergency=broken)


@pytest.mark.parametrize(("stance", "code"), [(Stance(), 302), (Stance(open_on_fault=False, refuse=403), 403)])
def test_a_failed_decision_leaves_it_to_the_stance(stance, code):
    def broken(company, line, number, *rest):
        raise LookupError(f"no record of {line} calling {number}")

    async def story(bench):
        for call in range(5):
            assert await bench.ask(invite("sip:0106112345678@gate", str(call))) == code
        assert bench.gate.counters.faults == 5
        assert bench.said[0] == "gate: LookupError: no record of +8131234**** calling 010611234**** (fault 1)"
        assert len(bench.said) < 5  # one a second at most

    with_gate(story, broken, stance=stance)


def test_what_strangers_send_but_invites_is_met_with_silence():
    async def story(bench):
        bench.send(invite(method="OPTIONS"), STRANGER)
        bench.send(invite(method="CANCEL"), STRANGER)
        bench.send(invite(call="9", CSeq="broken"), STRANGER)
        assert await bench.ask(invite(call="2"), STRANGER) == 403  # the first thing heard
        assert bench.gate.counters.unknown_source == 4
        assert await bench.ask(invite(method="OPTIONS")) == 200

    with_gate(story)


def test_the_answer_comes_again_until_the_ack():
    async def story(bench):
        bench.send(invite())
        first = await bench.hear()
        assert await bench.hear() == first  # timer G
        bench.send(invite())
        assert await bench.hear() == first
        bench.send(invite(method="ACK"))
        assert await bench.ask(invite(method="OPTIONS", call="2")) == 200
        counters = bench.gate.counters
        assert (counters.attempts, counters.repeated) == (1, 1)
        assert bench.gate.server.transactions.copy(next(iter(bench.gate.server.transactions._all.values()))) is None

    with_gate(story)


def test_nothing_that_comes_stops_it():
    chance = random.Random(7)  # noqa: S311 - the same noise every time
    whole = invite()

    async def story(bench):
        for number in range(2_000):
            cut = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                cut[chance.randrange(len(cut))] = chance.randrange(256)
            data = bytes(cut) if number % 2 else chance.randbytes(chance.randint(0, 200))
            bench.send(data, chance.choice(["127.0.0.2", STRANGER]))
            if number % 50 == 0:
                await asyncio.sleep(0)
        bench.send(b"\0" * 60_000)
        while await bench.ask(invite(call="last", method="OPTIONS")) != 200:
            pass
        counters = bench.gate.counters
        assert (counters.malformed > 50, counters.ignored > 500, counters.faults) == (True, True, 0)

    with_gate(story)


def test_a_fault_of_the_gate_itself_is_counted_and_told():
    async def story(bench):
        server = bench.gate.server
        whole = server.receive

        def broken(*_):
            server.receive = whole
            raise ZeroDivisionError("09012345678")

        server.receive = broken
        bench.send(invite())
        assert await bench.ask(invite(method="OPTIONS", call="2")) == 200
        assert bench.said == ["gate: ZeroDivisionError: 0901234**** (fault 1)"]

    with_gate(story)


def test_an_address_that_is_taken_cannot_be_had():
    async def story(bench):
        other = SipGate(PEERS, barred_abroad, bool, Clock(), print)
        with pytest.raises(OSError, match="in use"):
            other.open(*bench.address)
        other.close()

    with_gate(story)
