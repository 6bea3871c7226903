"""The carrier's switch (SBC) of one company, as far as the demonstration needs one. It carries no voice.

For every call: ask the gate with an INVITE. Told to go on (302, 404), the call rings, is answered, talks and ends, and
each of these is told to the intake as it happens. Refused, it leaves a record of no length. Where the gate does not
answer the call goes on: a switch has a stance of its own for that, and ours is open.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import uuid4

from sekisho.core.terms.instants import SECOND_MS, format_rfc3339
from sekisho.demo.ledger import Ledger
from sekisho.demo.sip_client import Answer
from sekisho.demo.thief import PlannedCall

GATE_TIMEOUT_S: Final = 2.0  # an SBC's timer for a redirect server; INVITEs go out at 0, 0.5 and 1.5 s
MOST_CALLS: Final = 200  # at once, of one company
GO_ON: Final = (302, 404)
CANCELLED: Final = 487


class Gate(Protocol):
    """Whom the switch asks."""

    async def ask(self, line: str, number: str, call_id: str, timeout_s: float) -> Answer | None:
        """The answer to one INVITE, None where none came."""


class Events(Protocol):
    """Whom the switch tells; `sekisho.demo.events`."""

    def tell(self, row: dict[str, Any]) -> None:
        """Take an event in canonical names; it is sent in the order of telling."""


@dataclass(slots=True)
class Counts:
    """What the switch has met."""

    asked: int = 0
    silent: int = 0  # times that the gate did not answer
    open: int = 0


class Switch:
    """Places calls; one task a call."""

    def __init__(self, source: str, gate: Gate, events: Events, ledger: Ledger, now_ms: Callable[[], int]) -> None:
        """`source` stands in every call_id; `now_ms` is the time of day."""
        self.counts = Counts()
        self._source, self._gate, self._events, self._ledger, self._now_ms = source, gate, events, ledger, now_ms
        self._over = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, call: PlannedCall) -> asyncio.Task[None] | None:
        """Place a call, which is over when the task is; None where the switch has as many as it takes."""
        if len(self._tasks) >= MOST_CALLS or self._over.is_set():
            return None
        task = asyncio.create_task(self._place(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def hang_up(self) -> None:
        """End every call now, and tell so."""
        self._over.set()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=2 * GATE_TIMEOUT_S)

    async def _place(self, call: PlannedCall) -> None:
        call_id = f"{uuid4().hex}@{self._source}"
        start = self._now_ms()
        answer = await self._gate.ask(call.line, call.number, call_id, GATE_TIMEOUT_S)
        self.counts.asked += 1
        self.counts.silent += answer is None
        allowed = answer is None or answer.status in GO_ON
        self._ledger.attempted(call.line, call.number, start, attack=call.attack, allowed=allowed)
        row = self._row(call, call_id, start)
        if answer is not None and not allowed:
            self._events.tell({**row, "end": format_rfc3339(start), "cause": answer.status})
            return
        self.counts.open += 1
        try:
            most_ms = SECOND_MS * answer.most_s if answer is not None else 0
            await self._carry(call, call_id, row, min(call.talk_ms, most_ms) if most_ms else call.talk_ms)
        finally:
            self.counts.open -= 1

    async def _carry(self, call: PlannedCall, call_id: str, row: dict[str, Any], talk_ms: int) -> None:
        """Ring, talk, end; cut short where the switch goes out of service."""
        self._events.tell(row)
        cut = await self._pause(call.ring_ms)
        answered = talk_ms > 0 and not cut
        if answered:
            at = self._now_ms()
            row = {**row, "answer": format_rfc3339(at)}
            self._events.tell(row)
            if call.attack:
                self._ledger.answered(call_id, call.line, call.number, at)
            await self._pause(talk_ms)
        at = self._now_ms()
        cause = call.cause if answered or not cut else CANCELLED
        self._events.tell({**row, "end": format_rfc3339(at), "cause": cause})
        if call.attack:
            self._ledger.ended_at(call_id, at)

    async def _pause(self, pause_ms: int) -> bool:
        """Wait; True where the switch went out of service meanwhile."""
        try:
            await asyncio.wait_for(self._over.wait(), pause_ms / SECOND_MS)
        except TimeoutError:
            return False
        return True

    def _row(self, call: PlannedCall, call_id: str, start: int) -> dict[str, Any]:
        return {
            "call_id": call_id,
            "direction": "out",
            "line": call.line,
            "number": call.number,
            "start": format_rfc3339(start),
        }
