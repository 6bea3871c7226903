"""Sekisho: toll-fraud control for carriers of IP telephony."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def _kernel_cache() -> str:
    """A folder for compiled kernels that is new whenever any source of the core is.

    numba notices an edited file, but not an edited callee in another module; so the folder's name holds a hash of all.
    """
    digest = hashlib.sha256()
    for file in sorted((Path(__file__).parent / "core").rglob("*.py")):
        digest.update(file.read_bytes())
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    if not os.access(Path(root).parent, os.W_OK):
        root = tempfile.gettempdir()
    return str(Path(root) / "sekisho" / f"kernels-{digest.hexdigest()[:16]}")


# Before numba is imported anywhere: it reads this once.
os.environ.setdefault("NUMBA_CACHE_DIR", _kernel_cache())
