"""Request → the answer's bytes (RFC 3261 section 8.2.6). Nothing is said twice: no Record-Route, no body.

The To-tag is drawn from the request, so an answer made again is the same answer. The answer goes to where the request
came from; `maddr` is not followed, for it would let a stranger choose who gets our datagrams.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from sekisho.core.sip.request import Request, has_tag
from sekisho.core.sip.transactions import Address, Send

GO_ON: Final = (302, 404)
REFUSE: Final = (603, 403)
SCREEN: Final = 302
MOST_TALK: Final = "X-Sekisho-Most-Seconds"
METHODS: Final = "INVITE, ACK, CANCEL, OPTIONS"
CALL_REJECTED: Final = 21  # ITU-T Q.850

_PHRASES: Final = {
    200: "OK",
    302: "Moved Temporarily",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    481: "Call/Transaction Does Not Exist",
    487: "Request Terminated",
    501: "Not Implemented",
    603: "Decline",
}
_ALLOW: Final = f"Allow: {METHODS}\r\n"
_ABLE: Final = f"{_ALLOW}Accept: application/sdp\r\nAccept-Encoding: identity\r\nAccept-Language: en\r\nSupported: \r\n"
_MOST_TEXT: Final = 200
_CONTROL: Final = dict.fromkeys([*range(32), 127], " ")
_QUOTED: Final = str.maketrans(_CONTROL | {ord('"'): '\\"', ord("\\"): "\\\\"})


def go_on(request: Request, address: Address, status: int, most_s: int = 0) -> Send:
    """The switch may go on with the call: 302 to the same address, or 404.

    `most_s`: it should end the call after so many seconds of talk (0: no limit); a header of ours says so.
    """
    headers = f"Contact: <{request.uri}>\r\n" if status == GO_ON[0] else ""
    if most_s:
        headers += f"{MOST_TALK}: {most_s}\r\n"
    return answer(request, address, status, headers)


def screen(request: Request, address: Address, contact: str, text: str) -> Send:
    """The call may go on to the screening announcement at `contact` only: 302 to there. Warning says why."""
    return answer(request, address, SCREEN, f'Contact: <{contact}>\r\nWarning: 399 sekisho "{_said(text)}"\r\n')


def refuse(request: Request, address: Address, status: int, text: str) -> Send:
    """The call is refused (603 or 403). `text` says why, in Reason (RFC 3326) and Warning, in UTF-8."""
    said = _said(text)
    reason = f'Reason: Q.850;cause={CALL_REJECTED};text="{said}"\r\nWarning: 399 sekisho "{said}"\r\n'
    return answer(request, address, status, reason)


def _said(text: str) -> str:
    """A text for a quoted string, as Latin-1 that leaves as UTF-8."""
    said = text[:_MOST_TEXT].translate(_QUOTED)
    return said if said.isascii() else said.encode("utf-8", "replace").decode("latin-1")


def able(request: Request, address: Address) -> Send:
    """What this server can do: the answer to OPTIONS."""
    return answer(request, address, 200, _ABLE)


def not_allowed(request: Request, address: Address, status: int) -> Send:
    """405 for a method we know and do not serve, 501 for one we do not know."""
    return answer(request, address, status, _ALLOW)


def answer(request: Request, address: Address, status: int, headers: str = "", phrase: str = "") -> Send:
    """An answer with further header lines, and where it goes. `address` is where the request came from."""
    top = request.top
    host, port = address
    if top.rport and top.text.count(";r") == 1 and ";rport=" not in top.text:  # the usual form, the quick way
        via = top.text.replace(";rport", f";rport={port};received={host}", 1)
    elif top.rport:
        via = _stamped(top.text, f";rport={port};received={host}")
    elif top.host != host:
        via = _stamped(top.text, f";received={host}")
        port = top.port
    else:
        via, port = top.text, top.port
    if request.vias:
        via += "\r\nVia: ".join(("", *request.vias))
    to = request.to
    if to and not has_tag(to):
        to = f"{to};tag={_tag(request)}"
    text = (
        f"SIP/2.0 {status} {phrase or _PHRASES[status]}\r\nVia: {via}\r\nFrom: {request.from_}\r\nTo: {to}\r\n"
        f"Call-ID: {request.call_id}\r\nCSeq: {request.cseq}\r\n{headers}Content-Length: 0\r\n\r\n"
    )
    return Send(text.encode("latin-1"), (host, port))


def _stamped(via: str, seen: str) -> str:
    """A Via value with where its request was seen to come from, instead of what stood there."""
    sent, *parameters = via.split(";")
    kept = [sent, *(each for each in parameters if each.partition("=")[0].strip().lower() not in ("rport", "received"))]
    return ";".join(kept) + seen


def _tag(request: Request) -> str:
    """The same for an INVITE and its CANCEL, as RFC 3261 section 9.2 wants it."""
    text = f"{request.call_id}\n{request.from_}\n{request.sequence}\n{request.top.text}"
    return blake2b(text.encode("latin-1"), digest_size=8).hexdigest()
