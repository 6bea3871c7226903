"""The archive's process in a running system: it follows `rated`, and tidies the lake in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sekisho.core.terms.errors import InUse
from sekisho.engine.archive import Archive
from sekisho.health import Pulse
from sekisho.ports import RATED_TOPIC
from sekisho.shutdown import Shutdown
from sekisho.wiring.embedded import Embedded, open_embedded
from sekisho.wiring.settings import Settings

PART: Final = "archive"
WAIT_S: Final = 2.0  # what is written at one time becomes a file: seldom enough that files stay few

Say = Callable[[str], None]


def run_archive_part(settings: Settings, say: Say) -> None:
    """The process `archive`: returns after SIGTERM or SIGINT. Raises InUse at start, LogDamaged."""
    stop = Shutdown()
    stop.listen()
    home = open_embedded(settings, (PART,))
    try:
        archive, pulse = Archive(home.log, home.lake, settings.archive_rows), Pulse(PART, home.clock)
        say("ready")
        said = ""
        while not stop():
            try:
                worked = _work(archive, home, pulse)
            except InUse as fault:
                if str(fault) != said:
                    say(f"waits: {fault}")
                said, worked = str(fault), False
            else:
                said = ""
            if not worked:
                stop.wait(WAIT_S)
    finally:
        home.close()


def _work(archive: Archive, home: Embedded, pulse: Pulse) -> bool:
    """One step and its aftermath; True where at least as much is left as was written: then there is no wait."""
    before = home.lake.offset()
    archive.step()
    offset = home.lake.offset()
    behind = home.log.last(RATED_TOPIC) - offset
    if pulse.due:
        pulse.beat(home.log, position=offset, behind=behind)
    if behind >= offset - before > 0:
        return True
    home.lake.merge()
    return False
