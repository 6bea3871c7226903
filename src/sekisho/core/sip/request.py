"""A datagram → Request (RFC 3261 section 7), as much of it as the gate needs.

Text is held as Latin-1, one character a byte, so that what is echoed leaves as it came. What others might read in
another way is refused, not guessed at: a bare CR or LF, a header that may stand only once and stands twice. What we do
not need is not looked at. Every step is one pass; the work for a datagram grows with its size and no faster.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

MAX_HEAD: Final = 16_384  # bytes before the empty line; real requests have 1 to 6 thousand
_VERSION: Final = " SIP/2.0"
_LONGEST_VIA: Final = 1_024
SIP_PORT: Final = 5060
_MAX_SEQUENCE: Final = 1 << 31  # RFC 3261 section 8.1.1.5
_MAX_PORT: Final = 65_535
_FOLD: Final = re.compile(r"\r\n[ \t]+")
_STRAY: Final = re.compile(r"\r(?!\n)|(?<!\r)\n|\0")
_TAG: Final = re.compile(r";[ \t]*tag[ \t]*=", re.IGNORECASE)
# Via as nearly everybody writes it. All else is read the long way, with the same result.
_PLAIN_VIA: Final = re.compile(
    r"SIP/2\.0/UDP ([a-z0-9.-]{1,255})(?::([0-9]{1,5}))?(;rport)?;branch=([!-+\--:<-~]{1,255})(;rport)?"
)
_METHODS: Final = frozenset(("INVITE", "ACK", "CANCEL", "OPTIONS"))
_METHOD: Final = re.compile(r"[A-Za-z0-9.!%*_+`'~-]{1,32}")
_ONCE: Final = ("from", "to", "call-id", "cseq", "content-length")
_SHORT: Final = {"v": "via", "f": "from", "t": "to", "i": "call-id", "l": "content-length"}
_NAMES: Final = {name: name for name in ("via", "p-asserted-identity", *_ONCE)} | _SHORT
# As nearly everybody writes them; other spellings cost a little more.
_USUAL: Final = {
    "Via": "via",
    "From": "from",
    "To": "to",
    "Call-ID": "call-id",
    "CSeq": "cseq",
    "Content-Length": "content-length",
    "P-Asserted-Identity": "p-asserted-identity",
    **dict.fromkeys(("Contact", "Max-Forwards", "Content-Type", "Allow", "Supported", "User-Agent"), ""),
    **dict.fromkeys(("Record-Route", "Route", "Privacy", "Session-Expires", "Min-SE", "Require", "Date", "Accept"), ""),
}


class Via(NamedTuple):
    """The top Via value: where the answer goes. `rport`: the client wants it where the request came from (RFC 3581)."""

    text: str
    host: str
    port: int
    branch: str
    rport: bool


class Request(NamedTuple):
    """One request. Header values are as they came; `vias` without the top one, `sequence` is the number in CSeq."""

    method: str
    uri: str
    top: Via
    vias: tuple[str, ...]
    from_: str
    to: str
    call_id: str
    cseq: str
    sequence: int
    identities: tuple[str, ...]


class BadMessage(Exception):
    """A datagram that is no request in order.

    `status` and `phrase` are the answer, `request` is what could be read of it; None where nothing can be answered.
    """

    def __init__(self, status: int, phrase: str, request: Request | None = None) -> None:
        self.status, self.phrase, self.request = status, phrase, request
        super().__init__(f"{status} {phrase}")


def has_tag(value: str) -> bool:
    """Whether a From or To value carries a tag."""
    return _TAG.search(value, value.rfind(">") + 1) is not None


def read_via(value: str) -> Via:
    """The first of the Via values in one header line. Raises BadMessage."""
    plain = _PLAIN_VIA.fullmatch(value)
    if plain is not None:
        host, port, before, branch, after = plain.groups()
        if port is None or 0 < int(port) <= _MAX_PORT:
            return Via(value, host, int(port) if port else SIP_PORT, branch, bool(before or after))
    return _read_any_via(value)


def _read_any_via(value: str) -> Via:
    text = value.partition(",")[0].strip()
    if len(text) > _LONGEST_VIA:
        raise BadMessage(400, "Via is too long")
    sent, *parameters = text.split(";")
    try:
        _, _, sent = sent.split("/")
        _, sent = sent.split(None, 1)
        host, port = _sent_by(sent)
    except ValueError:
        raise BadMessage(400, "Via cannot be read") from None
    branch, rport = "", False
    for parameter in parameters:
        name, _, given = parameter.partition("=")
        name = name.strip().lower()
        if name == "branch":
            branch = given.strip()
        elif name == "rport":
            rport = True
    return Via(text, host, port, branch, rport)


def _sent_by(text: str) -> tuple[str, int]:
    """Host in lower case and port (5060 where none is given). Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or text.rstrip().endswith("]"):
        host, port = text, str(SIP_PORT)
    host = host.strip().lower()
    number = _number(port.strip(), 5)
    if not host or " " in host or not 0 < number <= _MAX_PORT:
        raise ValueError(text)
    return host, number


