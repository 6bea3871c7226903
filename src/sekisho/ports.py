"""What we ask of the outside world. Edges fulfil these; `wiring` picks which; nobody else knows which one it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Arrays = Mapping[str, npt.NDArray[np.generic]]

# Topics of the log. The journal is the judge's only input; the others are what comes out of it.
JOURNAL = "journal"
VERDICT_TOPIC = "verdicts"
RATED_TOPIC = "rated"
REJECT_TOPIC = "rejects"
TALLY_TOPIC = "tallies"  # what became of rows: of a file (key: its delivery), of a journal entry (key: that entry's)
TARIFF_TOPIC = "tariffs"  # companies that have a tariff in the journal (key: the company)


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


class Snapshots(Protocol):
    """Named snapshots: arrays plus the journal sequence they include, replaced atomically."""

    def load(self) -> tuple[int, dict[str, npt.NDArray[np.generic]]] | None:
        """The newest whole snapshot as (journal sequence, arrays), or None."""

    def save(self, sequence: int, arrays: Arrays) -> None:
        """Write a snapshot that includes the journal up to `sequence`; on return it survives a crash."""


class Lake(Protocol):
    """Rated calls for ever, partitioned by the Japanese date of start."""

    def offset(self) -> int:
        """The last `rated` sequence that is in the lake."""

    def write(self, batches: Iterable[pa.RecordBatch], first: int, last: int) -> None:
        """Add RATED batches that cover the sequences first..last; afterwards `offset()` is `last`. Idempotent."""

    def read(self) -> pa.Table:
        """All rated calls (tests and small tools; pages query by partition)."""


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
