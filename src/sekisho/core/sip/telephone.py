"""An address → the telephone number in it: sip: and sips: (RFC 3261 section 19.1), tel: (RFC 3966), also with escapes.

    sip:0312345678@example.jp;user=phone           0312345678
    sip:+81-3-1234-5678;npdi;rn=+81@example.jp     +81312345678     what follows `;` in the user part is cut
    tel:110;phone-context=+81                      110, context +81

Nothing is looked up: the text may be no number at all.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

from sekisho.core.sip.request import BadMessage

_SEPARATORS: Final = str.maketrans("", "", "-.() \t")
# As nearly everybody writes it. All else is read the long way, with the same result.
_PLAIN: Final = re.compile(r"(?:sips?:(\+?[0-9]{1,32})@[^@]*|tel:(\+?[0-9]{1,32}))")
_LONGEST: Final = 1_024
_CONTEXT: Final = "phone-context"


class Telephone(NamedTuple):
    """A number without visual separators, and the `phone-context` in which it holds (else empty)."""

    text: str
    context: str


def read_telephone(uri: str) -> Telephone | None:
    """The number in an address; None where the scheme carries none.

    Raises BadMessage for an address that is too long, or that two readers may read in two ways.
    """
    if len(uri) > _LONGEST:
        raise BadMessage(414, "Request-URI Too Long")
    plain = _PLAIN.fullmatch(uri)
    if plain is not None:
        return Telephone(plain[1] or plain[2], "")
    return _read_any_telephone(uri)


def _read_any_telephone(uri: str) -> Telephone | None:
    scheme, _, rest = uri.partition(":")
    scheme = scheme.lower()
    if scheme in ("sip", "sips"):
        user, at, host = rest.partition("@")
        if "@" in host:
            raise BadMessage(400, "two @ in an address")
        if not at:  # no user: a host of digits is what careless telephones make of a number
            host = user.partition(";")[0].partition("?")[0].partition(":")[0]
            return Telephone(host if host.isdigit() else "", "")
        rest = user.partition(":")[0]
    elif scheme != "tel":
        return None
    text, *parameters = rest.lstrip("/").split(";")
    context = _context(parameters) if parameters else ""
    if "%" in text:
        text = unquote(text).partition(";")[0]
    return Telephone(text.translate(_SEPARATORS), context)


def _context(parameters: list[str]) -> str:
    """The value of `phone-context`. Raises BadMessage where it has two."""
    found = ""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() != _CONTEXT:
            continue
        value = unquote(value.strip())
        if value[:1] == "+":
            value = value.translate(_SEPARATORS)
        if found not in ("", value):
            raise BadMessage(400, "two phone-contexts in an address")
        found = value
    return found
