"""Telephone numbers as people in Japan read them."""

from __future__ import annotations

from typing import Final

_TWO_DIGIT_AREAS: Final = ("03", "06")
_NATIONAL: Final = 10
_MOBILE: Final = 11


def line(number: str) -> str:
    """A line, E.164 with + or national digits, as `03-1234-5678`; other lengths of area codes stay unbroken."""
    digits = "0" + number[3:] if number.startswith("+81") else number
    if len(digits) == _NATIONAL and digits.startswith(_TWO_DIGIT_AREAS):
        return f"{digits[:2]}-{digits[2:6]}-{digits[6:]}"
    if len(digits) == _MOBILE and digits.startswith("0"):
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    return digits
