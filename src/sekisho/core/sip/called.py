"""The request URI → what was dialled: the text that numbering reads, and whether the address itself is an emergency.

A local number in a Japanese context, or in one that is a domain, is what was dialled. In the context of another
country it is a number of that country, and a call there is international. `urn:service:sos` and everything below it
(`sos.police`, `sos.fire`; RFC 5031) is an emergency without a number.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sekisho.core.sip.request import BadMessage
from sekisho.core.sip.telephone import read_telephone

_SOS: Final = "urn:service:sos"
_JAPAN: Final = "+81"


class Called(NamedTuple):
    """`number` is for numbering; `dialled` the same without its context; `emergency`: the address says so by itself."""

    number: str
    dialled: str
    emergency: bool


def read_called(uri: str) -> Called:
    """What a request URI calls. The number may be empty, or none at all. Raises BadMessage (400, 414, 416)."""
    telephone = read_telephone(uri)
    if telephone is None:
        if uri[: len(_SOS)].lower() == _SOS:
            return Called("", "", True)
        raise BadMessage(416, "Unsupported URI Scheme")
    dialled, context = telephone
    if not context.startswith("+") or context.startswith(_JAPAN) or dialled.startswith("+"):
        return Called(dialled, dialled, False)
    return Called(context + dialled, dialled, False)
