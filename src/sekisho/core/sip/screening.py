"""Where a call goes whose caller must prove himself: the address of the carrier's screening announcement.

The setting is a SIP URI. The number that was dialled becomes its user part, or stands where the setting says
`{number}`; where the setting has another user part, it is the parameter `sekisho-number`. Two more parameters (RFC 3261
section 19.1.1) tell the announcement whom it has before it, whatever becomes of Call-ID and From on the way:
`sekisho-call` is the Call-ID that the gate was asked about, `sekisho-line` the line.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

NUMBER: Final = "{number}"
CALL, LINE, DIALLED = "sekisho-call", "sekisho-line", "sekisho-number"
_LONGEST: Final = 255
_USER: Final = "-_.!~*'()&=+$,"  # what may stand unescaped in a user part; the numbers of ours need no more
_PARAMETER: Final = "-_.!~*'()[]/:&+$"
_HOST: Final = r"(?:[0-9A-Za-z](?:[0-9A-Za-z.-]{0,250}[0-9A-Za-z])?|\[[0-9A-Fa-f:.]{2,45}\])"
_SETTING: Final = re.compile(
    rf"sips?:(?:(?:[0-9A-Za-z{{}}_.!~*'()&=+$,%-]{{1,128}})@)?{_HOST}(?::[0-9]{{1,5}})?"
    r"(?:(?:;[0-9A-Za-z_.!~*'()%+-]{1,64}(?:=[0-9A-Za-z_.!~*'()\[\]/:&+$%-]{1,255})?)*)"
)


def is_screening_uri(text: str) -> bool:
    """Whether a setting names an announcement: sip:HOST, sip:USER@HOST, sip:9{number}@HOST:PORT;transport=tcp.

    Parameters of our own names are not taken, nor angle brackets, headers (`?`) or a second `{number}`.
    """
    if not _SETTING.fullmatch(text):
        return False
    rest = text.replace(NUMBER, "", 1)
    return "{" not in rest and "}" not in rest and "sekisho-" not in text.lower()


def screening_contact(setting: str, number: str, call_id: str, line: str) -> str:
    """The address for one call, from a setting that `is_screening_uri` takes; number and line as signalled.

    What is empty, or has more than 255 bytes, is left out: the announcement must know it otherwise.
    """
    dialled = quote(number, _USER)
    scheme, _, rest = setting.partition(":")
    told = {CALL: call_id, LINE: line}
    if "@" not in rest:
        rest = f"{dialled}@{rest}"
    elif NUMBER in rest:
        rest = rest.replace(NUMBER, dialled, 1)
    else:
        told = {DIALLED: number, **told}
    for name, text in told.items():
        value = text.encode("utf-8", "replace")
        if 0 < len(value) <= _LONGEST:
            rest += f";{name}={quote(value, _PARAMETER)}"
    return f"{scheme}:{rest}"
