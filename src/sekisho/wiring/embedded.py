"""The embedded default: everything in one folder of this machine. The only place that picks edges for the engine.

HOME/log.sqlite      journal, verdicts, rated calls, rejects
HOME/snapshots/      of the judge
HOME/lake/           rated calls as Parquet
HOME/feed/           inbox, done, failed
HOME/sources/        descriptions of sources (TOML)
HOME/watchdog/       what the watchdog has learnt
HOME/shadow/         snapshots of shadow policies
HOME/locks/          one process a role
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from sekisho.edges.file_locks.lock import FileLock
from sekisho.edges.folder_feed.feed import FolderFeed
from sekisho.edges.parquet_lake.lake import ParquetLake
from sekisho.edges.snapshot_files.snapshots import SnapshotFiles
from sekisho.edges.sqlite_log.log import SqliteLog
from sekisho.edges.system_clock.clock import SystemClock
from sekisho.ports import Clock, Feed, Lake, Log, Snapshots
from sekisho.wiring.feed_sources import FeedSources
from sekisho.wiring.settings import Settings

ROLES: Final = ("intake", "judge", "archive")  # of the engine; a running system has also `relay` and `up`


@dataclass(frozen=True, slots=True)
class Embedded:
    """The opened edges. `close` gives them back; a killed process gives them back too."""

    settings: Settings
    log: Log
    snapshots: Snapshots
    lake: Lake
    feed: Feed
    sources: FeedSources
    clock: Clock
    held: ExitStack

    def close(self) -> None:
        """Close the log and release the roles."""
        self.held.close()


def open_embedded(settings: Settings, roles: Iterable[str] = ROLES) -> Embedded:
    """Open everything below `settings.home`, made if absent, for a process that plays `roles` (none: it only reads).

    Raises InUse where another process plays one of them, BadSource for a wrong description, LogDamaged.
    """
    home, played = settings.home, tuple(roles)
    with ExitStack() as held:
        for role in played:
            held.callback(FileLock(home / "locks" / role).release)
        sources = FeedSources(home / "sources", settings.company)
        clock = SystemClock()
        log = SqliteLog(home / "log.sqlite", float(settings.busy_s))
        held.callback(log.close)
        return Embedded(
            settings=settings,
            log=log,
            snapshots=SnapshotFiles(home / "snapshots"),
            lake=ParquetLake(home / "lake", writer="archive" in played, clock=clock),
            feed=FolderFeed(home / "feed"),
            sources=sources,
            clock=clock,
            held=held.pop_all(),
        )


def open_log(settings: Settings) -> Log:
    """The log alone, for another thread of a process: a connection belongs to the thread that made it.

    Raises InUse, LogDamaged.
    """
    return SqliteLog(settings.home / "log.sqlite", float(settings.busy_s))


def open_snapshots(settings: Settings, place: str) -> Snapshots:
    """Snapshots of a part of its own, in the folder `place` of the home."""
    return SnapshotFiles(settings.home / place)


def hold_role(settings: Settings, role: str) -> Callable[[], None]:
    """Play a role that opens nothing; what comes back ends it. Raises InUse where another process plays it."""
    return FileLock(settings.home / "locks" / role).release


def system_clock() -> Clock:
    """The machine's own clock, for a door that opens nothing else."""
    return SystemClock()
