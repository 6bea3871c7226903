"""INVITE server transactions over UDP as data (RFC 3261 section 17.2.1). docs/algorithms/sip.md draws STEPS.

A transaction is named by what its INVITE, the copies of it, its ACK and its CANCEL have alike (section 17.2.3), and by
the address they come from: nobody can take a trusted peer's place by guessing a branch. Nothing provisional is sent:
an answer is ready sooner than the 200 ms after which a 100 would be due.

The table is bounded. Where it is full the oldest transaction goes: its peer gets no more copies of the answer, and a
late copy of its INVITE would be a new attempt.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from sekisho.core.sip.request import BadMessage, Request, read_via

Address = tuple[str, int]

T1_MS: Final = 500  # RFC 3261 table 4: the time there and back
T2_MS: Final = 4_000  # the longest pause between two copies
T4_MS: Final = 5_000  # how long a message may stay in the network
TIMER_H_MS: Final = 64 * T1_MS
MOST_TRANSACTIONS: Final = 65_536
_MOST_DIGITS: Final = 10  # of a CSeq number
_MAGIC: Final = "z9hG4bK"


class State(IntEnum):
    """Where a transaction stands."""

    PROCEEDING = 0
    COMPLETED = 1
    CONFIRMED = 2
    TERMINATED = 3


class Event(IntEnum):
    """What may happen to it. COPY: its INVITE again. ANSWER: the final answer, 300 to 699."""

    COPY = 0
    ANSWER = 1
    ACK = 2
    TIMER_G = 3
    TIMER_H = 4
    TIMER_I = 5


class Step(NamedTuple):
    """The state after an event, and whether the answer is sent (again)."""

    state: State
    sends: bool


# What is not here changes nothing.
STEPS: Final[Mapping[tuple[State, Event], Step]] = {
    (State.PROCEEDING, Event.COPY): Step(State.PROCEEDING, sends=False),
    (State.PROCEEDING, Event.ANSWER): Step(State.COMPLETED, sends=True),
    (State.COMPLETED, Event.COPY): Step(State.COMPLETED, sends=True),
    (State.COMPLETED, Event.TIMER_G): Step(State.COMPLETED, sends=True),
    (State.COMPLETED, Event.TIMER_H): Step(State.TERMINATED, sends=False),
    (State.COMPLETED, Event.ACK): Step(State.CONFIRMED, sends=False),
    (State.CONFIRMED, Event.COPY): Step(State.CONFIRMED, sends=False),
    (State.CONFIRMED, Event.ACK): Step(State.CONFIRMED, sends=False),
    (State.CONFIRMED, Event.TIMER_I): Step(State.TERMINATED, sends=False),
}


class Send(NamedTuple):
    """A datagram to send."""

    data: bytes
    address: Address


class Transaction:
    """One INVITE until nobody asks for its answer any more. `request` is there until it is answered."""

    __slots__ = ("due_ms", "gives_up_ms", "key", "pause_ms", "request", "send", "state")

    def __init__(self, key: Hashable, request: Request) -> None:
        self.key = key
        self.request: Request | None = request
        self.state = State.PROCEEDING
        self.send: Send | None = None
        self.pause_ms = T1_MS  # before the next copy of the answer; 0: there is none, only timer H is left
        self.due_ms = 0  # when the next timer fires
        self.gives_up_ms = 0  # when timer H does


def key_of(request: Request, host: str) -> Hashable:
    """What the INVITE, its copies, its ACK and its CANCEL from `host` have alike.

    Call-ID and CSeq number are part of it too: they are alike anyway, and a client that uses a branch twice has two
    calls. A branch of before RFC 3261 says nothing, so there the request URI, From and the whole Via value count.
    """
    top = request.top
    if top.branch.startswith(_MAGIC) and len(top.branch) > len(_MAGIC):
        return host, top.branch, top.host, top.port, request.call_id, request.sequence
    return host, top.text, request.uri, request.from_, request.call_id, request.sequence


def key_of_ack(data: bytes, host: str) -> Hashable | None:
    """The same of an ACK that is written as nearly everybody writes it, much quicker; None: read it as a request.

    Nothing else is checked: all that an ACK does is that we stop sending copies.
    """
    via, call_id, sequence = (_value(data, name) for name in (b"\r\nVia: ", b"\r\nCall-ID: ", b"\r\nCSeq: "))
    number = sequence.partition(" ")[0]
    if not (via and call_id and number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        return None
    try:
        top = read_via(via)
    except BadMessage:
        return None
    return host, top.branch, top.host, top.port, call_id, int(number)


def _value(data: bytes, name: bytes) -> str:
    begin = data.find(name)
    if begin < 0:
        return ""
    begin += len(name)
    return data[begin : data.find(b"\r\n", begin)].decode("latin-1").strip()


class Transactions:
    """All transactions, and their timers. `now_ms` is any clock that never goes back."""

    def __init__(self, most: int = MOST_TRANSACTIONS) -> None:
        self.evicted = 0  # because the table was full
        self.timed_out = 0  # no ACK came
        self._most = most
        self._all: dict[Hashable, Transaction] = {}
        # One queue for each length of a pause: each is in the order of its deadlines, without sorting. An entry whose
        # deadline is no longer its transaction's is passed over when its time comes.
        self._queues: dict[int, deque[tuple[int, Transaction]]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def find(self, key: Hashable) -> Transaction | None:
        """The transaction with this key."""
        return self._all.get(key)

    def begin(self, key: Hashable, request: Request) -> Transaction:
        """A new transaction, in state PROCEEDING."""
        if len(self._all) >= self._most:
            self._end(next(iter(self._all.values())))
            self.evicted += 1
        transaction = self._all[key] = Transaction(key, request)
        return transaction

    def answer(self, transaction: Transaction, send: Send, now_ms: int) -> Send | None:
        """The final answer. It is what is to be sent, or None where there was one before."""
        if transaction.state is not State.PROCEEDING:
            return None
        transaction.request, transaction.send = None, send
        transaction.gives_up_ms = now_ms + TIMER_H_MS
        transaction.state = STEPS[State.PROCEEDING, Event.ANSWER].state
        self._wait(transaction, now_ms, T1_MS)
        return send

    def copy(self, transaction: Transaction) -> Send | None:
        """Its INVITE came again: the same bytes once more, where the state wants it."""
        return self._step(transaction, Event.COPY)

    def acknowledge(self, transaction: Transaction, now_ms: int) -> None:
        """An ACK came."""
        before = transaction.state
        self._step(transaction, Event.ACK)
        if before is State.COMPLETED:
            transaction.send = None
            self._wait(transaction, now_ms, T4_MS)

    def next_deadline(self) -> int | None:
        """The instant at which `timer_due` has something to do; None while there is nothing to wait for."""
        return min((queue[0][0] for queue in self._queues.values() if queue), default=None)

    def timer_due(self, now_ms: int) -> list[Send]:
        """Let timers fire; what is to be sent again."""
        sends: list[Send] = []
        for queue in tuple(self._queues.values()):
            while queue and queue[0][0] <= now_ms:
                due_ms, transaction = queue.popleft()
                if transaction.due_ms == due_ms:
                    send = self._fire(transaction, now_ms)
                    if send is not None:
                        sends.append(send)
        return sends

    def _fire(self, transaction: Transaction, now_ms: int) -> Send | None:
        if transaction.state is State.CONFIRMED:
            return self._step(transaction, Event.TIMER_I)
        if now_ms >= transaction.gives_up_ms:
            self.timed_out += transaction.state is State.COMPLETED
            return self._step(transaction, Event.TIMER_H)
        pause = min(2 * transaction.pause_ms, T2_MS)
        copies = pause > 0
        transaction.pause_ms = pause if now_ms + pause < transaction.gives_up_ms else 0
        self._wait(transaction, now_ms, transaction.pause_ms or T1_MS)
        return self._step(transaction, Event.TIMER_G) if copies else None

    def _step(self, transaction: Transaction, event: Event) -> Send | None:
        step = STEPS.get((transaction.state, event))
        if step is None:
            return None
        if step.state is State.TERMINATED:
            self._end(transaction)
        transaction.state = step.state
        return transaction.send if step.sends else None

    def _wait(self, transaction: Transaction, now_ms: int, pause_ms: int) -> None:
        transaction.due_ms = now_ms + pause_ms
        queue = self._queues.get(pause_ms)
        if queue is None:
            queue = self._queues[pause_ms] = deque()
        queue.append((transaction.due_ms, transaction))

    def _end(self, transaction: Transaction) -> None:
        transaction.state, transaction.due_ms = State.TERMINATED, 0
        transaction.send = transaction.request = None
        self._all.pop(transaction.key, None)
