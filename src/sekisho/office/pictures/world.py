"""A small map: the world as equal tiles, the countries that a line called filled by what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sekisho.office.pictures.countries import Country, dearest_first, figures
from sekisho.office.pictures.svg import TEXT_SIZE, drawing, element, width_of, words
from sekisho.office.pictures.world_tiles import HEIGHT, TILES, WIDTH
from sekisho.office.words.countries import country

_NAMED: Final = 3  # so many countries get their name on the map
_DESCENT: Final = 4.0  # px below the baseline, and the gap beside a tile
_HOME: Final = "JP"
_TILES_KEPT: Final = 2_048  # of two widths, and what was said of called ones lately
_STRONG: Final = 0.25  # share of the dearest country from which a tile is wholly filled

Box = tuple[float, float, float, float]  # left, top, right, bottom


def world(rows: Sequence[Country], width: int) -> SafeString:
    """The map, `width` px wide; the dearest three are named where their names have room."""
    title = gettext("Countries called, on a map of equal tiles")
    side = width / WIDTH
    ordered = [row for row in dearest_first(rows) if row.code in TILES]
    called = {row.code: row for row in ordered}
    most = max((row.milliyen for row in ordered), default=0)
    parts = [_tile(code, side, called.get(code), most) for code in TILES]
    parts += _names(ordered[:_NAMED], ordered, side, float(width))
    said = " / ".join(f"{country(row.code)}: {figures(row.calls, row.milliyen)}" for row in ordered)
    return drawing(width, side * HEIGHT, title, said or gettext("No finished calls abroad"), *parts)


def _tile(code: str, side: float, row: Country | None, most: int) -> SafeString:
    if row is None:
        return _drawn_tile(code, side, "home", country(code)) if code == _HOME else _drawn_tile(code, side, "land", "")
    told = f"{country(code)}: {figures(row.calls, row.milliyen)}"
    return _drawn_tile(code, side, "above" if row.milliyen >= most * _STRONG else "abroad", told)


@lru_cache(_TILES_KEPT)
def _drawn_tile(code: str, side: float, class_: str, told: str) -> SafeString:
    """One tile. Kept, for hundreds of countries look the same on every page."""
    x, y = TILES[code]
    shape: dict[str, str | float] = {
        "x": x * side + 1,
        "y": y * side + 1,
        "width": side - 2,
        "height": side - 2,
        "rx": 2.0,
        "class": class_,
    }
    return element("rect", shape, *([element("title", {}, told)] if told else []))


def _names(rows: Sequence[Country], tiles: Sequence[Country], side: float, width: float) -> list[SafeString]:
    """Each name beside its tile, where it lies over no called tile and no other name; else nowhere."""
    taken = [_tile_box(row.code, side) for row in tiles]
    parts = []
    for row in rows:
        box = next((box for box in _places(row.code, side, width) if not any(_touch(box, one) for one in taken)), None)
        if box is not None:
            taken.append(box)
            parts.append(words(country(row.code), box[0], box[3] - _DESCENT, class_="map-word"))
    return parts


def _places(code: str, side: float, width: float) -> Iterator[Box]:
    """Boxes for a name: above its tile, below, right, left, and two rows above and below; none leaves the map."""
    x, y = TILES[code]
    length = width_of(country(code))
    middle = min(max(0.0, (x + 0.5) * side - length / 2), max(0.0, width - length))
    height = TEXT_SIZE + _DESCENT
    wanted = [
        (middle, y * side - height),
        (middle, (y + 1) * side),
        ((x + 1) * side + _DESCENT, (y + 0.5) * side - height / 2),
        (x * side - _DESCENT - length, (y + 0.5) * side - height / 2),
        (middle, (y - 1) * side - height),
        (middle, (y + 2) * side),
    ]
    for left, top in wanted:
        if left >= 0 and left + length <= width and top >= 0 and top + height <= HEIGHT * side:
            yield left, top, left + length, top + height


def _tile_box(code: str, side: float) -> Box:
    x, y = TILES[code]
    return x * side, y * side, (x + 1) * side, (y + 1) * side


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
