"""A gate with a stand-in for the judge, serving from a thread of this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sekisho.engine.gate_sip import Peer, SipGate

SCREENING = "sip:pin.example:5070;transport=udp"
PEERS = {
    "127.0.0.2": Peer("east"),
    "127.0.0.3": Peer("west", go_on=404),
    "127.0.0.4": Peer("east", 404, SCREENING),
}


class Decision(NamedTuple):
    """As much of a decision as the gate needs."""

    allowed: bool
    text: str
    asked: bool = False
    most_s: int = 0


class StillClock:
    """Always the same instant."""

    def now_ms(self) -> int:
        """2026-11-24T00:00:00Z."""
        return 1_795_478_400_000


class Running(NamedTuple):
    """A gate that serves, its port, and what it said."""

    gate: SipGate
    port: int
    said: list[str]


@contextmanager
def serving(decide: Any, is_emergency: Any, *, peers: Any = PEERS, **more: Any) -> Iterator[Running]:
    """Serve on a free port of 127.0.0.1 for these peers until the block ends."""
    ready = threading.Event()
    running: list[Running] = []
    stop: list[Any] = []

    async def serve() -> None:
        said: list[str] = []
        gate = SipGate(peers, decide, is_emergency, StillClock(), said.append, **more)
        running.append(Running(gate, gate.open("127.0.0.1", 0)[1], said))
        ended = asyncio.Event()
        stop.append((asyncio.get_running_loop(), ended))
        ready.set()
        await ended.wait()
        gate.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    loop, ended = stop[0]
    try:
        yield running[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
