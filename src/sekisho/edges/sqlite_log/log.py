"""The log as one SQLite file that several processes share.

1. Write-ahead mode: readers never wait for the writer. `synchronous=FULL`: every commit is forced to the disk, so what
   `append` has returned survives a power cut; with NORMAL, write-ahead mode may lose the last commits then, and the
   feed would already have put their files away.
2. `topics` keeps the last sequence of each topic, so that sequences stay without gaps and never start again.
3. Every entry carries a CRC-32 of where it stands and what it says. Damage is told, never judged.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sekisho.core.terms.errors import InUse, LogDamaged
from sekisho.failpoint import failpoint
from sekisho.ports import Entry, Message

APPLICATION: Final = 0x53454B49  # "SEKI", in the file's header: it is a log of ours
SCHEMA: Final = 1
_TABLES: Final = (
    "CREATE TABLE topics (name TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE entries (
        topic TEXT NOT NULL, sequence INTEGER NOT NULL,
        kind TEXT NOT NULL, key TEXT NOT NULL, crc INTEGER NOT NULL, body BLOB NOT NULL,
        UNIQUE (topic, sequence), UNIQUE (topic, key)
    ) STRICT""",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {SCHEMA}",
)
_SELECT: Final = "SELECT sequence, kind, key, crc, body FROM entries WHERE topic = ?"
_CACHE_KIB: Final = 16_384
_PRIMARY: Final = 0xFF  # an extended error code holds its primary one in the low byte
_PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
    }
)


class SqliteLog:
    """The Log port over one SQLite file; see the head of this module."""

    def __init__(self, path: Path, busy_s: float = 30.0) -> None:
        """Open the log at `path`, or make it. A process waits up to `busy_s` seconds for another one's append.

        Raises LogDamaged for a file that is no log of ours or of another schema, InUse for one that cannot be used.
        """
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._told():
            self._base = sqlite3.connect(path, timeout=busy_s, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._base.close()
                raise

    def _prepare(self) -> None:
        execute = self._base.execute
        # Two processes that open a new log at once: the first transaction decides, the other one finds the tables.
        execute("BEGIN IMMEDIATE")
        application, schema = (execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
        tables = execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if (application, schema, tables) == (0, 0, 0):
            for statement in _TABLES:
                execute(statement)
        elif application != APPLICATION:
            raise LogDamaged(f"{self._path}: this is not a log of Sekisho; move it away or set another SEKISHO_HOME")
        elif schema != SCHEMA:
            raise LogDamaged(
                f"{self._path}: the log has schema {schema}, this program knows {SCHEMA}; use its own version"
            )
        execute("COMMIT")
        if execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise InUse(f"{self._path}: write-ahead mode is not possible here; put SEKISHO_HOME on a local disk")
        execute("PRAGMA synchronous = FULL")
        execute(f"PRAGMA cache_size = -{_CACHE_KIB}")

    def append(self, batch: Mapping[str, Sequence[Message]]) -> dict[str, int]:
        """Append to one or several topics in one transaction; returns each topic's last sequence number.

        A message whose key its topic already holds is skipped. On return everything is on the disk. Raises InUse.
        """
        with self._told(), self._transaction("IMMEDIATE"):
            last = {topic: self._append(topic, messages) for topic, messages in batch.items()}
            failpoint("append")
        failpoint("append")  # the other side of the commit: written, but nobody was told
        return last

    def _append(self, topic: str, messages: Sequence[Message]) -> int:
        execute = self._base.execute
        last = before = self._last(topic)
        for message in messages:
            crc = _crc(topic, last + 1, message.kind, message.key, message.body)
            added = execute(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (topic, key) DO NOTHING",
                (topic, last + 1, message.kind, message.key, crc, message.body),
            )
            last += added.rowcount
        if last > before:
            execute(
                "INSERT INTO topics VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last = excluded.last", (topic, last)
            )
        return last

    def read(self, topic: str, after: int, limit: int) -> list[Entry]:
        """Up to `limit` entries of `topic` with a sequence greater than `after`, in order. Raises LogDamaged."""
        with self._told(), self._transaction("DEFERRED"):
            last = self._last(topic)
            rows = self._base.execute(
                f"{_SELECT} AND sequence > ? ORDER BY sequence LIMIT ?", (topic, after, limit)
            ).fetchall()
        end = min(after + limit, last)
        if [row[0] for row in rows] != list(range(after + 1, end + 1)):
            raise LogDamaged(f"{self._path}: {topic} lacks some of its entries {after + 1} to {end}; restore the file")
        return [self._checked(topic, row) for row in rows]

    def find(self, topic: str, key: str) -> Entry | None:
        """The entry of `topic` with this key, or None. Raises LogDamaged."""
        with self._told():
            row = self._base.execute(f"{_SELECT} AND key = ?", (topic, key)).fetchone()
        return None if row is None else self._checked(topic, row)

    def last(self, topic: str) -> int:
        """The last sequence number of `topic`, 0 where it is empty."""
        with self._told():
            return self._last(topic)

    def close(self) -> None:
        """Close the file; the last process that does so also empties the write-ahead file."""
        self._base.close()

    def _last(self, topic: str) -> int:
        row = self._base.execute("SELECT last FROM topics WHERE name = ?", (topic,)).fetchone()
        return 0 if row is None else int(row[0])

    def _checked(self, topic: str, row: tuple[int, str, str, int, bytes]) -> Entry:
        sequence, kind, key, crc, body = row
        if crc != _crc(topic, sequence, kind, key, body):
            raise LogDamaged(f"{self._path}: entry {sequence} of {topic} is not what was written; restore the file")
        return Entry(sequence, kind, key, body)

    @contextmanager
    def _transaction(self, how: str) -> Iterator[None]:
        self._base.execute(f"BEGIN {how}")
        try:
            yield
            self._base.execute("COMMIT")
        except BaseException:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
            raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's errors as ours."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _PASSING:
                raise InUse(f"{self._path}: {error}; see to its disk, or stop the process that holds it") from error
            raise LogDamaged(f"{self._path}: {error}; restore it from a copy") from error


def _crc(topic: str, sequence: int, kind: str, key: str, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(f"{topic}\0{sequence}\0{kind}\0{key}\0".encode()))
