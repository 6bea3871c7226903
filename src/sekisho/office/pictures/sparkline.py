"""The shape of the last hours in the size of a word: spend per hour, hours above the line's normal stand out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sekisho.core.terms.money import MILLIYEN
from sekisho.office.pictures.scale import stands_out
from sekisho.office.pictures.svg import drawing, element
from sekisho.office.words import money

WIDTH: Final = 144.0
HEIGHT: Final = 40.0
_LEAST_TOP: Final = 100 * MILLIYEN


def sparkline(milliyen: Sequence[int], usual: Sequence[int]) -> SafeString:
    """Bars of what each hour cost, beside the top of the line's own normal at that hour (`usual`, same length)."""
    title = gettext("Charges per hour, last %(hours)d hours") % {"hours": len(milliyen)}
    if not any(milliyen):
        line = element("path", {"class": "axis", "d": f"M0 {HEIGHT - 1}H{WIDTH}"})
        return drawing(WIDTH, HEIGHT, title, gettext("No charges in these hours"), line, class_="drawing sparkline")
    highest = max(*milliyen, _LEAST_TOP)
    step = WIDTH / len(milliyen)
    parts = [element("path", {"class": "axis", "d": f"M0 {HEIGHT - 0.5}H{WIDTH}"})]
    for place, (value, top) in enumerate(zip(milliyen, usual, strict=True)):
        if value <= 0:
            continue
        height = max(1.5, (HEIGHT - 1) * value / highest)
        parts.append(
            element(
                "rect",
                {
                    "class": "above" if stands_out(value, top) else "usual",
                    "x": place * step + 0.25,
                    "y": HEIGHT - 1 - height,
                    "width": step - 0.5,
                    "height": height,
                },
            )
        )
    said = gettext("Most in one hour: %(most)s.") % {"most": money.yen(max(milliyen))}
    return drawing(WIDTH, HEIGHT, title, said, *parts, class_="drawing sparkline")
