"""How many events came each hour, before how many usually come, in the size of a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sekisho.office.pictures.svg import drawing, element
from sekisho.office.words import instants

WIDTH: Final = 192.0
HEIGHT: Final = 48.0
_MISSED: Final = 5.0  # so many usual events, and none came: the empty place is marked
_MARK: Final = 3.0


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour: when it began, its events, how many are usual (None: not learnt)."""

    hour_ms: int
    events: int
    usual: float | None


def events_by_hour(hours: Sequence[Hour]) -> SafeString:
    """Bars of what came, before a band of what is usual; an hour in which nothing came of much stands out.

    The last hour still runs.
    """
    title = gettext("Calls per hour, last %(hours)d hours, and what is usual") % {"hours": len(hours)}
    axis = element("path", {"class": "axis", "d": f"M0 {HEIGHT - 0.5}H{WIDTH}"})
    if not hours:
        return drawing(WIDTH, HEIGHT, title, gettext("Nothing is known of these hours"), axis, class_="drawing events")
    highest = max(1.0, *(max(hour.events, hour.usual or 0.0) for hour in hours))
    step = WIDTH / len(hours)
    parts: list[SafeString] = []
    for place, hour in enumerate(hours):
        x = place * step
        if hour.usual:
            parts.append(_bar("band", x, step, (HEIGHT - 1) * hour.usual / highest))
        running = place == len(hours) - 1
        if hour.events:
            parts.append(_bar("usual", x + 1, step - 2, max(1.5, (HEIGHT - 1) * hour.events / highest)))
        elif (hour.usual or 0.0) >= _MISSED and not running:
            parts.append(_bar("above", x + 1, step - 2, _MARK))
    return drawing(WIDTH, HEIGHT, title, _said(hours), *parts, axis, class_="drawing events")


def _bar(class_: str, x: float, width: float, height: float) -> SafeString:
    return element("rect", {"class": class_, "x": x, "y": HEIGHT - 1 - height, "width": width, "height": height})


def _said(hours: Sequence[Hour]) -> str:
    most = max(hours, key=lambda hour: hour.events)
    return gettext("%(now)d since %(when)s; most in one hour: %(most)d.") % {
        "now": hours[-1].events,
        "when": instants.clock(hours[-1].hour_ms),
        "most": most.events,
    }
