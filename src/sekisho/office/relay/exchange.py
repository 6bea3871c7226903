"""What the relay does, step by step: outbox → journal; effects, verdicts, live lines, health, watchdog → office."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.db import DataError, IntegrityError, connection

from sekisho.core.terms.instants import SECOND_MS
from sekisho.health import Pulse
from sekisho.office.services.announce_due_terms import announce_due_terms
from sekisho.office.services.consume import consume, offset_of
from sekisho.office.services.lift_due_bars import lift_due_bars
from sekisho.office.services.publish_outbox import count_waiting, publish_outbox
from sekisho.ports import (
    EFFECT_TOPIC,
    HEALTH_TOPIC,
    LIVE_TOPIC,
    SHADOW_TOPICS,
    VERDICT_TOPIC,
    WATCHDOG_TOPIC,
    Clock,
    Log,
)

PART: Final = "relay"
_SLOW_MS: Final = SECOND_MS
_ASIDE_MS: Final = 30 * SECOND_MS
_AT_ONCE: Final = (EFFECT_TOPIC, VERDICT_TOPIC)
_IN_TIME: Final = (LIVE_TOPIC, HEALTH_TOPIC, WATCHDOG_TOPIC)
_UNTAKEABLE: Final = (LookupError, TypeError, ValueError, DataError, IntegrityError)


class Relay:
    """One relay round a log and this process's database; `step` until it says that nothing is left."""

    def __init__(self, log: Log, clock: Clock, say: Callable[[str], None], shadows: Sequence[str] = ()) -> None:
        """`say` hears what is worth a line; `shadows` are the names of shadow policies."""
        self._log, self._clock, self._say = log, clock, say
        self._in_time = (*_IN_TIME, *(SHADOW_TOPICS + name for name in shadows))
        self._pulse = Pulse(PART, clock)
        self._offsets: dict[str, int] = {}
        self._aside: dict[str, int] = {}  # topic → when to try it again
        self._slow_ms = 0

    def step(self) -> bool:
        """Do what is due; False where nothing was waiting.

        Raises InUse, or the database's OperationalError or InterfaceError: wait, then call it again.
        """
        now_ms = self._clock.now_ms()
        worked = publish_outbox(self._log, now_ms=now_ms) > 0
        for topic in _AT_ONCE:
            worked |= self._consume(topic, now_ms)
        if now_ms - self._slow_ms >= _SLOW_MS:
            more = [self._consume(topic, now_ms) for topic in self._in_time]
            worked |= any(more)
            announce_due_terms(now_ms=now_ms)
            lift_due_bars(now_ms=now_ms)
            if not any(more):  # else there is more of it
                self._slow_ms = now_ms
        if self._pulse.due:
            self._give_sign_of_life()
        return worked

    def forget(self) -> None:
        """After a fault: ask the database again how far each topic was taken, over a new connection."""
        self._offsets.clear()
        connection.close()

    def _consume(self, topic: str, now_ms: int) -> bool:
        if self._aside.get(topic, 0) > now_ms:
            return False
        if topic not in self._offsets:
            self._offsets[topic] = offset_of(topic)
        before = self._offsets[topic]
        try:
            self._offsets[topic] = consume(self._log, topic, before)
        except _UNTAKEABLE as fault:
            self._aside[topic] = now_ms + _ASIDE_MS
            self._say(f"{topic} after {before}: {type(fault).__name__}: {fault}; it waits, the other topics go on")
        return self._offsets[topic] > before

    def _give_sign_of_life(self) -> None:
        """`position` is how far the effects were taken, `behind` what waits: in the outbox, and in these topics."""
        behind = sum(self._log.last(topic) - self._offsets.get(topic, 0) for topic in _AT_ONCE)
        position = self._offsets.get(EFFECT_TOPIC, 0)
        self._pulse.beat(self._log, position=position, behind=max(0, behind) + count_waiting())
