"""The delay of every incident, kind by kind: a dot each, the median and what nine in ten do not exceed as marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sekisho.core.terms.instants import SECOND_MS
from sekisho.lab.kinds import kind_of
from sekisho.lab.report.scale import LogScale
from sekisho.lab.report.svg import TEXT_SIZE, drawing, element, number, width_of, words
from sekisho.lab.report.words import duration, text
from sekisho.lab.scoring import Incident

_TICKS_S: Final = (10, 60, 600, 3_600, 36_000, 86_400, 864_000)
_FOOT: Final = 34.0
_DOT: Final = 4.0
_NARROW: Final = 600.0
_LANES: Final = (0, 2, -2, 1, -1)  # dots of a row lie a little apart


def delay_plot(incidents: Sequence[Incident], language: str, width: float) -> str:
    """The picture, `width` px wide, as high as there are kinds."""
    kinds = sorted({incident.kind for incident in incidents})
    narrow = width < _NARROW
    left = 8.0 if narrow else max((width_of(kind) for kind in kinds), default=0.0) + 24
    row = 56.0 if narrow else 36.0
    aside = width_of(text("not_caught", language)) + 20  # where those stand that were not caught
    longest = max((incident.delay_ms or 0 for incident in incidents), default=0) / SECOND_MS
    scale = LogScale(
        1.0, float(next((tick for tick in _TICKS_S if tick >= longest), longest)), left, width - aside, False
    )
    height = row * len(kinds) + _FOOT + TEXT_SIZE
    parts = _axis(scale, language, width, height, aside)
    for place, kind in enumerate(kinds):
        mine = [incident for incident in incidents if incident.kind == kind]
        parts += _row(mine, scale, place * row + TEXT_SIZE / 2, row, width, language, narrow=narrow)
    said = "; ".join(_said(kind, [each for each in incidents if each.kind == kind], language) for kind in kinds)
    return drawing(width, height, text("delay_title", language), said, *parts)


def _said(kind: str, mine: Sequence[Incident], language: str) -> str:
    delay = kind_of(kind, mine).delay_ms
    told = [None if value is None else value / SECOND_MS for value in (delay.median, delay.p90)]
    return f"{kind}: {' / '.join(duration(value, language) for value in told)}"


def _axis(scale: LogScale, language: str, width: float, height: float, aside: float) -> list[str]:
    foot = height - _FOOT
    parts = [element("rect", {"class": "aside", "x": width - aside + 8, "y": 0.0, "width": aside - 8, "height": foot})]
    last = 0.0
    ticks = [(scale.begin, text("at_once", language), "start")]
    ticks += [(scale.place(tick), duration(tick, language), "middle") for tick in _TICKS_S if tick <= scale.high]
    for x, name, anchor in ticks:
        parts.append(element("path", {"class": "grid", "d": f"M{number(x)} 0V{number(foot)}"}))
        begin = x - (width_of(name) / 2 if anchor == "middle" else 0)
        begin = min(begin, width - aside - width_of(name))  # the last one ends where the axis does
        if begin >= last:
            parts.append(words(name, begin, height - 10))
            last = begin + width_of(name) + TEXT_SIZE / 2
    middle = width - (aside - 8) / 2
    parts.append(words(text("not_caught", language), middle, height - 10, anchor="middle"))
    return parts


def _row(
    mine: Sequence[Incident], scale: LogScale, top: float, row: float, width: float, language: str, *, narrow: bool
) -> list[str]:
    kind = kind_of(mine[0].kind, mine)
    middle = top + row * (0.7 if narrow else 0.5)
    parts = [
        words(kind.name, 8, top + TEXT_SIZE, class_="strong")
        if narrow
        else words(kind.name, scale.begin - 16, middle + TEXT_SIZE / 3, anchor="end", class_="strong"),
        element("path", {"class": "grid", "d": f"M{number(scale.begin)} {number(middle)}H{number(scale.end)}"}),
    ]
    delays = sorted(incident.delay_ms for incident in mine if incident.delay_ms is not None)
    for place, delay in enumerate(delays):
        y = middle + 2.5 * _LANES[place % len(_LANES)]
        parts.append(element("circle", {"class": "incident", "cx": scale.place(delay / SECOND_MS), "cy": y, "r": _DOT}))
    for value, class_ in ((kind.delay_ms.p90, "p90"), (kind.delay_ms.median, "median")):
        if value is not None:
            x = number(scale.place(value / SECOND_MS))
            parts.append(element("path", {"class": class_, "d": f"M{x} {number(middle - 11)}v22"}))
    missed = kind.incidents - kind.caught
    if missed:
        aside = width_of(text("not_caught", language)) + 12
        parts.append(words(f"{missed:,}", width - aside / 2, middle + TEXT_SIZE / 3, anchor="middle", class_="missed"))
    return parts
