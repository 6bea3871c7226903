"""The flag that asks a loop to end after its present step."""

from __future__ import annotations

import signal
from types import FrameType


class Shutdown:
    """A flag that SIGTERM and SIGINT raise."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        """Take the two signals from now on; a second one of them ends the process at once, as ever."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(number, signal.SIG_DFL)

    def __call__(self) -> bool:
        """Whether to leave off: `while not shutdown() and part.step(): ...`."""
        return self.asked
