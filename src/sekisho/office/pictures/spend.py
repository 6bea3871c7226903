"""What a line spends per hour, as bars against its own normal as a band, with the instants that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sekisho.core.terms.instants import HOUR_MS, JST_OFFSET_MS, japanese_date
from sekisho.core.terms.money import MILLIYEN
from sekisho.office.pictures import marks as mark_lines
from sekisho.office.pictures.labels import Label, thinned
from sekisho.office.pictures.marks import Mark
from sekisho.office.pictures.scale import ceiling, stands_out
from sekisho.office.pictures.svg import TEXT_SIZE, drawing, element, width_of, words
from sekisho.office.words import instants, money

PLOT_HEIGHT: Final = 200.0
_LEAST_TOP: Final = 100 * MILLIYEN  # an axis never ends below 100 yen: pennies shall not look like a flood
_FOOT: Final = TEXT_SIZE * 3.4  # two lines of labels below
_STEPS: Final = (3, 6, 12, 24)  # hours between two labels


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a line: what it cost, and between what its own normal lies at that hour. Milli-yen."""

    hour_ms: int
    milliyen: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where the hours lie on the sheet."""

    first_ms: int
    hours: int
    left: float
    right: float
    top: float
    highest: int

    @property
    def foot(self) -> float:
        return self.top + PLOT_HEIGHT

    @property
    def step(self) -> float:
        return (self.right - self.left) / self.hours

    def x(self, at_ms: int) -> float:
        return self.left + (at_ms - self.first_ms) / HOUR_MS * self.step

    def y(self, milliyen: int) -> float:
        return self.foot - PLOT_HEIGHT * milliyen / self.highest


def spend(hours: Sequence[Hour], marks: Sequence[Mark], width: int) -> SafeString:
    """The picture, `width` px wide: `hours` follow each other without a gap; marks outside them are left out."""
    title = gettext("Charges per hour, last %(hours)d hours") % {"hours": len(hours)}
    if not hours:
        return _empty(width, title)
    groups = mark_lines.grouped([m for m in marks if hours[0].hour_ms <= m.at_ms <= hours[-1].hour_ms + HOUR_MS])
    highest = ceiling(max(max(hour.milliyen, hour.high) for hour in hours), _LEAST_TOP)
    left = max(width_of(money.yen(value)) for value in (0, highest)) + 8
    plot = _Plot(hours[0].hour_ms, len(hours), left, float(width), 0.0, highest)
    xs = [plot.x(group.at_ms) for group in groups]
    labels = mark_lines.placed(groups, xs, plot.left, plot.right)
    head = mark_lines.lanes_of(labels) * mark_lines.LANE + TEXT_SIZE
    plot = _Plot(plot.first_ms, plot.hours, plot.left, plot.right, head, highest)
    parts = [
        _band(plot, hours),
        *_grid(plot),
        *_bars(plot, hours),
        *_hours(plot),
        *mark_lines.drawn(groups, xs, labels, plot.foot),
    ]
    if not any(hour.milliyen for hour in hours):
        told = gettext("No charges in these hours")
        parts.append(words(told, (plot.left + plot.right) / 2, plot.top + PLOT_HEIGHT / 2, anchor="middle"))
    return drawing(width, plot.foot + _FOOT, title, _said(hours), *parts)


def _empty(width: int, title: str) -> SafeString:
    told = gettext("No charges in these hours")
    return drawing(width, 96.0, title, told, words(told, width / 2, 52.0, anchor="middle"))


def _said(hours: Sequence[Hour]) -> str:
    total = sum(hour.milliyen for hour in hours)
    if not total:
        return gettext("No charges in these hours")
    dearest = max(hours, key=lambda hour: hour.milliyen)
    return gettext("%(total)s in all; most in the hour from %(when)s: %(most)s, usual there: up to %(usual)s.") % {
        "total": money.yen(total),
        "when": f"{instants.day(japanese_date(dearest.hour_ms))} {instants.clock(dearest.hour_ms)}",
        "most": money.yen(dearest.milliyen),
        "usual": money.yen(dearest.high),
    }


def _band(plot: _Plot, hours: Sequence[Hour]) -> SafeString:
    upper, lower = [], []
    for hour in hours:
        left, right = plot.x(hour.hour_ms), plot.x(hour.hour_ms + HOUR_MS)
        upper += [(left, plot.y(hour.high)), (right, plot.y(hour.high))]
        lower += [(left, plot.y(hour.low)), (right, plot.y(hour.low))]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in [*upper, *reversed(lower)]) + "Z"
    return element("path", {"class": "band", "d": path})


def _bars(plot: _Plot, hours: Sequence[Hour]) -> list[SafeString]:
    gap = min(2.0, plot.step * 0.2)
    bars = []
    for hour in hours:
        if hour.milliyen <= 0:
            continue
        top = min(plot.y(hour.milliyen), plot.foot - 2)  # the smallest charge can still be seen
        shape: dict[str, str | float] = {
            "class": "above" if stands_out(hour.milliyen, hour.high) else "usual",
            "x": plot.x(hour.hour_ms) + gap / 2,
            "y": top,
            "width": plot.step - gap,
            "height": plot.foot - top,
        }
        bars.append(element("rect", dict(shape)))
    return bars


def _grid(plot: _Plot) -> list[SafeString]:
    parts = []
    for value in (plot.highest // 2, plot.highest):
        y = plot.y(value)
        parts.append(element("path", {"class": "grid", "d": f"M{plot.left:.1f} {y:.1f}H{plot.right:.1f}"}))
    parts.append(element("path", {"class": "axis", "d": f"M{plot.left:.1f} {plot.foot:.1f}H{plot.right:.1f}"}))
    told = [
        words(money.yen(value), plot.left - 8, plot.y(value) + TEXT_SIZE * 0.35, anchor="end")
        for value in (0, plot.highest // 2, plot.highest)
    ]
    return [*parts, *told]


def _hours(plot: _Plot) -> list[SafeString]:
    """Labels of hours, as many as have room, and below them each day's name where it begins."""
    last = plot.first_ms + plot.hours * HOUR_MS
    for step in _STEPS:
        step_ms = step * HOUR_MS
        first = -(-(plot.first_ms + JST_OFFSET_MS) // step_ms) * step_ms - JST_OFFSET_MS
        wanted = [Label(instants.full_hour(at), plot.x(at)) for at in range(first, last, step_ms)]
        if len(thinned(wanted, plot.left, plot.right)) == len(wanted):
            break
    parts = []
    for label in thinned(wanted, plot.left, plot.right):
        parts.append(words(label.text, label.left, plot.foot + TEXT_SIZE * 1.4))
        tick = f"M{label.x:.1f} {plot.foot:.1f}v5"
        parts.append(element("path", {"class": "axis", "d": tick}))
    day_ms = 24 * HOUR_MS
    midnight = -(-(plot.first_ms + JST_OFFSET_MS) // day_ms) * day_ms - JST_OFFSET_MS
    days = [Label(instants.day(japanese_date(at)), plot.x(at)) for at in range(midnight, last, day_ms)]
    told = thinned(days, plot.left, plot.right)
    return [*parts, *(words(label.text, label.left, plot.foot + TEXT_SIZE * 2.9) for label in told)]
