"""What we ask of the outside world. Edges fulfil these; `wiring` picks which; nobody else knows which one it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

import numpy.typing as npt
import pyarrow as pa

# Topics of the log. The judge's input is the journal, and beside it what its own gate was asked (decision 0012); the
# others are what comes out of it.
JOURNAL = "journal"
ATTEMPT_TOPIC = "attempts"  # attempts the gate decided on, each with its place among the journal's entries
VERDICT_TOPIC = "verdicts"
RATED_TOPIC = "rated"
REJECT_TOPIC = "rejects"
TALLY_TOPIC = "tallies"  # what became of rows: of a file (key: its delivery), of a journal entry (key: that entry's)
TARIFF_TOPIC = "tariffs"  # companies that have a tariff in the journal (key: the company)
EFFECT_TOPIC = "effects"  # what the gate has done: a bar is in force, a hold was released, attempts were refused
LIVE_TOPIC = "live"  # lines that have calls in progress, and what those cost so far
HEALTH_TOPIC = "health"  # how far each part has come, every two seconds
WATCHDOG_TOPIC = "watchdog"  # how feeds and parts are, as the watchdog finds them
SHADOW_TOPICS = "shadow."  # and a shadow's name: what a shadow policy would have said


@dataclass(frozen=True, slots=True)
class Message:
    """One message to append. `key` is unique in its topic: appending a key that is there already changes nothing."""

    kind: str
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as the log keeps it: `sequence` grows by one a message within its topic, from 1."""

    sequence: int
    kind: str
    key: str
    body: bytes


class Log(Protocol):
    """Ordered topics of messages that survive a crash once `append` has returned."""

    def append(self, batch: Mapping[str, Sequence[Message]]) -> dict[str, int]:
        """Append to one or several topics in one transaction; returns each topic's last sequence number.

        A message whose key its topic already holds is skipped, so a repeated append is harmless.
        """

    def read(self, topic: str, after: int, limit: int) -> list[Entry]:
        """Up to `limit` entries of `topic` with a sequence greater than `after`, in order."""

    def find(self, topic: str, key: str) -> Entry | None:
        """The entry of `topic` with this key, or None."""

    def last(self, topic: str) -> int:
        """The last sequence number of `topic`, 0 where it is empty."""

    def close(self) -> None:
        """Release what is held open."""


class Piece(NamedTuple):
    """Rows of one array of the state: from row `first` on, or SCATTERED (a field `row` says where), or WHOLE."""

    name: str
    first: int
    rows: npt.NDArray[Any]


SCATTERED: Final = -1
WHOLE: Final = -2


class Draft(Protocol):
    """A snapshot being written, bit by bit; nothing of it counts before `commit`."""

    def add(self, pieces: Iterable[Piece]) -> None:
        """Write pieces; on return their arrays may change again. Raises InUse where the disk takes no more."""

    def commit(self, sequence: int) -> None:
        """All is written, it includes the journal up to `sequence`; on return it survives a crash."""

    def drop(self) -> None:
        """Forget it."""


class Snapshots(Protocol):
    """Snapshots: pieces of the state, and the journal sequence they include.

    Some hold all of the state, those after them what changed since the one before.
    """

    def load(self) -> tuple[int, list[Piece]] | None:
        """The newest whole set as (journal sequence, pieces in the order in which they were taken), or None."""

    @property
    def whole_due(self) -> bool:
        """Whether the next one must hold all: there is none to follow, or what changed since has become too much."""

    def begin(self, *, whole: bool) -> Draft:
        """Begin the next one: all of the state, or what changed since the one before, which must be there."""


class Lake(Protocol):
    """Rated calls for ever, partitioned by the Japanese date of start."""

    def offset(self) -> int:
        """The last `rated` sequence that is in the lake."""

    def write(self, batches: Iterable[pa.RecordBatch], first: int, last: int) -> None:
        """Add RATED batches that cover the sequences first..last; afterwards `offset()` is `last`. Idempotent."""

    def merge(self) -> bool:
        """Make one file of many small ones; False where there was nothing to do. Calls and `offset()` stay the same."""

    def read(self) -> pa.Table:
        """All rated calls (tests and small tools; pages ask the CallBook)."""


class CallBook(Protocol):
    """What pages ask of the lake. Any number of threads may ask at once.

    All methods: `lines` are E.164 texts with + (anything else raises ValueError), and a record is found whatever form
    its switch wrote (0312345678, +81312345678, 81312345678). The interval is first_ms ≤ start < last_ms, in
    milliseconds since the epoch. An empty interval, no lines or no calls give an empty table of the same columns.
    Money is milli-yen. Schemas stand in `core/tables.py`. An answer is whole, or there is none: LogDamaged where a file
    of the lake is not what was written, InUse where one must ask again.

    Sums are of calls the lines made; calls that came in cost nothing and are in `calls` alone.
    """

    def calls(
        self,
        company: str,
        lines: Sequence[str],
        first_ms: int,
        last_ms: int,
        *,
        limit: int,
        offset: int = 0,
        international_only: bool = False,
        outgoing_only: bool = False,
        newest_first: bool = True,
    ) -> pa.Table:
        """RATED: `limit` calls in order of start, the first `offset` left out; `line` as the record wrote it.

        `international_only`: only calls made abroad. Calls of one instant are in order of call_id, so pages do not
        overlap.
        """

    def by_class(self, company: str, lines: Sequence[str], first_ms: int, last_ms: int) -> pa.Table:
        """CLASS_SUMS: one row a class of destination that was called, in order of class."""

    def by_country(self, company: str, lines: Sequence[str], first_ms: int, last_ms: int) -> pa.Table:
        """COUNTRY_SUMS of international calls: one row a country, the dearest first."""

    def by_hour(self, company: str, lines: Sequence[str], first_ms: int, last_ms: int) -> pa.Table:
        """HOUR_SUMS: one row an hour in which a call began, in order of time."""

    def by_line(self, company: str, lines: Sequence[str], first_ms: int, last_ms: int) -> pa.Table:
        """LINE_SUMS: one row a line that made a call, in order of line."""


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A complete file that waits in the feed: its name there (`source/file`, or `file`), and where to read it."""

    name: str
    path: str


class Feed(Protocol):
    """A place where switches leave complete files."""

    def waiting(self) -> list[FeedFile]:
        """Complete files, oldest name first; files still being written (`.tmp`, dotfiles) are not among them."""

    def put(self, path: str, source: str) -> FeedFile:
        """Copy a file in, whole or not at all, as one of `source` (empty: of no described source)."""

    def done(self, file: FeedFile, sha256: str) -> None:
        """Keep the original, read-only, out of the way; `sha256` of its bytes makes its new name unique."""

    def failed(self, file: FeedFile, reason: str) -> None:
        """Put a file aside that cannot be taken in, with the reason beside it."""

    def gaps(self) -> list[str]:
        """One plain line for every gap in the numbers of the files that ever came."""


class Clock(Protocol):
    """The time of day, for the doors only."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
