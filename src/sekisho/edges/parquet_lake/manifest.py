"""The manifest: which files belong to the lake, and the last `rated` sequence that is in them.

It is one small JSON file that is swapped whole. Its reader keeps what it read until another file stands there, so that
a page need not parse it each time.

Format 2 says of each part whether its lines are plain; format 1 is read as saying that they may not be.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import DAY_MS, start_of_japanese_day
from sekisho.failpoint import failpoint

NAME: Final = "manifest.json"
FORMAT: Final = 2
_KNOWN: Final = (1, FORMAT)
_DAY: Final = "date="


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the lake: its path in it, the `rated` sequences it holds calls of, its rows and bytes.

    `plain`: each of its lines is written as digits with or without a + before them, and nothing else.
    """

    path: str
    first: int
    last: int
    rows: int
    size: int
    plain: bool = False

    @property
    def day(self) -> str:
        """The Japanese date of its calls: 2026-11-23."""
        return self.path.partition("/")[0].removeprefix(_DAY)

    @property
    def begin_ms(self) -> int:
        """The instant at which that date begins in Japan."""
        return start_of_japanese_day(date.fromisoformat(self.day))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What belongs to the lake, oldest part first, and its offset."""

    offset: int
    parts: tuple[Part, ...]

    def of_days(self, first_ms: int, last_ms: int) -> list[Part]:
        """The parts of the Japanese dates that first_ms ≤ t < last_ms touches."""
        if first_ms >= last_ms:
            return []
        return [part for part in self.parts if part.begin_ms < last_ms and part.begin_ms + DAY_MS > first_ms]


def day_folder(day: str) -> str:
    """The folder of a Japanese date."""
    return _DAY + day


class ManifestFile:
    """The manifest of the lake in `folder`. Any number of threads and processes read, one swaps."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / NAME
        self._kept: tuple[tuple[int, int, int], Manifest] | None = None

    def exists(self) -> bool:
        """Whether there is one. Raises LogDamaged where only its parts are left."""
        if self._path.exists():
            return True
        if any(self._folder.glob(f"{_DAY}*")) and not self._path.exists():
            raise LogDamaged(f"{self._folder}: {NAME} is gone; restore it, or move the folder away to have it rebuilt")
        return False

    def read(self) -> Manifest:
        """What belongs to the lake now; the same object as long as nothing has changed. Nothing yet: an empty lake.

        Raises LogDamaged where it is damaged or gone.
        """
        try:
            with self._path.open("rb") as file:
                stat = os.fstat(file.fileno())
                mark = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
                kept = self._kept
                if kept is not None and kept[0] == mark:
                    return kept[1]
                manifest = self._parsed(file.read())
        except FileNotFoundError:
            self.exists()
            return Manifest(0, ())
        except OSError as error:
            raise self._damaged(error) from error
        self._kept = (mark, manifest)
        return manifest

    def swap(self, offset: int, parts: Sequence[Part]) -> None:
        """Put another manifest in the place of this one, in one instant; on return it survives a crash."""
        draft = self._path.with_name(f".{NAME}.tmp")
        told = {"format": FORMAT, "offset": offset, "parts": [asdict(part) for part in parts]}
        draft.write_text(json.dumps(told, indent=0), "utf-8")
        force(draft)
        failpoint("offset_commit")
        draft.rename(self._path)
        force(self._folder)

    def _parsed(self, content: bytes) -> Manifest:
        try:
            told: Any = json.loads(content)
            if told["format"] not in _KNOWN:
                raise LogDamaged(
                    f"{self._path}: format {told['format']}, this program knows {FORMAT}; use its own version"
                )
            return Manifest(int(told["offset"]), tuple(Part(**part) for part in told["parts"]))
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> LogDamaged:
        return LogDamaged(f"{self._path}: not a manifest ({error}); restore it")


def force(path: Path) -> None:
    """Force a file's bytes, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
