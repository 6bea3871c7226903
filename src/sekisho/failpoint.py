"""Places at which a test may kill the process: `SEKISHO_CRASH_AT=name:n` dies at the n-th pass of `name`.

It dies by SIGKILL, so no `finally`, no `atexit`, no flush helps: what survives is what was really durable.
"""

from __future__ import annotations

import os
import signal
from typing import Final

FAILPOINTS: Final = (
    "append",
    "judge",
    "verdict_write",
    "parquet_rename",
    "snapshot_rename",
    "snapshot_piece",
    "snapshot_tidy",
    "merge_rename",
    "offset_commit",
)
OFFICE_FAILPOINTS: Final = ("outbox_read", "outbox_append", "outbox_mark", "consume_commit")  # of the relay
_wanted, _, _count = os.environ.get("SEKISHO_CRASH_AT", "").partition(":")
_left = int(_count or 1)


def failpoint(name: str) -> None:
    """Mark a place called `name` (see above); kills this process where the environment asks for it."""
    global _left  # noqa: PLW0603 - one process, one countdown
    if name != _wanted:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
