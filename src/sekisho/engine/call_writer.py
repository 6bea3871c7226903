"""The thread that makes call events and signals durable: one append for all requests that wait.

1. A request is put with what it wants to append and waits for its answer.
2. The thread takes all that wait, in their order, and appends them in one transaction; whoever comes meanwhile goes
   with the next. So a busy second costs a few forced writes, not one a request.
3. Only then are they answered. A sender that lost its answer sends again: the delivery is in the log, so it gets the
   answer of the first time and nothing is appended.
A connection to the log belongs to its thread, so the signs of life of the intake go out here too.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from sekisho.bodies import batches_of
from sekisho.core.terms.errors import InUse
from sekisho.engine.call_events import Answer as CallAnswer
from sekisho.engine.call_events import BadRequest, CallRequest, answer_again
from sekisho.engine.control import has_tariff, source_message
from sekisho.engine.signals import SignalRequest, SignalsTaken
from sekisho.health import Pulse
from sekisho.ports import JOURNAL, REJECT_TOPIC, TALLY_TOPIC, Log, Message
from sekisho.wiring.gate_file import HttpSource

MOST_TOGETHER: Final = 256
_IDLE_S: Final = 0.25

Request = CallRequest | SignalRequest
Answer = CallAnswer | SignalsTaken
Outcome = Answer | Exception
_Waiting = tuple[Request, "asyncio.Future[Answer]"]


class CallWriter:
    """Appends requests of call events and signals from a thread of its own, between `start` and `stop`."""

    def __init__(self, opener: Callable[[], Log], pulse: Pulse, feed_waiting: Callable[[], int] = lambda: 0) -> None:
        """`opener` opens the log for the thread; `feed_waiting` tells how many files wait, for the signs of life."""
        self.fault: Exception | None = None  # what ended the thread, if it was not `stop`
        self._opener, self._pulse, self._feed_waiting = opener, pulse, feed_waiting
        self._queue: deque[_Waiting] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._told: set[HttpSource] = set()  # sources of which the journal knows whether they are charged
        self._rated: set[str] = set()  # companies that have a tariff; they keep it
        self._thread = threading.Thread(target=self._run, name="calls", daemon=True)
        self._loop: asyncio.AbstractEventLoop

    @property
    def waiting(self) -> int:
        """How many requests wait for an append."""
        return len(self._queue)

    def start(self) -> None:
        """Begin; requests come from the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def put(self, request: Request) -> Answer:
        """Its answer, once what it tells is on the disk.

        Raises BadRequest (409) for calls of a company without a tariff, InUse where the log cannot be written just now,
        and what ended the thread.
        """
        future: asyncio.Future[Answer] = self._loop.create_future()
        with self._wake:
            if self.fault is not None:
                raise self.fault
            self._queue.append((request, future))
            self._wake.notify()
        return await future

    async def stop(self) -> None:
        """Append what waits, then end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        try:
            log = self._opener()
            try:
                self._follow(log)
            finally:
                log.close()
        except Exception as fault:  # noqa: BLE001 - whatever it was, nobody may wait for ever
            with self._wake:
                self.fault = fault
                left = list(self._queue)
                self._queue.clear()
            self._answer((future, fault) for _, future in left)

    def _follow(self, log: Log) -> None:
        while True:
            group = self._take()
            if group:
                self._append(log, group)
            elif self._stopping:
                return
            if self._pulse.due:
                self._beat(log)

    def _take(self) -> list[_Waiting]:
        """Those that wait, oldest first; none where for a while nobody came."""
        with self._wake:
            if not self._queue and not self._stopping:
                self._wake.wait(_IDLE_S)
            return [self._queue.popleft() for _ in range(min(len(self._queue), MOST_TOGETHER))]

    def _append(self, log: Log, group: list[_Waiting]) -> None:
        batch: dict[str, list[Message]] = {JOURNAL: [], REJECT_TOPIC: [], TALLY_TOPIC: []}
        fresh: dict[str, Answer] = {}
        sources: set[HttpSource] = set()
        outcomes: list[tuple[asyncio.Future[Answer], Outcome]] = []
        try:
            for request, future in group:
                known = fresh.get(request.delivery) or self._known(log, request)
                if known is None:
                    if isinstance(request, CallRequest) and request.source not in self._told | sources:
                        sources.add(request.source)
                        batch[JOURNAL].append(self._source_message(request.source))
                    for topic, messages in request.messages.items():
                        batch[topic] += messages
                    known = fresh[request.delivery] = request.answer
                outcomes.append((future, known))
            if fresh:
                log.append(batch)
        except InUse as fault:
            outcomes = [(future, fault) for _, future in group]
        except Exception as fault:
            self._answer((future, fault) for _, future in group)
            raise
        else:
            self._told |= sources
        self._answer(outcomes)

    def _known(self, log: Log, request: Request) -> Outcome | None:
        """The answer that this request gets without an append, if there is one."""
        if isinstance(request, SignalRequest):
            return None  # signals have keys of their own: appended again they change nothing
        company = request.source.company
        if company not in self._rated:
            if not has_tariff(log, company):  # the judge could not go on
                return BadRequest(409, f"company {company!r} has no tariff; load one, then send this again")
            self._rated.add(company)
        read = log.find(TALLY_TOPIC, request.delivery)
        if read is None:
            return None
        rejects = log.find(REJECT_TOPIC, request.delivery)
        return answer_again(read.body, [] if rejects is None else batches_of(rejects.body))

    def _source_message(self, source: HttpSource) -> Message:
        key = f"source:http:{source.company}/{source.name}:{self._pulse.started_ms}"
        return source_message(source.name, source.company, charging=source.charging, key=key)

    def _beat(self, log: Log) -> None:
        try:
            self._pulse.beat(log, position=log.last(JOURNAL), behind=self.waiting + self._feed_waiting())
        except InUse:
            return  # the next one says it

    def _answer(self, outcomes: Iterable[tuple[asyncio.Future[Answer], Outcome]]) -> None:
        self._loop.call_soon_threadsafe(_resolve, list(outcomes))


def _resolve(outcomes: list[tuple[asyncio.Future[Answer], Outcome]]) -> None:
    for future, outcome in outcomes:
        if future.done():  # the sender has gone
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
