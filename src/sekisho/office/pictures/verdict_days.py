"""What two policies said a day: two rows of bars over the same days, to the same scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sekisho.office.pictures.labels import Label, thinned
from sekisho.office.pictures.scale import ceiling
from sekisho.office.pictures.svg import TEXT_SIZE, drawing, element, width_of, words
from sekisho.office.words import instants

ROW_HEIGHT: Final = 88.0
_HEAD: Final = TEXT_SIZE * 1.8  # the row's name stands above it
_FOOT: Final = TEXT_SIZE * 2.0
_LEAST_TOP: Final = 5
_CLASSES: Final = ("above", "asked", "usual")  # holds, asks, alerts; from below


@dataclass(frozen=True, slots=True)
class Said:
    """What one policy said on one day."""

    alerts: int
    asks: int
    holds: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.alerts + self.asks + self.holds


@dataclass(frozen=True, slots=True)
class Day:
    """One Japanese day: what the active policy said, and what the shadow did."""

    day: date
    active: Said
    shadow: Said


def verdicts_by_day(days: Sequence[Day], shadow: str, width: int) -> SafeString:
    """The picture, `width` px wide: the active policy's row above that of the one called `shadow`."""
    title = gettext("Verdicts per day: the active policy and %(shadow)s") % {"shadow": shadow}
    highest = ceiling(max([max(day.active.total, day.shadow.total) for day in days], default=0), _LEAST_TOP)
    left = width_of(f"{highest:,}") + 8
    step = (width - left) / max(1, len(days))
    parts: list[SafeString] = []
    foot = 0.0
    for name, said in (
        (gettext("Active policy"), [day.active for day in days]),
        (shadow, [day.shadow for day in days]),
    ):
        top = foot + _HEAD
        foot = top + ROW_HEIGHT
        parts.append(words(name, left, top - TEXT_SIZE * 0.5, class_="strong-text"))
        parts += _row(said, highest, left, float(width), top, step)
        foot += TEXT_SIZE * 0.5
    wanted = [Label(instants.short_day(day.day), left + (place + 0.5) * step) for place, day in enumerate(days)]
    parts += [words(label.text, label.left, foot + TEXT_SIZE) for label in thinned(wanted, left, float(width))]
    return drawing(width, foot + _FOOT, title, _told(days, shadow), *parts)


def _row(said: Sequence[Said], highest: int, left: float, right: float, top: float, step: float) -> list[SafeString]:
    foot = top + ROW_HEIGHT
    parts = [
        element("path", {"class": "grid", "d": f"M{left:.1f} {top:.1f}H{right:.1f}"}),
        words(f"{highest:,}", left - 8, top + TEXT_SIZE * 0.35, anchor="end"),
        words("0", left - 8, foot + TEXT_SIZE * 0.35, anchor="end"),
    ]
    gap = min(4.0, step * 0.25)
    for place, each in enumerate(said):
        y = foot
        for class_, count in zip(_CLASSES, (each.holds, each.asks, each.alerts), strict=True):
            if count:
                height = max(1.5, ROW_HEIGHT * count / highest)
                y -= height
                x = left + place * step + gap / 2
                parts.append(element("rect", {"class": class_, "x": x, "y": y, "width": step - gap, "height": height}))
    parts.append(element("path", {"class": "axis", "d": f"M{left:.1f} {foot:.1f}H{right:.1f}"}))
    return parts


def _told(days: Sequence[Day], shadow: str) -> str:
    return gettext(
        "Active policy: %(alerts)d alerts, %(asks)d asks, %(holds)d holds. "
        "%(shadow)s: %(own_alerts)d alerts, %(own_asks)d asks, %(own_holds)d holds."
    ) % {
        "shadow": shadow,
        **{name: sum(getattr(day.active, name) for day in days) for name in ("alerts", "asks", "holds")},
        **{f"own_{name}": sum(getattr(day.shadow, name) for day in days) for name in ("alerts", "asks", "holds")},
    }
