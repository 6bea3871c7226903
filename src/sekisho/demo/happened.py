"""What the engine said since live traffic began, read from its log: holds, asks, alerts, bars."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sekisho.bodies import batches_of
from sekisho.ports import EFFECT_TOPIC, JOURNAL, TALLY_TOPIC, VERDICT_TOPIC, Log

_AT_ONCE: Final = 64
_POLL_S: Final = 0.05


class What(StrEnum):
    """What may happen to a line."""

    ALERT = "alert"
    ASK = "ask"
    HOLD = "hold"
    BAR = "bar"
    LIFTED = "lifted"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something happened to a line at an instant (ms, UTC)."""

    what: What
    company: str
    line: str
    at_ms: int


@dataclass(slots=True)
class Happened:
    """Reads on from where it was made; `again` also keeps count."""

    log: Log
    verdicts_read: int = 0
    effects_read: int = 0
    held: set[tuple[str, str]] = field(default_factory=set)  # company and line
    alerted: set[tuple[str, str]] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def since_now(cls, log: Log) -> Happened:
        """Skip what the log holds already."""
        return cls(log, log.last(VERDICT_TOPIC), log.last(EFFECT_TOPIC))

    def again(self) -> list[Happening]:
        """What has happened since the last time; of alerts and asks only the first of a line."""
        found = [each for each in (*self._verdicts(), *self._effects()) if self._is_news(each)]
        return sorted(found, key=lambda each: each.at_ms)

    def wait_until_judged(self, timeout_s: float) -> bool:
        """Wait until the judge has spoken of all calls that the journal holds now; False where that takes too long."""
        last = self.log.last(JOURNAL)
        calls = [entry for entry in self.log.read(JOURNAL, max(last - _AT_ONCE, 0), _AT_ONCE) if entry.kind == "calls"]
        until = time.monotonic() + timeout_s
        while calls and self.log.find(TALLY_TOPIC, calls[-1].key) is None:
            if time.monotonic() > until:
                return False
            time.sleep(_POLL_S)
        return True

    def _is_news(self, each: Happening) -> bool:
        place = (each.company, each.line)
        if each.what == What.HOLD:
            first = place not in self.held
            self.held.add(place)
            return first
        if each.what in (What.ALERT, What.ASK):
            told = self.alerted if each.what == What.ALERT else self.asked
            first = place not in told
            told.add(place)
            return first
        if each.what == What.RELEASE:
            self.held.discard(place)
        return True

    def _verdicts(self) -> Iterator[Happening]:
        while entries := self.log.read(VERDICT_TOPIC, self.verdicts_read, _AT_ONCE):
            self.verdicts_read = entries[-1].sequence
            for row in (row for entry in entries for batch in batches_of(entry.body) for row in batch.to_pylist()):
                if row["action"] in (What.ALERT, What.ASK, What.HOLD):
                    at = round(row["at"].timestamp() * 1_000)
                    yield Happening(What(row["action"]), row["company"], row["line"], at)

    def _effects(self) -> Iterator[Happening]:
        while entries := self.log.read(EFFECT_TOPIC, self.effects_read, _AT_ONCE):
            self.effects_read = entries[-1].sequence
            for entry in entries:
                told = json.loads(entry.body)
                if entry.kind == "bar":
                    what = What.BAR if told["in_force"] else What.LIFTED
                    yield Happening(what, told["company"], told["line"], told["at_ms"])
                elif entry.kind == "release":
                    yield Happening(What.RELEASE, told["company"], told["line"], told["at_ms"])
