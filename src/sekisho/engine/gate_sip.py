"""The gate's SIP door: a UDP socket round the redirect server of the core, and the order of the checks.

1. An emergency goes on: whoever asks, whatever the line, however broken the message or the rest of us.
2. What is not in order is answered so to trusted peers, and not at all to others.
3. A stranger's call is refused.
4. `decide` says whether the call may go on, or to the screening announcement only. Where it fails, the stance says:
   open or closed.

Faults are counted and told by `say`, at most one a second, with numbers masked.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from sekisho.core.sip.screening import screening_contact
from sekisho.core.sip.server import Attempt, Counters, RedirectServer
from sekisho.core.sip.transactions import T1_MS, Address, Send
from sekisho.core.terms.instants import SECOND_MS
from sekisho.core.terms.masking import mask_digits
from sekisho.ports import Clock

_RECEIVE_BUFFER: Final = 1 << 21  # some thousand INVITEs, while a snapshot or a garbage collection holds us up
_DATAGRAM: Final = 65_536
_DATAGRAMS_A_TURN: Final = 32
_TICK_MS: Final = 50
_NOT_A_PEER: Final = "not a trusted peer"
_FAILED: Final = "no decision: the gate is closed"


class Decision(Protocol):
    """What we need of a decision: whether the call may go on, which way, and one sentence why."""

    @property
    def allowed(self) -> bool:
        """Whether the call may go on."""

    @property
    def asked(self) -> bool:
        """Whether it may go on to the screening announcement only."""

    @property
    def most_s(self) -> int:
        """After how many seconds of talk the switch should end it; 0: no limit."""

    @property
    def text(self) -> str:
        """Why, for the switch."""


class Decide(Protocol):
    """Decides about one call, at once. It may fail; then the stance decides."""

    def __call__(
        self,
        company: str,
        line: str,
        number: str,
        call_id: str,
        emergency: bool,
        at_ms: int,
        can_ask: bool,
        /,
    ) -> Decision:
        """`line` and `number` as signalled, `at_ms` the instant of the attempt (UTC).

        `can_ask`: the switch has a screening announcement. No decision is `asked` where it has none.
        """


class Peer(NamedTuple):
    """A trusted switch: its company, and what it is told where a call may go on (302 or 404).

    `screening` is its announcement (core/sip/screening.py), empty where it has none.
    """

    company: str
    go_on: int = 302
    screening: str = ""


@dataclass(frozen=True, slots=True)
class Stance:
    """How the gate answers. `emergency`: the numbers that `is_emergency` may find at the end of what was dialled."""

    open_on_fault: bool = True
    refuse: int = 603
    go_on: int = 302  # for emergencies from strangers
    emergency: Sequence[str] = ("110", "118", "119")


class SipGate:
    """The gate on one socket. Everything runs in the event loop's thread, `decide` too.

    It reads the socket itself instead of through a DatagramProtocol, which takes one datagram a turn of the loop, each
    into 256 kB of fresh memory. Here a turn takes all that has come, into one buffer.
    """

    def __init__(
        self,
        peers: Mapping[str, Peer],
        decide: Decide,
        is_emergency: Callable[[str], bool],
        clock: Clock,
        say: Callable[[str], None],
        stance: Stance = Stance(),
    ) -> None:
        """`peers` by source address. `is_emergency` asks the numbering plan about a number as dialled."""
        self.server = RedirectServer(peers)
        self._peers, self._decide, self._clock, self._say, self._stance = peers, decide, clock, say, stance
        self._plan_says_emergency, self._endings = is_emergency, tuple(stance.emergency)
        self._said_ms: int | None = None
        self._door: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._buffer = bytearray(_DATAGRAM)

    @property
    def counters(self) -> Counters:
        """What came and what became of it."""
        return self.server.counters

    def open(self, host: str, port: int) -> Address:
        """Begin to answer in the running loop; port 0 takes a free one. Returns the address.

        Raises OSError where it cannot be had.
        """
        door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            door.bind((host, port))
        except OSError:
            door.close()
            raise
        return self.serve(door)

    def serve(self, door: socket.socket) -> Address:
        """The same over a socket that is bound already. The gate owns it from now on."""
        door.setblocking(False)
        self._door, self._loop = door, asyncio.get_running_loop()
        self._loop.add_reader(door.fileno(), self._read)
        address: Address = door.getsockname()
        return address

    def close(self) -> None:
        """Answer no more."""
        if self._door is not None:
            self._loop.remove_reader(self._door.fileno())
            self._door.close()
            self._door = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _read(self) -> None:
        """Take what has come; after some of it, others in the loop have their turn."""
        door, buffer = self._door, self._buffer
        if door is None:
            return
        now_ms = self._now_ms()
        for _ in range(_DATAGRAMS_A_TURN):
            try:
                size, address = door.recvfrom_into(buffer)
            except BlockingIOError:
                break
            except OSError:  # an earlier answer found nobody: the peer will ask again if it wants to know
                continue
            self._receive(bytes(buffer[:size]), address, now_ms)
        if self._timer is None:
            self._set_timer()

    def _receive(self, data: bytes, address: Address, now_ms: int) -> None:
        """Answer one datagram."""
        try:
            for each in self.server.receive(data, address, now_ms):
                if isinstance(each, Attempt):
                    self._send(self._settle(each, now_ms))
                else:
                    self._send([each])
        except Exception as error:  # noqa: BLE001 - one datagram must not take the gate down
            self._fault(error)

    def _now_ms(self) -> int:
        """Time for the protocol: a clock that never goes back, whatever becomes of the time of day."""
        return int(self._loop.time() * SECOND_MS)

    def _settle(self, attempt: Attempt, now_ms: int) -> list[Send]:
        """Steps 1 to 4 above."""
        server, stance = self.server, self._stance
        peer = self._peers.get(attempt.address[0])
        if attempt.emergency or self._is_emergency(attempt):
            self.counters.emergencies += 1
            return server.go_on(attempt, peer.go_on if peer is not None else stance.go_on, now_ms)
        if attempt.fault is not None:
            return server.reject(attempt)
        if peer is None:
            return server.refuse(attempt, 403, _NOT_A_PEER, now_ms)
        return self._decided(attempt, peer, now_ms)

    def _decided(self, attempt: Attempt, peer: Peer, now_ms: int) -> list[Send]:
        """Step 4."""
        server, stance = self.server, self._stance
        try:
            decision = self._decide(
                peer.company,
                attempt.line,
                attempt.number,
                attempt.call_id,
                False,
                self._clock.now_ms(),
                bool(peer.screening),
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, there is an answer
            self._fault(error)
            if stance.open_on_fault:
                return server.go_on(attempt, peer.go_on, now_ms)
            return server.refuse(attempt, stance.refuse, _FAILED, now_ms)
        if decision.asked and peer.screening:
            contact = screening_contact(peer.screening, attempt.number, attempt.call_id, attempt.line)
            return server.screen(attempt, contact, decision.text, now_ms)
        if decision.allowed and not decision.asked:
            return server.go_on(attempt, peer.go_on, now_ms, decision.most_s)
        return server.refuse(attempt, stance.refuse, decision.text, now_ms)

    def _is_emergency(self, attempt: Attempt) -> bool:
        """Whether the numbering plan says so. It is asked only about numbers that end like an emergency number."""
        dialled, number = attempt.dialled, attempt.number
        try:
            return dialled.rstrip("#").endswith(self._endings) and (
                self._plan_says_emergency(dialled) or self._plan_says_emergency(number)
            )
        except Exception as error:  # noqa: BLE001 - the plan failed: the digits alone have to do
            self._fault(error)
            return dialled in self._endings

    def _fault(self, error: Exception) -> None:
        """Count a fault and tell it."""
        self.counters.faults += 1
        now_ms = self._now_ms()
        if self._said_ms is None or now_ms - self._said_ms >= SECOND_MS:
            self._said_ms = now_ms
            self._say(mask_digits(f"gate: {type(error).__name__}: {error} (fault {self.counters.faults})"))

    def _send(self, sends: list[Send]) -> None:
        for data, address in sends:
            if self._door is not None:
                with suppress(OSError):  # no room or no way: the switch sends its INVITE again, or we the answer
                    self._door.sendto(data, address)

    def _set_timer(self) -> None:
        """Wake at the next deadline, and within T1: nothing that comes until then is due sooner.

        Not for every deadline by itself, though: most of them have passed with their ACK, and there are two a call.
        """
        deadline = self.server.next_deadline()
        if deadline is not None:
            now_ms = self._now_ms()
            at_ms = max(min(deadline, now_ms + T1_MS), now_ms + _TICK_MS)
            self._timer = self._loop.call_at(at_ms / SECOND_MS, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._send(self.server.timer_due(self._now_ms() + 1))
        self._set_timer()
