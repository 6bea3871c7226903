"""SVG markup, escaped, and the width of words, so that labels are kept apart before anything is drawn."""

from __future__ import annotations

from html import escape
from typing import Final
from unicodedata import east_asian_width

TEXT_SIZE: Final = 16  # px; pictures are drawn once for a wide and once for a narrow screen, never scaled down
_WIDE: Final = 1.0  # of a full-width letter, in ems
_NARROW: Final = 0.62  # of a Latin letter or digit, the broad ones of the usual fonts

Attribute = str | int | float


def number(value: float) -> str:
    """A coordinate, short: at most two decimals, no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def element(name: str, attributes: dict[str, Attribute], *children: str) -> str:
    """`<name …>children</name>`: attributes are escaped, children are markup. `_` in a name becomes `-`."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value if isinstance(value, str) else number(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{told}>{''.join(children)}</{name}>"


def words(text: str, x: float, y: float, *, anchor: str = "start", class_: str = "soft") -> str:
    """A text with its baseline at (x, y)."""
    return element(
        "text", {"x": x, "y": y, "text_anchor": anchor, "font_size": TEXT_SIZE, "class": class_}, escape(text)
    )


def width_of(text: str, size: int = TEXT_SIZE) -> float:
    """About how many px a text takes, rather too many than too few."""
    return size * sum(_WIDE if east_asian_width(letter) in "WFA" else _NARROW for letter in text)


def drawing(width: float, height: float, title: str, description: str, *parts: str, class_: str = "drawing") -> str:
    """A whole picture that says in words what it shows. It keeps its size where there is room for it."""
    attributes: dict[str, Attribute] = {
        "viewBox": f"0 0 {number(width)} {number(height)}",
        "class": class_,
        "role": "img",
        "xmlns": "http://www.w3.org/2000/svg",
    }
    told = (element("title", {}, escape(title)), element("desc", {}, escape(description)))
    return element("svg", attributes, *told, *parts)
