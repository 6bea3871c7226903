"""The redirect server (RFC 3261 section 8.3) as an object: datagrams in, datagrams and attempts out.

An INVITE becomes an Attempt. Whoever decides gives it back to `go_on` or `refuse`. Copies, ACK and CANCEL are dealt
with here. A trusted peer's INVITE is a transaction; what comes from anybody else is answered without remembering it, so
that strangers can neither fill the table nor have us send anything twice. From strangers only INVITE is answered.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sekisho.core.sip import answers
from sekisho.core.sip.called import read_called
from sekisho.core.sip.calling import line_of
from sekisho.core.sip.request import BadMessage, Request, read_request
from sekisho.core.sip.transactions import (
    MOST_TRANSACTIONS,
    Address,
    Send,
    State,
    Transaction,
    Transactions,
    key_of,
    key_of_ack,
)

_KNOWN_METHODS: Final = frozenset(
    ("BYE", "INFO", "MESSAGE", "NOTIFY", "PRACK", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE", "UPDATE")
)


@dataclass(slots=True)
class Counters:
    """What came and what became of it, since the start."""

    received: int = 0  # datagrams
    attempts: int = 0  # INVITEs that were no copies
    answered: int = 0  # attempts that may go on
    refused: int = 0
    asked: int = 0  # sent to the screening announcement
    emergencies: int = 0  # among those that may go on
    repeated: int = 0  # copies of INVITEs
    malformed: int = 0
    unknown_source: int = 0  # datagrams from no trusted peer
    ignored: int = 0  # no request: responses, keep-alives, noise; and what strangers send but INVITE
    faults: int = 0  # decisions that failed


class Attempt(NamedTuple):
    """One INVITE that waits for its decision.

    `number` is for numbering, `dialled` the same without its phone-context, `line` as signalled (may be empty).
    `emergency`: the address says so by itself, without a number. `known`: it came from a trusted peer. `fault`: the
    message is not in order; only an emergency may go on, everything else is for `reject`.
    """

    call_id: str
    line: str
    number: str
    dialled: str
    emergency: bool
    known: bool
    address: Address
    request: Request
    transaction: Transaction | None
    fault: BadMessage | None = None


class RedirectServer:
    """Answers for one UDP socket. `now_ms` is any clock that never goes back."""

    def __init__(self, peers: Container[str], most_transactions: int = MOST_TRANSACTIONS) -> None:
        """`peers` holds the addresses of the trusted peers."""
        self.counters = Counters()
        self._peers = peers
        self._transactions = Transactions(most_transactions)

    def receive(self, data: bytes, address: Address, now_ms: int) -> Sequence[Send | Attempt]:
        """What a datagram leads to. Never raises, whatever it holds."""
        counters = self.counters
        counters.received += 1
        known = address[0] in self._peers
        if not known:
            counters.unknown_source += 1
        elif data.startswith(b"ACK "):
            transaction = self._transactions.find(key_of_ack(data, address[0]))
            if transaction is not None:
                self._transactions.acknowledge(transaction, now_ms)
                return []
        try:
            request = read_request(data)
            if request is None:
                counters.ignored += 1
                return []
            if request.method == "INVITE":
                return self._invite(request, address, known=known)
        except BadMessage as fault:
            return self._malformed(fault, address, known=known)
        if not known:
            counters.ignored += 1
            return []
        return self._other(request, address, now_ms)

    def go_on(self, attempt: Attempt, status: int, now_ms: int, most_s: int = 0) -> list[Send]:
        """The call may go on (302 or 404), where `most_s` is not 0 for so many seconds of talk."""
        self.counters.answered += 1
        return self._answer(attempt, answers.go_on(attempt.request, attempt.address, status, most_s), now_ms)

    def screen(self, attempt: Attempt, contact: str, text: str, now_ms: int) -> list[Send]:
        """The call may go on to the screening announcement at `contact` only (302); `text` says why."""
        self.counters.asked += 1
        return self._answer(attempt, answers.screen(attempt.request, attempt.address, contact, text), now_ms)

    def refuse(self, attempt: Attempt, status: int, text: str, now_ms: int) -> list[Send]:
        """The call is refused (603 or 403); `text` says why."""
        self.counters.refused += 1
        return self._answer(attempt, answers.refuse(attempt.request, attempt.address, status, text), now_ms)

    def reject(self, attempt: Attempt) -> list[Send]:
        """The answer to a message that is not in order, for a trusted peer; strangers get none."""
        return self._fault(attempt.fault, attempt.address, known=attempt.known)

    def next_deadline(self) -> int | None:
        """When `timer_due` has something to do; None while there is nothing to wait for."""
        return self._transactions.next_deadline()

    def timer_due(self, now_ms: int) -> list[Send]:
        """Let timers fire: answers whose ACK has not come are sent again."""
        return self._transactions.timer_due(now_ms)

    @property
    def transactions(self) -> Transactions:
        """The table, for its size and its counts."""
        return self._transactions

    def _answer(self, attempt: Attempt, send: Send, now_ms: int) -> list[Send]:
        if attempt.transaction is None:
            return [send]
        sent = self._transactions.answer(attempt.transaction, send, now_ms)
        return [sent] if sent is not None else []

    def _invite(self, request: Request, address: Address, *, known: bool) -> Sequence[Send | Attempt]:
        transaction = None
        if known:
            key = key_of(request, address[0])
            transaction = self._transactions.find(key)
            if transaction is not None:
                self.counters.repeated += 1
                copy = self._transactions.copy(transaction)
                return [copy] if copy is not None else []
        try:
            called = read_called(request.uri)
        except BadMessage as fault:
            raise BadMessage(fault.status, fault.phrase, request) from None
        if known:
            transaction = self._transactions.begin(key, request)
        self.counters.attempts += 1
        call_id = request.call_id
        if not call_id.isascii():
            call_id = call_id.encode("latin-1").decode("utf-8", "replace")
        return [Attempt(call_id, line_of(request), *called, known, address, request, transaction)]

    def _malformed(self, fault: BadMessage, address: Address, *, known: bool) -> Sequence[Send | Attempt]:
        """Whatever is wrong with an INVITE, it may be an emergency: that is for whoever decides to see."""
        self.counters.malformed += 1
        request = fault.request
        if request is not None and request.method == "INVITE":
            try:
                called = read_called(request.uri)
            except BadMessage:
                return self._fault(fault, address, known=known)
            return [Attempt("", "", *called, known, address, request, None, fault)]
        return self._fault(fault, address, known=known)

    def _fault(self, fault: BadMessage | None, address: Address, *, known: bool) -> list[Send]:
        request = fault.request if fault is not None else None
        if fault is None or request is None or request.method == "ACK" or not known:
            return []
        return [answers.answer(request, address, fault.status, phrase=fault.phrase)]

    def _other(self, request: Request, address: Address, now_ms: int) -> Sequence[Send | Attempt]:
        """A trusted peer's request that is no INVITE."""
        if request.method == "ACK":
            transaction = self._transactions.find(key_of(request, address[0]))
            if transaction is not None:
                self._transactions.acknowledge(transaction, now_ms)
            return []
        if request.method == "OPTIONS":
            return [answers.able(request, address)]
        if request.method == "CANCEL":
            return self._cancel(request, address, now_ms)
        return [answers.not_allowed(request, address, 405 if request.method in _KNOWN_METHODS else 501)]

    def _cancel(self, request: Request, address: Address, now_ms: int) -> Sequence[Send | Attempt]:
        """CANCEL is answered by itself (RFC 3261 section 9.2); an INVITE that still waits ends with 487."""
        transaction = self._transactions.find(key_of(request, address[0]))
        if transaction is None:
            return [answers.answer(request, address, 481)]
        sends = [answers.answer(request, address, 200)]
        if transaction.state is State.PROCEEDING and transaction.request is not None:
            ended = answers.answer(transaction.request, address, 487)
            sent = self._transactions.answer(transaction, ended, now_ms)
            if sent is not None:
                sends.append(sent)
        return sends
