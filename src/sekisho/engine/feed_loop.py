"""The intake's other half in a running system: files of the feed, taken as they come, in a thread with its own log."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from sekisho.core.terms.errors import InUse
from sekisho.engine.intake import Intake
from sekisho.ports import Feed, Log
from sekisho.wiring.feed_sources import FeedSources

_LOOK_S: Final = 0.5
_WAIT_S: Final = 1.0


class FeedLoop:
    """Takes files from `start` to `stop`; `say` hears what became of each."""

    def __init__(
        self, opener: Callable[[], Log], feed: Feed, sources: FeedSources, batch_rows: int, say: Callable[[str], None]
    ) -> None:
        """`opener` opens the log for the thread."""
        self.fault: Exception | None = None  # what ended the thread, if it was not `stop`
        self.waiting = 0
        self._opener, self._feed, self._sources, self._batch_rows, self._say = opener, feed, sources, batch_rows, say
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self._said: set[str] = set()  # what waits and why, as it was told last

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Leave off, in the middle of a file too: it is taken again at the next start, and no call twice."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            log = self._opener()
            try:
                self._follow(Intake(log, self._feed, self._sources.open, self._batch_rows, self._stop.is_set))
            finally:
                log.close()
        except Exception as fault:  # noqa: BLE001 - the part ends with it, in its own thread
            self.fault = fault

    def _follow(self, intake: Intake) -> None:
        while not self._stop.is_set():
            try:
                worked = intake.step()
            except InUse as fault:
                self._say_once({f"waits: {fault}"})
                self._stop.wait(_WAIT_S)
                continue
            self.waiting = intake.waiting
            for taken in intake.taken:
                self._say(f"put aside: {taken.fault}" if taken.fault else f"{taken.file}: {taken.read.sentence()}")
            intake.taken.clear()  # this process may run for years
            self._say_once({f"{name} waits: {reason}" for name, reason in intake.blocked.items()})
            if not worked:
                self._stop.wait(_LOOK_S)

    def _say_once(self, lines: set[str]) -> None:
        for line in sorted(lines - self._said):
            self._say(line)
        self._said = lines
