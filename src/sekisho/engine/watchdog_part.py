"""The watchdog's process in a running system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sekisho.core.terms.errors import InUse
from sekisho.core.terms.instants import SECOND_MS
from sekisho.engine.watchdog import Watchdog
from sekisho.health import Pulse
from sekisho.shutdown import Shutdown
from sekisho.wiring.embedded import open_embedded, open_snapshots
from sekisho.wiring.settings import Settings

PART: Final = "watchdog"
_POLL_S: Final = 0.5

Say = Callable[[str], None]


def run_watchdog_part(settings: Settings, say: Say) -> None:
    """The process `watchdog`: returns after SIGTERM or SIGINT. Raises InUse at start, LogDamaged."""
    stop = Shutdown()
    stop.listen()
    home = open_embedded(settings, (PART,))
    try:
        watchdog = Watchdog(
            home.log,
            open_snapshots(settings, PART),
            home.feed.gaps,
            home.clock,
            least_silence_ms=settings.watchdog_silence_s * SECOND_MS,
        )
        pulse = Pulse(PART, home.clock)
        say("ready")
        said = ""
        while not stop():
            try:
                worked = watchdog.step()
                if pulse.due:
                    pulse.beat(home.log, position=watchdog.position, behind=watchdog.behind)
                said = ""
            except InUse as fault:
                if str(fault) != said:
                    say(f"waits: {fault}")
                said, worked = str(fault), False
            if not worked:
                stop.wait(_POLL_S)
        watchdog.save()
    finally:
        home.close()
