"""Whom a line rings: a list of numbers of its own, the same ever again, as they are dialled.

Nobody is meant: the digits are drawn at random within ranges that exist.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sekisho.demo.cast import CastLine

# `#` any digit, `@` a digit from 2 to 9.
_DOMESTIC: Final[tuple[tuple[str, float], ...]] = (
    ("fixed", 0.52), ("mobile", 0.36), ("ip", 0.06), ("free", 0.04), ("service", 0.02),
)  # fmt: skip
_MOBILE: Final = ("0901#######", "0803#######", "0704#######", "0908#######", "0805#######")
_SERVICES: Final = ("117", "177", "0570012###")
_NEAR_SHARE: Final = 0.7  # of fixed numbers: those behind the line's own area code
_FAR_AREAS: Final = ("03", "06", "052", "092", "011", "045", "075", "022")
ABROAD: Final = {
    "US": ("1212@555###", "1415@555###", "1310@555###", "1206@555###"),
    "CN": ("86213456####", "86105678####", "861391#######", "867558#######"),
    "KR": ("8223456####", "82102345####", "8251234####"),
    "TW": ("88622345####", "886912######", "88672345###"),
    "SG": ("656345####", "659123####"),
    "DE": ("4930234###", "4989345###", "4915112345###"),
    "GB": ("442079460###", "441614960###", "447400123###"),
}
_STEPS: Final = np.cumsum([weight for _, weight in _DOMESTIC])
_AREA_DIGITS: Final = 3


def filled(rng: np.random.Generator, pattern: str) -> str:
    """The pattern with digits drawn for its signs `#` and `@`."""
    drawn = rng.random(len(pattern)).tolist()
    return "".join(
        str(int(10 * chance)) if sign == "#" else str(2 + int(8 * chance)) if sign == "@" else sign
        for sign, chance in zip(pattern, drawn, strict=True)
    )


def _one(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _area(rng: np.random.Generator, line: CastLine) -> str:
    if rng.random() >= _NEAR_SHARE:
        return _one(rng, _FAR_AREAS)
    two = line.national[:2]
    return two if two in ("03", "06") else line.national[:_AREA_DIGITS]


def domestic_number(rng: np.random.Generator, line: CastLine) -> str:
    """A number inside Japan as `line` dials it."""
    place = min(int(np.searchsorted(_STEPS, rng.random(), side="right")), len(_DOMESTIC) - 1)
    match _DOMESTIC[place][0]:
        case "fixed":
            area = _area(rng, line)
            return filled(rng, area + "@" + "#" * (9 - len(area)))
        case "mobile":
            return filled(rng, _one(rng, _MOBILE))
        case "ip":
            return filled(rng, "0505#######")
        case "free":
            return filled(rng, "0120######")
        case _:
            return filled(rng, _one(rng, _SERVICES))


def caller_number(rng: np.random.Generator, line: CastLine) -> str:
    """The number that is shown for a call that comes in."""
    area = _area(rng, line)
    return filled(rng, _one(rng, (area + "@" + "#" * (9 - len(area)), *_MOBILE)))


def number_abroad(rng: np.random.Generator, country: str) -> str:
    """A number in `country`, dialled with 010."""
    return "010" + filled(rng, _one(rng, ABROAD[country]))
