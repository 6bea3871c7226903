"""What a customer spends per day of a month, calls abroad on top of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sekisho.core.terms.money import MILLIYEN
from sekisho.office.pictures.labels import Label, thinned
from sekisho.office.pictures.scale import ceiling
from sekisho.office.pictures.svg import TEXT_SIZE, drawing, element, width_of, words
from sekisho.office.words import instants, money

PLOT_HEIGHT: Final = 160.0
_LEAST_TOP: Final = 100 * MILLIYEN
_FOOT: Final = TEXT_SIZE * 2.0


@dataclass(frozen=True, slots=True)
class Day:
    """One Japanese day: all charges, and those abroad among them. Milli-yen."""

    day: date
    milliyen: int
    abroad: int


def spend_by_day(days: Sequence[Day], width: int) -> SafeString:
    """The picture, `width` px wide; the days follow each other without a gap."""
    title = gettext("Charges per day")
    total = sum(day.milliyen for day in days)
    if not total:
        told = gettext("No charges in this month yet")
        return drawing(width, 96.0, title, told, words(told, width / 2, 52.0, anchor="middle"))
    highest = ceiling(max(day.milliyen for day in days), _LEAST_TOP)
    left = max(width_of(money.yen(value)) for value in (0, highest)) + 8
    top, foot = float(TEXT_SIZE), TEXT_SIZE + PLOT_HEIGHT
    step = (width - left) / len(days)
    parts = _grid(highest, left, float(width), top)
    for place, day in enumerate(days):
        parts += _column(day, left + place * step, step, foot, highest)
    wanted = [Label(instants.short_day(day.day), left + (place + 0.5) * step) for place, day in enumerate(days)]
    for label in thinned(wanted, left, float(width)):
        parts.append(words(label.text, label.left, foot + TEXT_SIZE * 1.4))
    return drawing(width, foot + _FOOT, title, _said(days, total), *parts)


def _said(days: Sequence[Day], total: int) -> str:
    dearest = max(days, key=lambda day: day.milliyen)
    return gettext("%(total)s in all, %(abroad)s of it abroad; most on %(day)s: %(most)s.") % {
        "total": money.yen(total),
        "abroad": money.yen(sum(day.abroad for day in days)),
        "day": instants.day(dearest.day),
        "most": money.yen(dearest.milliyen),
    }


def _grid(highest: int, left: float, right: float, top: float) -> list[SafeString]:
    parts = []
    for value in (0, highest // 2, highest):
        y = top + PLOT_HEIGHT * (1 - value / highest)
        line = {"class": "axis" if value == 0 else "grid", "d": f"M{left:.1f} {y:.1f}H{right:.1f}"}
        parts.append(element("path", dict(line)))
        parts.append(words(money.yen(value), left - 8, y + TEXT_SIZE * 0.35, anchor="end"))
    return parts


def _column(day: Day, x: float, step: float, foot: float, highest: int) -> list[SafeString]:
    gap = min(3.0, step * 0.25)
    parts = []
    home = day.milliyen - day.abroad
    y = foot
    for class_, value in (("usual", home), ("abroad", day.abroad)):
        if value <= 0:
            continue
        height = max(1.5, PLOT_HEIGHT * value / highest)
        y -= height
        parts.append(
            element("rect", {"class": class_, "x": x + gap / 2, "y": y, "width": step - gap, "height": height})
        )
    return parts
