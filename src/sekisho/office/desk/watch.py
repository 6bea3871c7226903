"""The state of the watch: feeds, verdicts and parts, in words and a small picture each; and the strip of all pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from sekisho.office.pictures.events import Hour, events_by_hour
from sekisho.office.queries.watch_state import FeedRow, PartRow, watch_state
from sekisho.office.visit.access import for_staff, found, page_context
from sekisho.office.visit.polling import UNCHANGED, answer, fragment, wanted
from sekisho.office.visit.visit import Visit
from sekisho.office.visit.watch_strip import alarms_of, watch_strip
from sekisho.office.words import watch
from sekisho.office.words.states import FEED, PART, State

EVERY_S: Final = 5


@dataclass(frozen=True, slots=True)
class ShownFeed:
    """One feed as the page says it."""

    row: FeedRow
    name: str
    state: State
    said: str
    gap: str
    gaps: list[str]
    picture: SafeString


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One part as the page says it."""

    row: PartRow
    state: State
    said: str


@require_GET
@for_staff
def watch_page(request: Any, came: Visit) -> HttpResponse:
    """The page, or its fragment `state`."""
    if wanted(request) == "state":
        return answer(request, _state(request, came))
    return render(request, "sekisho/desk/watch.html", page_context(came, here="watch", state=_state(request, came)))


@require_GET
@for_staff
def strip(request: Any, came: Visit) -> HttpResponse:
    """The inside of the strip, or 204 where the browser has it already."""
    told = watch_strip(came.user, came.now_ms)
    seen = request.GET.get("seen", "")
    return HttpResponse(status=UNCHANGED) if seen and f'value="{seen}"' in told else HttpResponse(told)


def _state(request: Any, came: Visit) -> SafeString:
    state = found(watch_state(came.user, came.now_ms))
    context = page_context(
        came,
        blind=state.blind,
        alarms=alarms_of(state),
        told_ms=state.told_ms,
        feeds=[_feed(row) for row in state.feeds],
        parts=[_part(row, came.now_ms) for row in state.parts],
    )
    return fragment(request, "state", "sekisho/desk/watch_state.html", context, every_s=EVERY_S)


def _feed(row: FeedRow) -> ShownFeed:
    return ShownFeed(
        row=row,
        name=watch.feed_name(row),
        state=FEED[row.state],
        said=watch.feed_said(row),
        gap=watch.usual_gap(row),
        gaps=[watch.gap_said(gap) for gap in row.gaps],
        picture=events_by_hour([Hour(hour.hour_ms, hour.events, hour.usual) for hour in row.hours]),
    )


def _part(row: PartRow, now_ms: int) -> ShownPart:
    return ShownPart(row, PART[row.state], watch.part_said(row, now_ms))
