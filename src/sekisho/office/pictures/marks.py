"""Instants that matter, as upright lines with a word above: alert, ask, hold, bar, and their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from sekisho.core.terms.instants import HOUR_MS
from sekisho.office.pictures.labels import Label, in_lanes
from sekisho.office.pictures.svg import TEXT_SIZE, element, words

# What a mark is called and which tone it has (state.css). Heads differ in shape, so that no colour is needed.
KINDS: Final[dict[str, tuple[str | Promise, str]]] = {
    "alert": (gettext_lazy("alert"), "is-warn"),
    "ask": (gettext_lazy("asked"), "is-warn"),
    "hold": (gettext_lazy("hold"), "is-stop"),
    "bar": (gettext_lazy("bar"), "is-stop"),
    "lift": (gettext_lazy("lifted"), "is-go"),
    "release": (gettext_lazy("released"), "is-go"),
}
LANE: Final = TEXT_SIZE * 1.5
_HEAD: Final = 5.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to the line: one of KINDS, and when."""

    at_ms: int
    kind: str


@dataclass(frozen=True, slots=True)
class Group:
    """Marks of one kind within an hour, drawn once."""

    at_ms: int
    kind: str
    count: int

    @property
    def text(self) -> str:
        """`alert`, or `alert ×3`."""
        name = str(KINDS[self.kind][0])
        return name if self.count == 1 else f"{name} ×{self.count}"


def grouped(marks: Sequence[Mark]) -> list[Group]:
    """Marks of one kind that lie within an hour of the first of them become one, in the order of time."""
    groups: dict[str, Group] = {}
    done: list[Group] = []
    for mark in sorted(marks, key=lambda mark: (mark.at_ms, mark.kind)):
        last = groups.get(mark.kind)
        if last and mark.at_ms < last.at_ms + HOUR_MS:
            groups[mark.kind] = Group(last.at_ms, last.kind, last.count + 1)
            continue
        if last:
            done.append(last)
        groups[mark.kind] = Group(mark.at_ms, mark.kind, 1)
    return sorted([*done, *groups.values()], key=lambda group: (group.at_ms, group.kind))


def placed(groups: Sequence[Group], xs: Sequence[float], low: float, high: float) -> list[Label | None]:
    """The words of the marks at `xs`, in lanes above the picture; None where there is no room for a word."""
    return in_lanes([Label(group.text, x) for group, x in zip(groups, xs, strict=True)], low, high)


def lanes_of(labels: Sequence[Label | None]) -> int:
    """How many lanes are in use."""
    return max((label.lane + 1 for label in labels if label), default=0)


def drawn(
    groups: Sequence[Group], xs: Sequence[float], labels: Sequence[Label | None], foot: float
) -> list[SafeString]:
    """Lines from the word down to `foot`, heads, words. All lines come first: no word is crossed out by a later one."""
    lines, heads = [], []
    top = lanes_of(labels) * LANE
    for group, x, label in zip(groups, xs, labels, strict=True):
        tone = KINDS[group.kind][1]
        head = top + _HEAD
        lines.append(element("path", {"class": f"mark {tone}", "d": f"M{x:.1f} {head:.1f}V{foot:.1f}"}))
        heads.append(_head(group.kind, x, head, tone))
        if label:
            y = (lanes_of(labels) - label.lane) * LANE - TEXT_SIZE * 0.4
            heads.append(words(label.text, label.left, y, class_=f"mark-word {tone}"))
    return [*lines, *heads]


def _head(kind: str, x: float, y: float, tone: str) -> SafeString:
    r = _HEAD
    if kind == "alert":
        return element("path", {"class": f"mark-head {tone}", "d": f"M{x:.1f} {y - r:.1f}l{r} {2 * r}h-{2 * r}z"})
    if kind == "ask":
        return element("path", {"class": f"mark-head {tone}", "d": f"M{x:.1f} {y - r:.1f}l{r} {r}l-{r} {r}l-{r} -{r}z"})
    if kind in ("hold", "bar"):
        return element(
            "rect",
            {"class": f"mark-head {tone}", "x": x - r, "y": y - r, "width": float(2 * r), "height": float(2 * r)},
        )
    return element("circle", {"class": f"mark-head {tone}", "cx": x, "cy": y, "r": float(r)})
