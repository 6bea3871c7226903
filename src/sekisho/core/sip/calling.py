"""Who calls: the line, from P-Asserted-Identity (RFC 3325), or else from From.

The first identity that holds a telephone number counts: `+81…` as it is, `0…` as it is, a local number behind its
context. The peer is trusted, so what it asserts is too. From is what a customer's PBX may write: the last resort.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from sekisho.core.sip.request import BadMessage, Request
from sekisho.core.sip.telephone import read_telephone

_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
# As nearly everybody writes it. All else is read the long way, with the same result.
_PLAIN: Final = re.compile(r'[^"<>,]{0,100}<(?:sips?:(\+?[0-9]{1,20})@[^<>@]*|tel:(\+?[0-9]{1,20}))>')
_MOST_IDENTITIES: Final = 4  # RFC 3325 knows two; more are not searched
_LONGEST: Final = 1_024  # characters of a header that are searched
_MOST_DIGITS: Final = 20


def line_of(request: Request) -> str:
    """The calling line as `+81…` or `0…`, or the digits an extension has; empty where there is no number."""
    for value in request.identities[:1] or (request.from_,):
        plain = _PLAIN.match(value)
        if plain is not None:
            return plain[1] or plain[2]
    asserted = chain.from_iterable(addresses(value[:_LONGEST]) for value in request.identities)
    for uri in chain(islice(asserted, _MOST_IDENTITIES), islice(addresses(request.from_[:_LONGEST]), 1)):
        line = _line(uri)
        if line:
            return line
    return ""


def _line(uri: str) -> str:
    try:
        telephone = read_telephone(uri)
    except BadMessage:
        return ""
    if telephone is None:
        return ""
    text, context = telephone
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
        return ""
    return context + text if context[:1] == "+" and text[0] not in "+0" else text


def addresses(value: str) -> Iterator[str]:
    """The addresses in a header value: `"name" <sip:…>;p=1, tel:…` gives what stands in the brackets, and the bare one.

    Commas and brackets within quotes mean nothing. Where the value breaks off, so does the reading.
    """
    begin = at = 0
    while True:
        bracket, comma, quote = value.find("<", at), value.find(",", at), value.find('"', at)
        if quote >= 0 and (bracket < 0 or quote < bracket):
            quoted = _QUOTED.match(value, quote)
            if quoted is None:
                return
            at = quoted.end()
            continue
        if bracket >= 0 and (comma < 0 or bracket < comma):
            end = value.find(">", bracket)
            if end < 0:
                return
            yield value[bracket + 1 : end].strip()
            comma = value.find(",", end)
        else:
            bare = value[begin : comma if comma >= 0 else len(value)]
            yield bare.partition(";")[0].strip()
        if comma < 0:
            return
        begin = at = comma + 1
