"""Keeps labels apart: some are left out, some move to another lane; none lies over another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sekisho.office.pictures.svg import width_of

GAP: Final = 12.0  # px between two labels of one lane
MOST_LANES: Final = 3


@dataclass(frozen=True, slots=True)
class Label:
    """A text wanted at `x`; where it was placed: from `left` on, in `lane`."""

    text: str
    x: float
    left: float = 0.0
    lane: int = 0

    @property
    def right(self) -> float:
        """Where the text ends."""
        return self.left + width_of(self.text)


def within(label: Label, low: float, high: float) -> Label:
    """The label centred on its x, pushed inside low..high."""
    width = width_of(label.text)
    left = min(max(low, label.x - width / 2), max(low, high - width))
    return Label(label.text, label.x, left, label.lane)


def thinned(labels: Sequence[Label], low: float, high: float) -> list[Label]:
    """Those labels of one lane that can stand beside each other, from the left; the rest are left out."""
    placed: list[Label] = []
    for label in labels:
        told = within(label, low, high)
        if not placed or told.left >= placed[-1].right + GAP:
            placed.append(told)
    return placed


def in_lanes(labels: Sequence[Label], low: float, high: float) -> list[Label | None]:
    """Each label in the first lane where it does not touch another; None where no lane has room."""
    ends = [low - GAP] * MOST_LANES
    placed: list[Label | None] = []
    for label in labels:
        told = within(label, low, high)
        lane = next((lane for lane in range(MOST_LANES) if told.left >= ends[lane] + GAP), None)
        if lane is None:
            placed.append(None)
            continue
        ends[lane] = told.right
        placed.append(Label(told.text, told.x, told.left, lane))
    return placed
