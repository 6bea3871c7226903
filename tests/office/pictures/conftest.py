"""Pictures taken apart: the boxes of their words."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from sekisho.office.pictures.svg import width_of


class Taken:
    """A picture's tree, its size, and the boxes of its words: (left, top, right, bottom, text)."""

    def __init__(self, markup: str) -> None:
        self.tree = ET.fromstring(markup)  # noqa: S314 - our own markup
        self.width, self.height = map(float, self.tree.attrib["viewBox"].split()[2:])
        self.boxes = [self._box(node) for node in self.tree.iter() if node.tag.endswith("text")]

    def _box(self, node):
        x, y, size = (float(node.attrib[name]) for name in ("x", "y", "font-size"))
        length = width_of(node.text, size)
        left = x - {"start": 0, "middle": length / 2, "end": length}[node.attrib["text-anchor"]]
        return left, y - size * 0.8, left + length, y + size * 0.2, node.text

    @property
    def texts(self):
        return [box[4] for box in self.boxes]

    @property
    def said(self):
        return next(node.text for node in self.tree if node.tag.endswith("desc"))

    def count(self, class_):
        return sum(class_ in node.attrib.get("class", "").split() for node in self.tree.iter())

    def faults(self):
        """Words that lie over each other, or outside, or are too small."""
        over = [
            f"{a[4]!r} lies over {b[4]!r}"
            for a, b in combinations(self.boxes, 2)
            if a[0] < b[2] - 0.5 and b[0] < a[2] - 0.5 and a[1] < b[3] and b[1] < a[3]
        ]
        cut = [
            f"{box[4]!r} is cut"
            for box in self.boxes
            if box[0] < -0.5 or box[2] > self.width + 0.5 or box[1] < -0.5 or box[3] > self.height + 0.5
        ]
        return over + cut


@pytest.fixture(params=["ja", "en"])
def language(request, office):
    from django.utils import translation

    with translation.override(request.param):
        yield request.param


@pytest.fixture
def taken():
    return Taken
