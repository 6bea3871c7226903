"""The intake: complete files from the feed → calls in the journal.

1. A file is opened and hashed. Its delivery (company, source, hash) names what is taken in, not its file name.
2. It is read; its calls go to the journal in batches of `batch_rows`, in the file's order. A batch's key holds the
   delivery, the batch's first row and its number of rows: after a crash the file is read again from its beginning, and
   what the journal holds is skipped.
3. Rejects go with the batch beside which they stood; the sum goes with the last batch, in one transaction.
4. Only then is the original put away. A crash in between makes the file come again; its sum is there, so it is only put
   away.
A file that cannot be read, wholly or from some row on, is put aside with the reason; what could be read stays.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

import pyarrow as pa

from sekisho.bodies import body_of
from sekisho.core.records.parsed import Parsed, Tally
from sekisho.core.records.source import SourceProfile
from sekisho.core.tables import CALLS, REJECTS
from sekisho.core.terms.errors import BadCallFile, BadInput
from sekisho.engine.control import has_tariff, source_message
from sekisho.engine.sums import read_message
from sekisho.ports import JOURNAL, REJECT_TOPIC, TALLY_TOPIC, Feed, FeedFile, Log, Message


class OpenedFile(Protocol):
    """A file of the feed, opened."""

    profile: SourceProfile
    described: bool  # whether a source description says what the profile says

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""

    def read(self) -> Iterator[Parsed]:
        """Its calls and rejects, piece by piece. Raises BadCallFile."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: its `delivery` (empty where it could not be opened), what reading it gave so far, the
    `fault` that put it aside (else empty), and whether the same bytes had been taken in before (`again`).
    """  # noqa: D205 - the sentence is longer than a line

    file: str
    delivery: str = ""
    read: Tally = field(default_factory=Tally)
    fault: str = ""
    again: bool = False


class Intake:
    """Takes files out of the feed; `step` until it says that nothing waits."""

    def __init__(
        self,
        log: Log,
        feed: Feed,
        opener: Callable[[FeedFile], OpenedFile],
        batch_rows: int,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Once `stop()` says so it leaves off, even in the middle of a file, which then waits as after a crash."""
        self.taken: list[Taken] = []  # of this process, oldest first
        self.blocked: dict[str, str] = {}  # files that wait for something else, and for what
        self._log, self._feed, self._opener, self._batch_rows = log, feed, opener, batch_rows
        self._queue: deque[FeedFile] = deque()
        self._stop = stop

    @property
    def waiting(self) -> int:
        """How many files were found waiting and have not been taken."""
        return len(self._queue) + len(self.blocked)

    def step(self) -> bool:
        """Take one file; False where none waits (but `blocked` ones)."""
        if not self._queue:
            self.blocked = {}
            self._queue.extend(self._feed.waiting())
        while self._queue and not self._stop():
            taken = self._take(self._queue.popleft())
            if taken is not None:
                self.taken.append(taken)
                return True
        return False

    def _take(self, file: FeedFile) -> Taken | None:
        """Take one file; None where it has to wait."""
        try:
            opened = self._opener(file)
        except BadInput as fault:
            return self._put_aside(Taken(_shown(file)), file, fault)
        profile = opened.profile
        if not has_tariff(self._log, profile.company):  # the judge could not go on
            self.blocked[_shown(file)] = f"company {profile.company!r} has no tariff; load one"
            return None
        delivery = f"{profile.company}/{profile.name}/{opened.sha256}"
        if self._log.find(TALLY_TOPIC, delivery) is not None:
            self._feed.done(file, opened.sha256)
            return Taken(_shown(file), delivery, again=True)
        writer = _Writer(self._log, opened, delivery, self._batch_rows)
        try:
            for parsed in opened.read():
                if self._stop():
                    return None
                writer.add(parsed)
        except BadCallFile as fault:
            writer.flush()
            return self._put_aside(Taken(_shown(file), delivery, writer.tally), file, fault)
        writer.finish()
        self._feed.done(file, opened.sha256)
        return Taken(_shown(file), delivery, writer.tally)

    def _put_aside(self, taken: Taken, file: FeedFile, fault: BadInput) -> Taken:
        place = f"{taken.file}:{fault.line}" if fault.line else taken.file
        reason = f"{place}: {fault.wrong}; {fault.right}"
        self._feed.failed(file, reason)
        return replace(taken, fault=reason)


def _shown(file: FeedFile) -> str:
    """The name of a file for people: a switch may write anything there."""
    return "".join(sign if sign.isprintable() else "?" for sign in file.name)


class _Writer:
    """Writes the pieces of one file to the log in batches of the same size, whatever the sizes of the pieces."""

    def __init__(self, log: Log, opened: OpenedFile, delivery: str, batch_rows: int) -> None:
        self.tally = Tally()
        self._log, self._delivery, self._batch_rows = log, delivery, batch_rows
        self._calls: list[pa.RecordBatch] = []
        self._rejects: list[pa.RecordBatch] = []
        self._rows = 0
        self._entries: list[str] = []
        self._parts = 0
        self._first: list[Message] = []
        if opened.described:
            profile, key = opened.profile, f"source:{delivery}"
            self._first = [source_message(profile.name, profile.company, charging=profile.charging, key=key)]

    def add(self, parsed: Parsed) -> None:
        """Take a piece; whole batches are written at once."""
        self.tally += parsed.tally
        if parsed.rejects.num_rows:
            self._rejects.append(parsed.rejects)
        calls, at = parsed.calls, 0
        while self._rows + calls.num_rows - at >= self._batch_rows:
            size = self._batch_rows - self._rows
            self._calls.append(calls.slice(at, size))
            self._rows, at = self._batch_rows, at + size
            self._write()
        if at < calls.num_rows:
            self._calls.append(calls.slice(at))
            self._rows += calls.num_rows - at

    def flush(self) -> None:
        """Write what is left."""
        if self._rows or self._rejects:
            self._write()

    def finish(self) -> None:
        """Write what is left, and the sum with it."""
        self._write(last=True)

    def _write(self, *, last: bool = False) -> None:
        journal, rejects = self._first, []
        self._parts += 1
        if self._rows:
            first = self._calls[0]["row"][0].as_py()
            key = f"{self._delivery}:{self._parts}:{first}+{self._rows}"
            journal = [*journal, Message("calls", key, body_of(self._calls, CALLS))]
            self._entries.append(key)
        if self._rejects:
            count = sum(batch.num_rows for batch in self._rejects)
            key = f"{self._delivery}:{self._parts}:{self._rejects[0]['row'][0].as_py()}+{count}"
            rejects.append(Message("rejects", key, body_of(self._rejects, REJECTS)))
        sums = [read_message(self._delivery, self.tally, self._entries)] if last else []
        self._log.append({JOURNAL: journal, REJECT_TOPIC: rejects, TALLY_TOPIC: sums})
        self._calls, self._rejects, self._first, self._rows = [], [], [], 0
