"""The seal of the simulator: a hash over all its source files and its table.

What was tuned on one seal says nothing of
another, so reports carry it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_KINDS = (".py", ".csv")


@lru_cache(maxsize=1)
def seal() -> str:
    """SHA-256, as hex digits, over the names and the bytes of the simulator's files in order of their names."""
    return seal_of(_FOLDER)


def seal_of(folder: Path) -> str:
    """The seal of the files in a folder and below."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _KINDS):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
