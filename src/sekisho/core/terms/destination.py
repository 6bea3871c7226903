"""What a number is: the classes of destination, and countries as small integers."""

from __future__ import annotations

from enum import IntEnum


class DestinationClass(IntEnum):
    """通話先の区分. The order is part of stored data: add at the end."""

    INVALID = 0
    FIXED = 1
    MOBILE = 2
    IP = 3
    FREE = 4
    SPECIAL = 5
    EMERGENCY = 6
    INTERNATIONAL = 7


CLASS_NAMES = tuple(member.name.lower() for member in DestinationClass)

# A country is an int16. 1..676: ISO 3166 alpha-2 as base 26 (AA = 1). 2000 + n: the global service +n (870, 881, ...),
# which belongs to no country. 0: none (domestic service numbers, invalid numbers). Stateless, so it needs no table.
NO_COUNTRY = 0
GLOBAL_SERVICE = 2_000
COUNTRY_CODES_END = GLOBAL_SERVICE + 1_000


def country_code(text: str) -> int:
    """`JP` → 250, `+882` → 2882, empty → 0. Raises ValueError."""
    if not text:
        return NO_COUNTRY
    if text[0] == "+" and text[1:].isdecimal() and len(text) <= 4:
        return GLOBAL_SERVICE + int(text[1:])
    if len(text) == 2 and text.isascii() and text.isalpha() and text.isupper():
        return (ord(text[0]) - 65) * 26 + (ord(text[1]) - 65) + 1
    raise ValueError(f"{text!r} is not a country: use ISO 3166 alpha-2 (JP) or a global service (+882)")


def country_text(code: int) -> str:
    """The inverse of `country_code`: `JP`, `+882`, or an empty text for none."""
    if code == NO_COUNTRY:
        return ""
    if code >= GLOBAL_SERVICE:
        return f"+{code - GLOBAL_SERVICE}"
    first, second = divmod(code - 1, 26)
    return chr(65 + first) + chr(65 + second)


JAPAN = country_code("JP")
