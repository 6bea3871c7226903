"""Loss against false asks and holds: the watch as a curve, other rules as numbered points, both axes logarithmic."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, sin
from typing import Final

from sekisho.lab.compare.table import Compared
from sekisho.lab.report.curve import CurvePoint
from sekisho.lab.report.scale import LogScale, fitted
from sekisho.lab.report.svg import TEXT_SIZE, drawing, element, number, width_of, words
from sekisho.lab.report.words import power, share, text

_LEFT: Final = 64.0
_RIGHT: Final = 28.0
_TOP: Final = 40.0
_BOTTOM: Final = 64.0
_RADIUS: Final = 13.0  # of a numbered point
_DOT: Final = 5.0
_RINGS: Final = (1.6, 2.4, 3.4, 4.6, 6.0, 8.0, 10.5, 13.0, 16.0, 19.0)  # of the radius, where a point may move to
_PERCENT: Final = 100.0

Place = tuple[float, float]


def curve_plot(
    points: Sequence[CurvePoint], others: Sequence[Compared], language: str, width: float, height: float
) -> str:
    """The picture, `width` by `height` px. Others are numbered from 1 in their order."""
    everything: list[CurvePoint | Compared] = [*points, *others]
    falses = [each.false_per_million for each in everything] + [each.false_holds_per_million for each in points]
    losses = [_PERCENT * each.score.lost_share for each in everything]
    across = fitted(falses, _LEFT, width - _RIGHT, 10.0, 10_000.0)
    up = fitted(losses, height - _BOTTOM, _TOP, 1.0, 100.0)
    both = [(across.place(each.false_per_million), up.place(_PERCENT * each.score.lost_share)) for each in points]
    holds = [(across.place(each.false_holds_per_million), place[1]) for each, place in zip(points, both, strict=True)]
    numbered = [(across.place(each.false_per_million), up.place(_PERCENT * each.score.lost_share)) for each in others]
    frame = (_LEFT + _RADIUS, _TOP + _RADIUS, width - _RIGHT, height - _BOTTOM - _RADIUS)
    return drawing(
        width,
        height,
        text("curve", language),
        _said(points, others, language),
        *_axes(across, up, language, width, height),
        _line(holds, "curve-holds"),
        _line(both, "curve-all"),
        *(_dot(place, "dot-holds", _DOT - 1) for place in holds),
        *(_dot(place, "dot-all", _DOT) for place in both),
        *(_ring(place) for each, place in zip(points, both, strict=True) if each.shift == 0),
        *_numbered(numbered, [*both, *holds], frame),
    )


def _said(points: Sequence[CurvePoint], others: Sequence[Compared], language: str) -> str:
    """The picture in words, for those who do not see it."""
    told = [f"{each.shift:+g} nat: {share(each.score.lost_share)} / {each.false_per_million:,.0f}" for each in points]
    for place, each in enumerate(others, 1):
        name = each.rule.ja if language == "ja" else each.rule.en
        told.append(f"{place} {name}: {share(each.score.lost_share)} / {each.false_per_million:,.0f}")
    return f"{text('curve_lead', language)} {'; '.join(told)}"


def _axes(across: LogScale, up: LogScale, language: str, width: float, height: float) -> list[str]:
    foot, right = height - _BOTTOM, width - _RIGHT
    parts = []
    ticks = [(across.place(value), power(value, language)) for value in across.powers()]
    if across.zero:
        ticks.insert(0, (across.begin, "0"))
    last = -_LEFT
    for x, name in ticks:
        parts.append(element("path", {"class": "grid", "d": f"M{number(x)} {number(_TOP)}V{number(foot)}"}))
        if x - width_of(name) / 2 > last and x + width_of(name) / 2 < width:
            parts.append(words(name, x, foot + TEXT_SIZE * 1.4, anchor="middle"))
            last = x + width_of(name) / 2 + TEXT_SIZE / 4
    levels = [(up.place(value), f"{value:g}%") for value in up.powers()]
    if up.zero:
        levels.insert(0, (up.begin, "0%"))
    for y, name in levels:
        parts.append(element("path", {"class": "grid", "d": f"M{number(_LEFT)} {number(y)}H{number(right)}"}))
        parts.append(words(name, _LEFT - 8, y + TEXT_SIZE / 3, anchor="end"))
    parts.append(element("path", {"class": "axis", "d": f"M{_LEFT} {_TOP}V{number(foot)}H{number(right)}"}))
    parts.append(words(text("axis_false", language), right, height - 10, anchor="end", class_="strong"))
    parts.append(words(text("axis_lost", language), 4, TEXT_SIZE + 4, class_="strong"))
    return parts


def _line(places: Sequence[Place], class_: str) -> str:
    path = "L".join(f"{number(x)} {number(y)}" for x, y in places)
    return element("path", {"class": class_, "d": f"M{path}"}) if places else ""


def _dot(place: Place, class_: str, radius: float) -> str:
    return element("circle", {"class": class_, "cx": place[0], "cy": place[1], "r": radius})


def _ring(place: Place) -> str:
    return element("circle", {"class": "as-set", "cx": place[0], "cy": place[1], "r": 2 * _DOT})


def _numbered(places: Sequence[Place], dots: Sequence[Place], frame: tuple[float, float, float, float]) -> list[str]:
    """The numbered points; where two would touch, or one would hide a dot of the curve, it moves and points back."""
    left, top, right, foot = frame
    taken: list[Place] = []
    lines, heads = [], []
    for place, (x, y) in enumerate(places, 1):
        mine = (min(max(x, left), right - _RADIUS), min(max(y, top - 2 * _RADIUS), foot))
        for candidate in _around(mine):
            inside = left <= candidate[0] <= right - _RADIUS and top - _RADIUS <= candidate[1] <= foot
            apart = all(hypot(candidate[0] - a, candidate[1] - b) >= 2 * _RADIUS + 2 for a, b in taken)
            clear = all(hypot(candidate[0] - a, candidate[1] - b) >= _RADIUS + 2 * _DOT + 2 for a, b in dots)
            if inside and apart and clear:
                mine = candidate
                break
        taken.append(mine)
        if hypot(mine[0] - x, mine[1] - y) > 1:
            path = f"M{number(x)} {number(y)}L{number(mine[0])} {number(mine[1])}"
            lines.append(element("path", {"class": "leader", "d": path}))
            lines.append(_dot((x, y), "dot-rule", _DOT - 1))
        heads.append(_dot(mine, "rule", _RADIUS))
        heads.append(words(str(place), mine[0], mine[1] + TEXT_SIZE * 0.36, anchor="middle", class_="rule-number"))
    return [*lines, *heads]


def _around(place: Place) -> list[Place]:
    """The place itself, then places around it on wider and wider rings."""
    turns = [2 * pi * turn / 16 for turn in range(16)]
    rings = [(_RADIUS * size, turn) for size in _RINGS for turn in turns]
    return [place, *((place[0] + away * cos(turn), place[1] - away * sin(turn)) for away, turn in rings)]
