"""The time of day, from the operating system."""

from __future__ import annotations

import time
from typing import Final

_NS_IN_MS: Final = 1_000_000


class SystemClock:
    """The Clock port over the machine's own clock."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return time.time_ns() // _NS_IN_MS
