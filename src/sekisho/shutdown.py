"""The flag that asks a loop to end after its present step."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType


class Shutdown:
    """A flag that SIGTERM and SIGINT raise."""

    def __init__(self) -> None:
        self.asked = False
        # A signal may come between a look at the flag and a sleep; a byte in a pipe is not missed then.
        self._seen, self._raised = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def listen(self) -> None:
        """Take the two signals from now on; a second one of them ends the process at once, as ever."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.asked = True
        os.write(self._raised, b"!")
        signal.signal(number, signal.SIG_DFL)

    def wait(self, seconds: float) -> bool:
        """Wait, but no longer than until it is asked to leave off; whether it is."""
        select.select([self._seen], [], [], seconds)
        return self.asked

    def __call__(self) -> bool:
        """Whether to leave off: `while not shutdown() and part.step(): ...`."""
        return self.asked
