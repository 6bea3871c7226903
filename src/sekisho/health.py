"""Signs of life: how far each part of a running system has come, every two seconds, in the topic `health`."""

from __future__ import annotations

import json
from typing import Final

from sekisho.ports import HEALTH_TOPIC, Clock, Log, Message

HEALTH_MS: Final = 2_000


def health_message(
    part: str, at_ms: int, started_ms: int, *, position: int, behind: int, sound: bool = True
) -> Message:
    """One sign of life: `position` is the last sequence the part has done with, `behind` how much waits for it.

    `sound`: its own sums agree (of the judge: every call that began has ended, has expired or is in progress).
    """
    told = {"part": part, "at_ms": at_ms, "started_ms": started_ms, "position": position, "behind": behind}
    told |= {} if sound else {"sound": False}
    return Message("part", f"{part}:{at_ms}", json.dumps(told).encode())


class Pulse:
    """The signs of life of one part, no more of them than are due."""

    def __init__(self, part: str, clock: Clock) -> None:
        """The part has started now."""
        self.part, self.started_ms = part, clock.now_ms()
        self._clock = clock
        self._next_ms = self.started_ms

    @property
    def due(self) -> bool:
        """Whether it is time for one; also after the clock was set back."""
        now = self._clock.now_ms()
        return now >= self._next_ms or now < self._next_ms - HEALTH_MS

    def beat(self, log: Log, *, position: int, behind: int) -> None:
        """Append a sign of life."""
        now = self._clock.now_ms()
        log.append({HEALTH_TOPIC: [health_message(self.part, now, self.started_ms, position=position, behind=behind)]})
        self._next_ms = now + HEALTH_MS