def _number(text: str, digits: int) -> int:
    """A decimal number of at most so many digits. Raises ValueError."""
    if len(text) > digits or not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def read_request(data: bytes) -> Request | None:
    """The request in a datagram; None where it holds none: a keep-alive, a response, noise.

    Raises BadMessage where a request is there but not in order.
    """
    data = data.lstrip(b"\r\n") if data[:1] in (b"\r", b"\n") else data
    end = data.find(b"\r\n\r\n")
    head = data[: end if end >= 0 else len(data)].decode("latin-1")
    line, _, rest = head[:MAX_HEAD].partition("\r\n")
    if not line.endswith(_VERSION) and (" SIP/" not in line.upper() or line.startswith("SIP/")):
        return None
    fault = BadMessage(400, "no empty line ends the headers") if end < 0 else None
    if len(head) > MAX_HEAD:
        fault = BadMessage(513, "Message Too Large")
    if "\r\n " in rest or "\r\n\t" in rest:
        rest = _FOLD.sub(" ", rest)
    lines = head.count("\r\n")
    if head.count("\n") != lines or head.count("\r") != lines or "\0" in head:
        rest, line = _STRAY.sub(" ", rest), _STRAY.sub(" ", line)
        fault = BadMessage(400, "a bare CR, LF or NUL in a header")
    return _assembled(line, rest, len(data) - end - 4, fault)


def _assembled(line: str, rest: str, body: int, fault: BadMessage | None) -> Request:
    """The request of a start line and its header lines; `body` is how many bytes follow them."""
    words = line.split(" ")
    if len(words) != 3:
        fault, words = fault or BadMessage(400, "the request line has not three words"), line.split()
    elif words[2] != "SIP/2.0" and words[2].upper() != "SIP/2.0":
        fault = fault or BadMessage(505, "Version Not Supported")
    method, uri = (words[0], words[1]) if len(words) > 2 else ("", "")
    if "<" in uri or ">" in uri:
        fault, uri = fault or BadMessage(400, "angle brackets in the request URI"), uri.strip("<>")
    once, vias, identities, twice = _headers(rest)
    if not vias or (method not in _METHODS and _METHOD.fullmatch(method) is None):
        raise BadMessage(400, "Via is missing")  # nowhere to answer
    top = read_via(vias[0])
    if "," in vias[0]:
        vias[0] = vias[0].partition(",")[2].strip()
    else:
        del vias[0]
    from_, to, call_id, cseq = once.get("from", ""), once.get("to", ""), once.get("call-id", ""), once.get("cseq", "")
    sequence = _sequence(cseq, method)
    if twice:
        fault = fault or BadMessage(400, "a header stands twice that may stand once")
    elif not (from_ and to and call_id and cseq):
        fault = fault or BadMessage(400, "From, To, Call-ID or CSeq is missing")
    elif sequence < 0:
        fault = fault or BadMessage(400, "CSeq cannot be read or names another method")
    elif "content-length" in once and not _is_length_of(once["content-length"], body):
        fault = fault or BadMessage(400, "Content-Length does not fit")
    request = Request(method, uri, top, tuple(vias), from_, to, call_id, cseq, sequence, tuple(identities))
    if fault is not None:
        raise BadMessage(fault.status, fault.phrase, request)
    return request


def _headers(text: str) -> tuple[dict[str, str], list[str], list[str], bool]:
    """(headers that stand once, Via lines, P-Asserted-Identity lines, whether one of the first stands twice)."""
    once: dict[str, str] = {}
    vias: list[str] = []
    identities: list[str] = []
    twice = False
    usual = _USUAL.get
    for line in text.split("\r\n"):
        name, _, value = line.partition(":")
        field = usual(name)
        if field is None:
            field = _NAMES.get(name.strip().lower())
        if not field:
            continue
        value = value.strip()
        if field == "via":
            vias.append(value)
        elif field == "p-asserted-identity":
            identities.append(value)
        elif field in once:
            twice = True
        else:
            once[field] = value
    return once, vias, identities, twice


def _sequence(cseq: str, method: str) -> int:
    """The number in a CSeq value; -1 where it cannot be read or names another method."""
    words = cseq.split()
    if len(words) != 2 or words[1] != method:
        return -1
    try:
        number = _number(words[0], 10)
    except ValueError:
        return -1
    return number if number < _MAX_SEQUENCE else -1


def _is_length_of(text: str, body: int) -> bool:
    """Whether a Content-Length fits so many bytes behind the head: more are padding, fewer are a fault."""
    try:
        return _number(text, 10) <= body
    except ValueError:
        return False
