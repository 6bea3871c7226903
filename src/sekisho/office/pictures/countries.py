"""Countries that a line called, as horizontal bars, dearest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from sekisho.office.pictures.svg import TEXT_SIZE, drawing, element, shortened, width_of, words
from sekisho.office.words import money
from sekisho.office.words.countries import country

MOST_ROWS: Final = 8
_ROW: Final = 44.0
_BAR: Final = 10.0


@dataclass(frozen=True, slots=True)
class Country:
    """A country, ISO letters or a global service, with its calls and their charges in milli-yen."""

    code: str
    calls: int
    milliyen: int


def dearest_first(rows: Sequence[Country]) -> list[Country]:
    """By charge, then by calls, then by letters."""
    return sorted(rows, key=lambda row: (-row.milliyen, -row.calls, row.code))


def figures(calls: int, milliyen: int) -> str:
    """`12 calls, 2,100 yen`."""
    told = ngettext("%(count)d call", "%(count)d calls", calls) % {"count": calls}
    return gettext("%(calls)s, %(yen)s") % {"calls": told, "yen": money.yen(milliyen)}


def countries(rows: Sequence[Country], width: int) -> SafeString:
    """The picture, `width` px wide: eight countries at most, the others as one more bar."""
    title = gettext("Countries called")
    if not rows:
        told = gettext("No finished calls abroad")
        return drawing(width, 64.0, title, told, words(told, 0.0, 36.0))
    ordered = dearest_first(rows)
    shown = [(country(row.code), row.calls, row.milliyen) for row in ordered[:MOST_ROWS]]
    rest = ordered[MOST_ROWS:]
    if rest:
        name = ngettext("%(count)d more country", "%(count)d more countries", len(rest)) % {"count": len(rest)}
        shown.append((name, sum(row.calls for row in rest), sum(row.milliyen for row in rest)))
    most = max(1, *(milliyen for _, _, milliyen in shown))
    parts: list[SafeString] = []
    for place, (name, calls, milliyen) in enumerate(shown):
        parts += _row(name, figures(calls, milliyen), milliyen / most, place * _ROW, width)
    said = " / ".join(f"{name}: {figures(calls, milliyen)}" for name, calls, milliyen in shown)
    return drawing(width, len(shown) * _ROW, title, said, *parts)


def _row(name: str, told: str, share: float, top: float, width: int) -> list[SafeString]:
    baseline = top + TEXT_SIZE * 1.2
    room = width - width_of(told) - TEXT_SIZE
    bar: dict[str, str | float] = {"x": 0.0, "y": baseline + 7, "height": _BAR, "rx": 2.0}
    return [
        words(shortened(name, room), 0.0, baseline, class_="plain-text"),
        words(told, float(width), baseline, anchor="end"),
        element("rect", {**bar, "width": float(width), "class": "track"}),
        element("rect", {**bar, "width": max(2.0, width * share), "class": "abroad"}),
    ]
