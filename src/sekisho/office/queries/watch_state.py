"""The state of the watch: feeds and parts as the watchdog found them, and whether the watchdog itself is heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sekisho.core.terms.instants import SECOND_MS
from sekisho.office.models import PartHealth, User, WatchedFeed, WatchedPart
from sekisho.office.queries.identity import is_staff
from sekisho.office.queries.system_state import system_state

WATCHDOG: Final = "watchdog"
RELAY: Final = "relay"
STALE_MS: Final = 15 * SECOND_MS  # of the office's clock: signs of life come every two seconds
BAD: Final = frozenset({"late", "silent", "unsound", "stuck", "behind", "never"})


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part: its state, since when (where it is bad), its last sign of life, what waits, how late it works."""

    part: str
    state: str
    since_ms: int | None
    last_ms: int | None
    behind: int
    lag_ms: int | None


@dataclass(frozen=True, slots=True)
class FeedHour:
    """One hour of a feed: when it began, its events, and how many are usual (None: not learnt yet)."""

    hour_ms: int
    events: int
    usual: float | None


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One feed of the user's company. `expected`: how many events would have been usual in its silence."""

    source: str
    kind: str
    state: str
    since_ms: int | None
    last_event_ms: int
    last_arrival_ms: int | None
    silent_ms: int
    usual_gap_ms: int | None
    alarm_after_ms: int | None
    expected: float
    hours: tuple[FeedHour, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchState:
    """How the watch is. `blind`: the part whose silence keeps everything else from being known (else empty).

    While it is, `parts` are as old as `told_ms`, and so are `feeds`.
    """

    at_ms: int
    told_ms: int | None
    blind: str
    parts: tuple[PartRow, ...]
    feeds: tuple[FeedRow, ...]

    @property
    def bad_parts(self) -> tuple[PartRow, ...]:
        """Parts that are not as they should be."""
        return tuple(part for part in self.parts if part.state in BAD)

    @property
    def bad_feeds(self) -> tuple[FeedRow, ...]:
        """Feeds whose silence is not plausible."""
        return tuple(feed for feed in self.feeds if feed.state in BAD)


def watch_state(user: User, now_ms: int) -> WatchState | None:
    """The state of the watch for staff of a company; None for others."""
    system = system_state(user, now_ms)
    if system is None or not is_staff(user):
        return None
    heard = {health.part: health.at_ms for health in PartHealth.objects.filter(part__in=[WATCHDOG, RELAY])}
    stale = [part for part in (RELAY, WATCHDOG) if now_ms - heard.get(part, 0) > STALE_MS]
    blind = stale[0] if stale else ""
    told = list(WatchedPart.objects.order_by("id"))
    if blind:  # what the office itself knows of the parts is newer
        parts = tuple(
            PartRow(part.part, "silent" if part.late else "ok", None, part.at_ms, part.behind or 0, None)
            for part in system.parts
        )
    else:
        parts = tuple(
            PartRow(part.part, part.state, part.since_ms, part.last_ms, part.behind, part.lag_ms) for part in told
        )
    feeds = WatchedFeed.objects.filter(company=user.company).order_by("kind", "source")
    return WatchState(
        at_ms=now_ms,
        told_ms=max((part.at_ms for part in told), default=None),
        blind=blind,
        parts=parts,
        feeds=tuple(_feed(feed) for feed in feeds),
    )


def _feed(feed: WatchedFeed) -> FeedRow:
    return FeedRow(
        source=feed.source,
        kind=feed.kind,
        state=feed.state,
        since_ms=feed.since_ms,
        last_event_ms=feed.last_event_ms,
        last_arrival_ms=feed.last_arrival_ms,
        silent_ms=feed.silent_ms,
        usual_gap_ms=feed.usual_gap_ms,
        alarm_after_ms=feed.alarm_after_ms,
        expected=feed.expected,
        hours=tuple(FeedHour(*hour) for hour in feed.hours),
        gaps=tuple(feed.gaps),
    )
