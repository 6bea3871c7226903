"""What an evidence is worth, as a small bar from the middle: right speaks for a thief, left for honest calling."""

from __future__ import annotations

from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sekisho.office.pictures.svg import drawing, element

WIDTH: Final = 144.0
HEIGHT: Final = 16.0


def weight(nats: float, most: float) -> SafeString:
    """The bar of `nats`; `most` (above 0) is what fills half of the picture."""
    title = gettext("%(nats)+.1f nats") % {"nats": nats}
    said = gettext("speaks for a thief") if nats > 0 else gettext("speaks for honest calling")
    middle = WIDTH / 2
    length = max(1.0, middle * min(1.0, abs(nats) / most))
    bar = {"x": middle if nats > 0 else middle - length, "y": 3.0, "width": length, "height": HEIGHT - 6, "rx": 2.0}
    return drawing(
        WIDTH,
        HEIGHT,
        title,
        said,
        element("rect", {"class": "track", "x": 0.0, "y": 3.0, "width": WIDTH, "height": HEIGHT - 6, "rx": 2.0}),
        element("rect", {**bar, "class": "for-thief" if nats > 0 else "for-honest"}),
        element("path", {"class": "axis", "d": f"M{middle} 0V{HEIGHT}"}),
        class_="drawing nats",
    )
