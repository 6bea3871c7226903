"""The watchdog: whether calls come, whether they are judged, whether verdicts are plausible.

It reads the log itself, asks no other part, and none waits for it.

1. It follows the journal (calls and ticks), the attempts, the verdicts and the signs of life.
2. Of each feed it learns what is usual (watchdog_usual.py) and says where the silence is not.
3. Verdicts are a feed too: a watch that has said nothing for implausibly long may be broken. Verdicts on one line
   within an hour count once, for an attack leads to many.
4. Its report goes to a topic of its own, at once where a state has changed, else every ten seconds; hours once a
   minute. What it has learnt is saved every five minutes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from sekisho.bodies import batches_of
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, SECOND_MS
from sekisho.engine.watchdog_feeds import ATTEMPTS, VERDICTS, Arrived, Feed, FeedKey, FeedState, arrived_calls
from sekisho.engine.watchdog_parts import PartCheck, PartWatch
from sekisho.flow.attempt import read_attempts
from sekisho.ports import (
    ATTEMPT_TOPIC,
    HEALTH_TOPIC,
    JOURNAL,
    VERDICT_TOPIC,
    WATCHDOG_TOPIC,
    WHOLE,
    Clock,
    Entry,
    Log,
    Message,
    Piece,
    Snapshots,
)

EVERY_MS: Final = SECOND_MS  # between two looks
REPORT_MS: Final = 10 * SECOND_MS
HOURS_MS: Final = MINUTE_MS
SAVE_MS: Final = 5 * MINUTE_MS
GAPS_MS: Final = 5 * MINUTE_MS
_READ: Final = 64
_HEALTH_READ: Final = 512
_ONE_INCIDENT_MS: Final = HOUR_MS
_MOST_LINES: Final = 100_000
_TOLD: Final = "watchdog"


class Watchdog:
    """One watchdog round a log; `step` until it says that nothing is left."""

    def __init__(
        self,
        log: Log,
        snapshots: Snapshots,
        gaps: Callable[[], list[str]],
        clock: Clock,
        *,
        least_silence_ms: int,
    ) -> None:
        """`gaps` tells the gaps in the numbers of files; shorter silences than `least_silence_ms` are none."""
        self._log, self._snapshots, self._find_gaps, self._clock = log, snapshots, gaps, clock
        self._least_ms = least_silence_ms
        now = clock.now_ms()
        self.started_ms = now
        self.parts = PartWatch(now)
        self.feeds: dict[FeedKey, Feed] = {}
        self._spoken: dict[tuple[str, str], int] = {}  # (company, line) → its last verdict
        self._offsets = {JOURNAL: 0, ATTEMPT_TOPIC: 0, VERDICT_TOPIC: 0}
        self._offsets[HEALTH_TOPIC] = max(0, log.last(HEALTH_TOPIC) - _HEALTH_READ)
        self._caught_up: set[str] = set()  # topics that were read to their end once
        self._states: dict[str, Any] = {}
        self._gaps: list[str] = []
        self._look_ms = self._told_ms = self._hours_ms = self._gaps_ms = 0
        self._saved_ms = now
        self._load()

    @property
    def position(self) -> int:
        """How far the journal was read."""
        return self._offsets[JOURNAL]

    @property
    def behind(self) -> int:
        """How many entries of the journal are still to be read."""
        return max(0, self._log.last(JOURNAL) - self.position)

    def step(self) -> bool:
        """Read what is new and, where it is time, look and report; False where nothing was left to read.

        Raises InUse, LogDamaged.
        """
        more = [self._follow(topic) for topic in (HEALTH_TOPIC, JOURNAL, ATTEMPT_TOPIC, VERDICT_TOPIC)]
        now = self._clock.now_ms()
        if len(self._caught_up) == len(self._offsets) and not 0 <= now - self._look_ms < EVERY_MS:
            self._look_ms = now
            self._look(now)
        if not 0 <= now - self._saved_ms < SAVE_MS:
            self.save()
        return any(more)

    def _follow(self, topic: str) -> bool:
        """Read the next entries of a topic; False where they were the last."""
        entries = self._log.read(topic, self._offsets[topic], _READ)
        live = topic in self._caught_up
        take = {
            HEALTH_TOPIC: self._take_health,
            JOURNAL: self._take_journal,
            ATTEMPT_TOPIC: self._take_attempts,
            VERDICT_TOPIC: self._take_verdicts,
        }[topic]
        for entry in entries:
            take(entry, live)
            self._offsets[topic] = entry.sequence
        if len(entries) < _READ:
            self._caught_up.add(topic)
            return False
        return True

    def _take_health(self, entry: Entry, _live: bool) -> None:
        self.parts.hear(json.loads(entry.body))

    def _take_journal(self, entry: Entry, live: bool) -> None:
        if entry.kind == "tick":
            self.parts.tick(entry.sequence, int.from_bytes(entry.body, "little", signed=True))
        elif entry.kind == "calls":
            # Read later than it came, it came no sooner than the tick before it; without ticks nobody knows.
            now, tick = self._clock.now_ms(), self.parts.last_tick_ms
            for told in arrived_calls(entry.body):
                arrival = now if live else None if tick is None else max(tick, told.last_ms)
                self._arrive(told, arrival)

    def _take_attempts(self, entry: Entry, live: bool) -> None:
        for told in read_attempts(entry.body):
            at = told.attempt.at_ms
            key = FeedKey(told.attempt.company, "", ATTEMPTS)
            self._arrive(Arrived(key, at, at, {at // HOUR_MS: 1}), self._clock.now_ms() if live else at)

    def _take_verdicts(self, entry: Entry, live: bool) -> None:
        for batch in batches_of(entry.body):
            for row in batch.select(["company", "line", "at"]).to_pylist():
                at, who = round(row["at"].timestamp() * 1000), (row["company"], row["line"])
                last = self._spoken.get(who)
                self._spoken[who] = max(at, last or 0)
                again = last is not None and at - last < _ONE_INCIDENT_MS
                key = FeedKey(row["company"], "", VERDICTS)
                self._arrive(
                    Arrived(key, at, at, {} if again else {at // HOUR_MS: 1}), self._clock.now_ms() if live else None
                )
        if len(self._spoken) > _MOST_LINES:
            newest = max(self._spoken.values())
            self._spoken = {who: at for who, at in self._spoken.items() if newest - at < _ONE_INCIDENT_MS}

    def _arrive(self, told: Arrived, arrival_ms: int | None) -> None:
        feed = self.feeds.setdefault(told.key, Feed())
        feed.arrive(told.last_ms, told.oldest_ms, told.hours, arrival_ms)

    def _look(self, now: int) -> None:
        """See how everything is, and say it where it has changed or it is time."""
        if not 0 <= now - self._gaps_ms < GAPS_MS:
            self._gaps_ms = now
            self._gaps = self._find_gaps()
        checks = self.parts.checks(now)
        feeds = {key: feed.judge(now, self._least_ms) for key, feed in sorted(self.feeds.items())}
        states: dict[str, Any] = {check.part: check.state for check in checks}
        states |= {repr(key): state.state for key, state in feeds.items()}
        states["gaps"] = self._gaps
        hours = not 0 <= now - self._hours_ms < HOURS_MS or states.keys() != self._states.keys()
        if states == self._states and not hours and 0 <= now - self._told_ms < REPORT_MS:
            return
        self._states, self._told_ms = states, now
        body = report_body(now, self.started_ms, checks, feeds, self._gaps)
        messages = [Message("report", f"report:{self.started_ms:x}:{now}", body)]
        if hours:
            self._hours_ms = now
            told = hours_body(now, {key: feed.hours(now) for key, feed in sorted(self.feeds.items())})
            messages.append(Message("hours", f"hours:{self.started_ms:x}:{now}", told))
        self._log.append({WATCHDOG_TOPIC: messages})

    def save(self) -> None:
        """Save what is learnt, so that the next start need not read the whole journal. Raises InUse."""
        self._saved_ms = self._clock.now_ms()
        told = {
            "offsets": {topic: self._offsets[topic] for topic in (JOURNAL, ATTEMPT_TOPIC, VERDICT_TOPIC)},
            "feeds": [[key.company, key.source, key.kind, feed.to_json()] for key, feed in sorted(self.feeds.items())],
            "spoken": [[*who, at] for who, at in self._spoken.items()],
        }
        draft = self._snapshots.begin(whole=True)
        draft.add([Piece(_TOLD, WHOLE, np.frombuffer(json.dumps(told).encode(), np.uint8))])
        draft.commit(self.position)

    def _load(self) -> None:
        loaded = self._snapshots.load()
        if loaded is None or loaded[0] > self._log.last(JOURNAL):
            return  # of another journal: everything is learnt again
        told = json.loads(next(piece.rows.tobytes() for piece in reversed(loaded[1]) if piece.name == _TOLD))
        self._offsets |= told["offsets"]
        self.feeds = {FeedKey(*key): Feed.from_json(feed) for *key, feed in told["feeds"]}
        self._spoken = {(company, line): at for company, line, at in told["spoken"]}


def report_body(
    now_ms: int, started_ms: int, checks: list[PartCheck], feeds: dict[FeedKey, FeedState], gaps: list[str]
) -> bytes:
    """How everything is: `parts`, `feeds`, and one line a gap in the numbers of files."""
    told = {
        "at_ms": now_ms,
        "started_ms": started_ms,
        "parts": [asdict(check) for check in checks],
        "feeds": [{**asdict(key), **asdict(state)} for key, state in feeds.items()],
        "gaps": gaps,
    }
    return json.dumps(told).encode()


def hours_body(now_ms: int, feeds: dict[FeedKey, list[tuple[int, int, float | None]]]) -> bytes:
    """The last 24 hours of each feed: when each began, its events, and what is usual."""
    return json.dumps(
        {"at_ms": now_ms, "feeds": [{**asdict(key), "hours": hours} for key, hours in feeds.items()]}
    ).encode()
