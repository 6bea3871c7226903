"""Take in the watchdog's reports: how feeds and parts are. Only the newest of each kind counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sekisho.office.models import WatchedFeed, WatchedPart
from sekisho.office.services.known_lines import known_companies

_KEY: Final = ("company_text", "source", "kind")
_FEED: Final = (
    "state",
    "since_ms",
    "last_event_ms",
    "last_arrival_ms",
    "silent_ms",
    "usual_gap_ms",
    "alarm_after_ms",
    "expected",
)
_PART: Final = ("state", "since_ms", "last_ms", "behind", "lag_ms")
_CALLS: Final = "calls"


def take_watch(messages: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Take the messages (kind, body) of the topic `watchdog` in their order. Within the caller's transaction."""
    newest = dict(messages)
    if "report" in newest:
        _take_report(newest["report"])
    if "hours" in newest:
        _take_hours(newest["hours"])


def _take_report(report: Mapping[str, Any]) -> None:
    at_ms = int(report["at_ms"])
    parts = [
        WatchedPart(part=told["part"], at_ms=at_ms, **{field: told[field] for field in _PART})
        for told in report["parts"]
    ]
    WatchedPart.objects.bulk_create(
        parts, update_conflicts=True, unique_fields=["part"], update_fields=["at_ms", *_PART]
    )
    WatchedPart.objects.exclude(part__in=[part.part for part in parts]).delete()
    companies = known_companies(told["company"] for told in report["feeds"])
    gaps = _gaps_of(report)
    feeds = [
        WatchedFeed(
            company=companies.get(told["company"]),
            company_text=told["company"],
            source=told["source"],
            kind=told["kind"],
            at_ms=at_ms,
            gaps=gaps.get((told["company"], told["source"]), []) if told["kind"] == _CALLS else [],
            **{field: told[field] for field in _FEED},
        )
        for told in report["feeds"]
    ]
    WatchedFeed.objects.bulk_create(
        feeds,
        update_conflicts=True,
        unique_fields=list(_KEY),
        update_fields=["company", "at_ms", "gaps", *_FEED],
    )
    there = {(feed.company_text, feed.source, feed.kind) for feed in feeds}
    gone = [feed.pk for feed in WatchedFeed.objects.all() if (feed.company_text, feed.source, feed.kind) not in there]
    WatchedFeed.objects.filter(pk__in=gone).delete()


def _gaps_of(report: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Gaps by feed. A file's folder is its source; where two companies have one of that name, nobody is told."""
    sources: dict[str, list[tuple[str, str]]] = {}
    for told in report["feeds"]:
        if told["kind"] == _CALLS:
            sources.setdefault(told["source"], []).append((told["company"], told["source"]))
    found: dict[tuple[str, str], list[str]] = {}
    for line in report["gaps"]:
        feeds = sources.get(line.split("/", 1)[0], [])
        if len(feeds) == 1:
            found.setdefault(feeds[0], []).append(line)
    return found


def _take_hours(told: Mapping[str, Any]) -> None:
    for feed in told["feeds"]:
        key = {"company_text": feed["company"], "source": feed["source"], "kind": feed["kind"]}
        WatchedFeed.objects.filter(**key).update(hours=feed["hours"])
