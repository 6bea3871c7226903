"""The probe: one INVITE, and the status of its answer."""

from __future__ import annotations

import asyncio
import threading

import pytest

from sekisho.core.terms.errors import BadSetting
from sekisho.demo.probe import ask_gate, probe


@pytest.mark.parametrize("status", [302, 404, 403, 603])
def test_the_gates_answer(open_responder, status):
    async def talk():
        responder, address = await open_responder(f"{status} So")
        answer = await ask_gate(address, "127.0.0.3", "+81310000001", "01023276123456")
        return answer, responder.of("INVITE")[0]

    answer, (uri, headers, peer) = asyncio.run(talk())
    assert (answer.status, answer.phrase) == (status, "So")
    assert uri.startswith("sip:01023276123456@")
    assert "+81310000001" in headers["P-Asserted-Identity"]
    assert peer[0] == "127.0.0.3"


def test_from_a_thread_without_a_loop_it_gives_the_status_alone(open_responder, until):
    async def talk():
        _, (host, port) = await open_responder("603 Declined")
        statuses = []
        asking = threading.Thread(
            target=lambda: statuses.append(probe(host, port, "127.0.0.2", "0310000001", "01023276123456"))
        )
        asking.start()
        await until(lambda: not asking.is_alive())
        return statuses

    assert asyncio.run(talk()) == [603]


def test_nobody_there_is_no_answer(open_responder):
    async def talk():
        _, address = await open_responder(None)
        return await ask_gate(address, "127.0.0.2", "0310000001", "117", 0.05)

    assert asyncio.run(talk()) is None


def test_an_address_that_is_not_ours():
    with pytest.raises(BadSetting, match=r"--source 192\.0\.2\.1: no datagram can be sent from there"):
        probe("127.0.0.1", 5066, "192.0.2.1", "0310000001", "117")
