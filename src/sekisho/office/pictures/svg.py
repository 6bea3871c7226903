"""SVG markup, escaped, and the width of words, so that labels can be kept apart before anything is drawn.

A page holds a thousand elements, so they are put together by hand: Django's `format_html` takes eight times as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from unicodedata import east_asian_width

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

TEXT_SIZE: Final = 16  # px; no smaller letters anywhere
_WIDE: Final = 1.0  # of a full-width letter, in ems
_NARROW: Final = 0.62  # of a Latin letter or digit, the broad ones of the usual fonts

Attribute = str | int | float


def number(value: float) -> str:
    """A coordinate, short: at most two decimals, no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def element(name: str, attributes: dict[str, Attribute], *children: str | SafeString) -> SafeString:
    """`<name …>children</name>`; texts that are not markup of ours are escaped. `_` in a name becomes `-`."""
    told = "".join([f' {_name(key)}="{_value(value)}"' for key, value in attributes.items()])
    return SafeString(f"<{name}{told}>{joined(children)}</{name}>")


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: Attribute) -> str:
    return number(value) if isinstance(value, float) else conditional_escape(value)


def joined(parts: Iterable[str | SafeString]) -> SafeString:
    """Pieces of markup one after another."""
    return SafeString("".join([conditional_escape(part) for part in parts]))


def words(
    text: str, x: float, y: float, *, anchor: str = "start", class_: str = "soft-text", size: int = TEXT_SIZE
) -> SafeString:
    """A text with its baseline at (x, y)."""
    return element(
        "text",
        {"x": float(x), "y": float(y), "text_anchor": anchor, "font_size": size, "class": class_},
        text,
    )


def width_of(text: str, size: int = TEXT_SIZE) -> float:
    """About how many px a text takes, rather too many than too few."""
    return size * sum(_WIDE if east_asian_width(letter) in "WFA" else _NARROW for letter in text)


def shortened(text: str, room: float) -> str:
    """The text, or as much of it as fits in `room` px with `…` behind."""
    if width_of(text) <= room:
        return text
    while text and width_of(text + "…") > room:
        text = text[:-1]
    return text.rstrip() + "…"


def drawing(
    width: float, height: float, title: str, description: str, *parts: str | SafeString, class_: str = "drawing"
) -> SafeString:
    """A whole picture: it scales with its place, and says in words what it shows."""
    return element(
        "svg",
        {
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "class": class_,
            "role": "img",
            "xmlns": "http://www.w3.org/2000/svg",
        },
        element("title", {}, title),
        element("desc", {}, description),
        *parts,
    )
