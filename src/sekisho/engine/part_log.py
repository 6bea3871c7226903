"""HOME/up.log: what the parts said, with the time, in a file of bounded size and the one before it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sekisho.core.terms.instants import format_rfc3339
from sekisho.ports import Clock

MOST_BYTES: Final = 8 << 20


class PartLog:
    """Appends lines to a file; once it is full it becomes `NAME.1`, in the place of the one before."""

    def __init__(self, path: Path, clock: Clock, most_bytes: int = MOST_BYTES) -> None:
        self._path, self._clock, self._most = path, clock, most_bytes
        self._size = path.stat().st_size if path.exists() else 0

    def write(self, line: str) -> None:
        """Add a line. A disk that takes no more loses it: the parts go on."""
        told = f"{format_rfc3339(self._clock.now_ms())} {line}\n".encode(errors="replace")
        try:
            if self._size + len(told) > self._most and self._size:
                self._path.replace(self._path.with_name(self._path.name + ".1"))
                self._size = 0
            with self._path.open("ab") as file:
                file.write(told)
        except OSError:
            return
        self._size += len(told)
