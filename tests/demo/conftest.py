"""A redirect server to ask, for the switch's tests."""

from __future__ import annotations

import asyncio

import pytest


class Responder(asyncio.DatagramProtocol):
    """A redirect server of a few lines: answers as told and remembers what came.

    `answers` are taken one an INVITE, the last one for ever; None is silence, a list is several messages.
    """

    def __init__(self, *answers):
        self.answers = list(answers) or ["302 Moved Temporarily"]
        self.requests = []
        self.acknowledged = asyncio.Event()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        head = data.decode()
        assert head.endswith("\r\n\r\n")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        method, uri, version = first.split(" ")
        assert version == "SIP/2.0"
        self.requests.append((method, uri, headers, addr))
        if method == "ACK":
            self.acknowledged.set()
            return
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        for answer in told if isinstance(told, list) else [told]:
            if answer is not None:
                self.transport.sendto(response(answer, headers), addr)

    def of(self, method):
        """(uri, headers, address) of every request with this method."""
        return [request[1:] for request in self.requests if request[0] == method]


def response(answer, headers):
    """`answer`: status and phrase, then further header lines."""
    status, *further = answer.split("\n")
    echoed = [f"{name}: {headers[name]}" for name in ("Via", "From", "Call-ID", "CSeq")]
    lines = [f"SIP/2.0 {status}", *echoed, f"To: {headers['To']};tag=gate", *further, "Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode()


@pytest.fixture
def until():
    """Within a running loop: wait until a condition is true, at most five seconds."""

    async def waited(condition):
        for _ in range(1_000):
            if condition():
                return
            await asyncio.sleep(0.005)
        raise TimeoutError

    return waited


@pytest.fixture
def open_responder():
    """Within a running loop: (responder, its address) on a free port of the loopback."""
    keepers = set()

    async def kept(transport):
        """The loop cancels what still runs at its end; then the socket is closed."""
        try:
            await asyncio.Event().wait()
        finally:
            transport.close()

    async def opened(*answers):
        loop = asyncio.get_running_loop()
        transport, made = await loop.create_datagram_endpoint(lambda: Responder(*answers), local_addr=("127.0.0.1", 0))
        keepers.add(asyncio.create_task(kept(transport)))
        return made, transport.get_extra_info("sockname")

    return opened
