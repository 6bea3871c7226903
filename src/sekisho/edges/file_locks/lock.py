"""One process a role: a lock on a file, held until it is released or the process is gone.

The kernel releases it, also after SIGKILL or a power cut, so a stale lock cannot exist; the file itself stays.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sekisho.core.terms.errors import InUse


class FileLock:
    """A lock that is held from the moment it is made."""

    def __init__(self, path: Path) -> None:
        """Take the lock on the file `path` (made if absent). Raises InUse where another process holds it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise InUse(f"{path}: another process holds it; stop that one, or wait until it is done") from None

    def release(self) -> None:
        """Let others have it. Once is enough; a second call does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
