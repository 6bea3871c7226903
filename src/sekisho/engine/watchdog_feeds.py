"""Feeds as the watchdog follows them: when something last came, and whether the silence since then is plausible.

A feed is what one source of one company tells. Its events have an instant of their own (when the switch could tell of
it) and arrive later: at once from a switch that tells calls live, up to an hour later from one that writes a file an
hour. So silence is counted from the last event to the moment before which everything must have arrived: now, less the
usual lateness, which is what nine arrivals of ten keep to.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.tables import CALLS
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS
from sekisho.engine.watchdog_usual import DOUBTED, NATS, Usual

I64 = npt.NDArray[np.int64]

CALL_RECORDS: Final = "calls"  # kinds of feeds
ATTEMPTS: Final = "attempts"
VERDICTS: Final = "verdicts"

OK: Final = "ok"  # states
LATE: Final = "late"
LEARNING: Final = "learning"

_SHOWN_HOURS: Final = 24
_KEPT_HOURS: Final = 49
_ARRIVALS: Final = 100  # minutes in which something arrived, of which the lateness is known
_LATENESS_SHARE: Final = 0.9
_LEAST_ARRIVALS: Final = 3
_COLUMNS: Final = ("source", "start", "answer", "end", "company")
_READ: Final = pa.ipc.IpcReadOptions(included_fields=[CALLS.get_field_index(name) for name in _COLUMNS])


@dataclass(frozen=True, slots=True, order=True)
class FeedKey:
    """Whose feed it is. `source` is empty for the gate's attempts and for verdicts."""

    company: str
    source: str
    kind: str


@dataclass(frozen=True, slots=True)
class FeedState:
    """How a feed is. `silent_ms`: what of the silence cannot be lateness; `surprise`: how unlikely that is, in nats."""

    state: str
    since_ms: int | None
    last_event_ms: int
    last_arrival_ms: int | None
    silent_ms: int
    usual_gap_ms: int | None
    alarm_after_ms: int | None
    lateness_ms: int
    expected: float
    surprise: float


