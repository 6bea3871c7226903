"""A small SIP user agent client over UDP: asks a redirect server about one call (RFC 3261, sections 17.1.1 and 17.1.3).

An INVITE is sent again after T1, and then after twice as long each time, until something answers. Every final answer
that is no success is acknowledged, its copies too, on the INVITE's own branch. A success would be a real call: nobody
here wants one, so it is taken for an answer like others.
"""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, cast
from uuid import uuid4

from sekisho.core.sip.answers import MOST_TALK
from sekisho.core.sip.screening import LINE

T1_S: Final = 0.5
REMEMBERED: Final = 1_024  # ended transactions whose answers may come again
_MAGIC: Final = "z9hG4bK"
_FINAL: Final = 200
_FAILURE: Final = 300
_MOVED: Final = 302
_SCREENED: Final = f";{LINE}="
_MOST: Final = MOST_TALK.lower()

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """A final answer: status and phrase of its first line, and what Reason, Warning and Contact say (else empty).

    `most_s`: after so many seconds of talk the call should end; 0: no limit.
    """

    status: int
    phrase: str
    reason: str = ""
    warning: str = ""
    contact: str = ""
    most_s: int = 0

    @property
    def first_line(self) -> str:
        """The answer's first line."""
        return f"SIP/2.0 {self.status} {self.phrase}"

    @property
    def asked(self) -> bool:
        """Whether the call may go on to the screening announcement only: its address names the line."""
        return self.status == _MOVED and _SCREENED in self.contact


@dataclass(frozen=True, slots=True)
class _Asked:
    """An INVITE on its way: its headers, which ACK repeats, and who waits for the answer."""

    number: str
    via: str
    from_: str
    call_id: str
    answer: asyncio.Future[Answer]


class SipClient(asyncio.DatagramProtocol):
    """One socket, any number of INVITEs at once. Made by `open_client`."""

    def __init__(self, server: Address) -> None:
        """Ask the redirect server at `server`."""
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None
        self._own: Address = ("", 0)
        self._asked: dict[str, _Asked] = {}
        self._heard: set[str] = set()  # branches that got a provisional answer
        self._ended: OrderedDict[str, _Asked] = OrderedDict()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is there."""
        self._transport = cast(asyncio.DatagramTransport, transport)
        self._own = transport.get_extra_info("sockname")[:2]

    def connection_lost(self, _exc: Exception | None) -> None:
        """The socket is gone; whoever waits learns it by their timeout."""
        self._transport = None

    def close(self) -> None:
        """Give the socket back."""
        if self._transport is not None:
            self._transport.close()

    def error_received(self, _exc: Exception) -> None:
        """Nobody listens there (ICMP): the same as no answer."""

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Take an answer; what is none of ours is left alone."""
        if addr[:2] != self._server:
            return
        head = _head(data)
        if head is None:
            return
        answer, headers = head
        branch = _branch(headers.get("via", ""))
        asked = self._asked.get(branch) or self._ended.get(branch)
        if asked is None or headers.get("call-id") != asked.call_id:
            return
        if answer.status < _FINAL:
            self._heard.add(branch)
            return
        if answer.status >= _FAILURE:
            self._send(self._request("ACK", asked, headers.get("to", "")))
        self._ended[branch] = asked
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        if not asked.answer.done():
            asked.answer.set_result(answer)

    async def ask(self, line: str, number: str, call_id: str, timeout_s: float) -> Answer | None:
        """Whether `line` may call `number` (both as signalled); None where nobody has answered after `timeout_s`."""
        loop = asyncio.get_running_loop()
        branch = _MAGIC + uuid4().hex
        via = f"SIP/2.0/UDP {self._own[0]}:{self._own[1]};rport;branch={branch}"
        from_ = f"<sip:{line}@{self._own[0]};user=phone>;tag={uuid4().hex[:12]}"
        asked = _Asked(number, via, from_, call_id, loop.create_future())
        self._asked[branch] = asked
        try:
            return await self._answer_of(branch, asked, line, loop.time() + timeout_s)
        finally:
            del self._asked[branch]
            self._heard.discard(branch)

    async def _answer_of(self, branch: str, asked: _Asked, line: str, until: float) -> Answer | None:
        loop = asyncio.get_running_loop()
        invite = self._request("INVITE", asked, "", line)
        pause = T1_S
        while (left := until - loop.time()) > 0:
            if branch not in self._heard:
                self._send(invite)
            done, _ = await asyncio.wait([asked.answer], timeout=min(pause, left))
            if done:
                return asked.answer.result()
            pause *= 2
        return None

    def _request(self, method: str, asked: _Asked, to: str, line: str = "") -> bytes:
        """An INVITE, or the ACK to the answer whose To is `to`."""
        host, port = self._server
        lines = [
            f"{method} sip:{asked.number}@{host}:{port};user=phone SIP/2.0",
            f"Via: {asked.via}",
            "Max-Forwards: 70",
            f"From: {asked.from_}",
            f"To: {to or f'<sip:{asked.number}@{host};user=phone>'}",
            f"Call-ID: {asked.call_id}",
            f"CSeq: 1 {method}",
        ]
        if method == "INVITE":
            lines.append(f"Contact: <sip:{self._own[0]}:{self._own[1]}>")
            lines.append(f"P-Asserted-Identity: <sip:{line}@{self._own[0]};user=phone>")
        return "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()

    def _send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.sendto(data, self._server)


def _head(data: bytes) -> tuple[Answer, dict[str, str]] | None:
    """An answer and its headers (the first of each name, names in lower case); None where it is no answer."""
    first, *lines = data.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").split("\r\n")
    version, _, rest = first.partition(" ")
    status, _, phrase = rest.partition(" ")
    if version != "SIP/2.0" or not status.isdecimal():
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    reason, warning, contact = (headers.get(name, "") for name in ("reason", "warning", "contact"))
    most = headers.get(_MOST, "")
    most_s = int(most) if most.isascii() and most.isdecimal() else 0
    return Answer(int(status), phrase, reason, warning, contact, most_s), headers


def _branch(via: str) -> str:
    for parameter in via.partition(",")[0].split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "branch":
            return value
    return ""


async def open_client(server: Address, own_host: str) -> SipClient:
    """A client whose datagrams come from `own_host`, any free port. Raises OSError where there is no such address."""
    loop = asyncio.get_running_loop()
    _, client = await loop.create_datagram_endpoint(
        lambda: SipClient(server), local_addr=(own_host, 0), family=socket.AF_INET
    )
    return client