class Feed:
    """One feed: its usual, and what it did lately."""

    def __init__(self) -> None:
        self.usual = Usual()
        self.last_event_ms = 0
        self.last_arrival_ms: int | None = None
        self._hours: dict[int, int] = {}  # events of each of the last hours
        self._folded = 0  # all hours before this one are folded; 0: none yet
        self._lateness: deque[int] = deque(maxlen=_ARRIVALS)
        self._minute = 0  # the minute of the last arrival, and its lateness so far
        self._minute_late = 0
        self._late_since: int | None = None

    def arrive(self, last_ms: int, oldest_ms: int, hours: dict[int, int], arrival_ms: int | None) -> None:
        """Events came: the newest, the oldest, how many in which hours, and when they came; None: nobody knows."""
        newest = last_ms if arrival_ms is None else min(last_ms, arrival_ms)  # a clock that is ahead
        self.last_event_ms = max(self.last_event_ms, newest)
        for hour, count in hours.items():
            if hour < self._folded:
                self.usual.add_late(hour, count)
            self._hours[hour] = self._hours.get(hour, 0) + count
        self._fold_until(self.last_event_ms // HOUR_MS)
        if arrival_ms is not None:
            self.last_arrival_ms = max(self.last_arrival_ms or 0, arrival_ms)
            self._note_lateness(arrival_ms, max(0, arrival_ms - oldest_ms))

    def _note_lateness(self, arrival_ms: int, late_ms: int) -> None:
        """Of each minute in which something arrived, the lateness of the latest."""
        minute = arrival_ms // MINUTE_MS
        if minute != self._minute:
            if self._minute:
                self._lateness.append(self._minute_late)
            self._minute, self._minute_late = minute, 0
        self._minute_late = max(self._minute_late, late_ms)

    @property
    def lateness_ms(self) -> int:
        """What nine arrivals of ten keep to; while few are known, the worst."""
        known = sorted([*self._lateness, self._minute_late] if self._minute else self._lateness)
        if not known:
            return 0
        return known[-1] if len(known) < _LEAST_ARRIVALS else known[int(len(known) * _LATENESS_SHARE)]

    def _fold_until(self, hour: int) -> None:
        """Learn the hours before this one that are not learnt yet."""
        if not self._hours:
            return
        first = self._folded or min(self._hours)
        for each in range(max(first, hour - 28 * 24), hour):
            doubted = self._late_since is not None and self._late_since < (each + 1) * HOUR_MS
            self.usual.fold(each, self._hours.get(each, 0), weight=DOUBTED if doubted else 1.0)
        self._folded = max(self._folded, hour)
        for old in [each for each in self._hours if each < self._folded - _KEPT_HOURS]:
            del self._hours[old]

    def judge(self, now_ms: int, least_silence_ms: int) -> FeedState:
        """How it is now; learns the hours that are over by now."""
        lateness = self.lateness_ms
        until = max(self.last_event_ms, now_ms - lateness)
        expected = self.usual.expected(self.last_event_ms, until)
        surprise = self.usual.surprise(expected)
        silent_ms = until - self.last_event_ms
        hour = now_ms // HOUR_MS
        rate = self.usual.rate(hour)
        if surprise >= NATS and silent_ms >= least_silence_ms:
            state = LATE
            self._late_since = self._late_since or now_ms
        else:
            state = OK if expected.known and rate is not None else LEARNING
            self._late_since = None
        self._fold_until(until // HOUR_MS)
        return FeedState(
            state=state,
            since_ms=self._late_since,
            last_event_ms=self.last_event_ms,
            last_arrival_ms=self.last_arrival_ms,
            silent_ms=silent_ms,
            usual_gap_ms=round(HOUR_MS / rate) if rate else None,
            alarm_after_ms=self.usual.alarm_after_ms(hour),
            lateness_ms=lateness,
            expected=round(expected.events, 2),
            surprise=round(surprise, 2),
        )

    def hours(self, now_ms: int) -> list[tuple[int, int, float | None]]:
        """The last 24 hours, the running one at the end: when it began, how many events, how many usually."""
        last = now_ms // HOUR_MS
        told = []
        for hour in range(last - _SHOWN_HOURS + 1, last + 1):
            rate = self.usual.rate(hour)
            told.append((hour * HOUR_MS, self._hours.get(hour, 0), None if rate is None else round(rate, 1)))
        return told

    def to_json(self) -> dict[str, Any]:
        """What is known of the feed, for a snapshot."""
        return {
            "usual": self.usual.to_json(),
            "last_event_ms": self.last_event_ms,
            "last_arrival_ms": self.last_arrival_ms,
            "hours": sorted(self._hours.items()),
            "folded": self._folded,
            "lateness": list(self._lateness),
            "late_since": self._late_since,
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Feed:
        """The inverse of `to_json`."""
        feed = cls()
        feed.usual = Usual.from_json(told["usual"])
        feed.last_event_ms, feed.last_arrival_ms = told["last_event_ms"], told["last_arrival_ms"]
        feed._hours = {int(hour): int(count) for hour, count in told["hours"]}
        feed._folded, feed._late_since = told["folded"], told["late_since"]
        feed._lateness.extend(told["lateness"])
        return feed


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one entry of the journal told of one feed: newest and oldest event, and ended calls by hour."""

    key: FeedKey
    last_ms: int
    oldest_ms: int
    hours: dict[int, int]


def arrived_calls(body: bytes) -> list[Arrived]:
    """What a `calls` entry told, by feed. Only the columns that matter here are read.

    The event of a row is its last instant; a call is counted in the hour of its end, so a live feed, which tells a call
    three times, counts it once.
    """
    with pa.ipc.open_stream(body, options=_READ) as stream:
        table = stream.read_all().unify_dictionaries().combine_chunks()
    if not table.num_rows:
        return []
    instants = np.stack([_instants(table.column(name)) for name in ("start", "answer", "end")])
    event, ended = instants.max(axis=0), instants[2]
    company, source = (table.column(name).combine_chunks() for name in ("company", "source"))
    companies, sources = company.dictionary.to_pylist(), source.dictionary.to_pylist()
    pairs = np.asarray(company.indices, np.int64) * len(sources) + np.asarray(source.indices, np.int64)
    told = []
    for pair in np.unique(pairs).tolist():
        mine = pairs == pair
        key = FeedKey(companies[pair // len(sources)], sources[pair % len(sources)], CALL_RECORDS)
        hours, counts = np.unique(ended[mine & (ended > 0)] // HOUR_MS, return_counts=True)
        by_hour = dict(zip(hours.tolist(), counts.tolist(), strict=True))
        told.append(Arrived(key, int(event[mine].max()), int(event[mine].min()), by_hour))
    return told


def _instants(column: pa.ChunkedArray) -> I64:
    return np.asarray(column.cast(pa.int64()).fill_null(0).combine_chunks(), np.int64)
