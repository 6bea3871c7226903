"""The yardstick of the SIP gate, and the load that measures both: CPU of the server's process, and latency.

The trivial server does the least a redirect server on asyncio can do: it splits lines, copies Via, From, To, Call-ID
and CSeq, and answers 302. It checks nothing, remembers nothing and never sends anything twice.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple, cast

import numpy as np

Address = tuple[str, int]

_COPIED: Final = (b"Via", b"From", b"To", b"Call-ID", b"CSeq")
_WINDOW: Final = 32  # calls without an answer at a time: what an ordinary receive buffer holds
_LOST_S: Final = 5.0  # how long to wait for an answer before the call counts as lost
_WARM: Final = 200
_CALL_ID: Final = b"Call-ID: "
_DATAGRAM: Final = 65_535
_CLOCK_SHIFT: Final = 3  # of a pid in the number of its clock, as the kernel counts (CPUCLOCK_SCHED, whole process)
_CPU_CLOCK: Final = 2
_REQUEST: Final = (
    "{method} sip:{number}@{host}:{port};user=phone SIP/2.0\r\n"
    "Via: SIP/2.0/UDP {mine}:{back};rport;branch=z9hG4bK-{run}-{call}\r\n"
    "From: <sip:{line}@{mine}>;tag={run}{call}\r\nTo: <sip:{number}@{host}:{port};user=phone>\r\n"
    "Call-ID: {run}-{call}@{mine}\r\nCSeq: 1 {method}\r\nContact: <sip:{mine}:{back}>\r\n"
    "P-Asserted-Identity: <sip:{line}@{mine};user=phone>\r\nMax-Forwards: 70\r\nUser-Agent: load\r\n"
    "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nSupported: timer, 100rel\r\n"
    "Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n"
)
_SDP: Final = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 10000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
)


class TrivialServer(asyncio.DatagramProtocol):
    """302 to every INVITE."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is there."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Answer one datagram."""
        lines = data.split(b"\r\n")
        method, uri, _ = lines[0].split(b" ")
        if method != b"INVITE":
            return
        answer = [b"SIP/2.0 302 Moved Temporarily"]
        answer += [line for line in lines[1:] if line.partition(b":")[0] in _COPIED]
        answer.append(b"Contact: <" + uri + b">\r\nContent-Length: 0\r\n\r\n")
        self._transport.sendto(b"\r\n".join(answer), addr)


async def serve_trivially(door: socket.socket) -> None:
    """Serve a bound socket until the process is ended."""
    await asyncio.get_running_loop().create_datagram_endpoint(TrivialServer, sock=door)
    await asyncio.get_running_loop().create_future()


@contextmanager
def trivial_server() -> Iterator[tuple[Address, int]]:
    """The trivial server in a process of its own: (address, process id)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        door.bind(("127.0.0.1", 0))
        command = [sys.executable, "-m", "sekisho.bench.sip_yardstick", str(door.fileno())]
        server = subprocess.Popen(command, pass_fds=[door.fileno()])  # noqa: S603 - ourselves
        try:
            yield door.getsockname(), server.pid
        finally:
            server.terminate()
            server.wait()


def cpu_seconds(pid: int) -> float:
    """CPU a process has used so far, in user and in system mode, all its threads. Linux only.

    From the process's own clock, whose number clock_getcpuclockid(3) makes of the pid; the ticks in /proc are 10 ms,
    which is more than a short run takes.
    """
    return time.clock_gettime((~pid << _CLOCK_SHIFT) | _CPU_CLOCK)


class Mix(NamedTuple):
    """Whose calls they are and where they go: from so many lines in turn, this share of them abroad."""

    lines: int = 1
    abroad: float = 1.0

    def line(self, call: int) -> str:
        """The line of a call, E.164 with `+`."""
        return f"+8131{call % self.lines:08d}"

    def number(self, call: int) -> str:
        """The number it dials; those abroad are spread evenly among the calls."""
        abroad = int((call + 1) * self.abroad) > int(call * self.abroad)
        return f"0106{call % 10**9:09d}" if abroad else f"03{call % 10**8:08d}"


ONE_LINE: Final = Mix()


def measure(
    address: Address, pid: int, invites: int, rate: float, *, source: str = "127.0.0.2", mix: Mix = ONE_LINE
) -> dict[str, float]:
    """Send `invites` calls, `rate` a second (0: as fast as answers come), each with its ACK, to a server.

    Returns invites, answered, refused (answers from 400 on), lost, rate (calls a second that came about), cpu_us (of
    the server's process, an answered call), p50_ms and p99_ms from INVITE to answer.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        client.bind((source, 0))
        client.connect(address)
        _Load(client, mix, "w").run(_WARM, 0)
        load = _Load(client, mix, "m")
        before, begun = cpu_seconds(pid), time.perf_counter()
        load.run(invites, rate)
        took, used = time.perf_counter() - begun, cpu_seconds(pid) - before
    waits = np.array(load.waits or [0.0]) * 1_000
    return {
        "invites": invites,
        "answered": len(load.waits),
        "refused": load.refused,
        "lost": invites - len(load.waits),
        "rate": len(load.waits) / took,
        "cpu_us": used / max(len(load.waits), 1) * 1_000_000,
        "p50_ms": float(np.percentile(waits, 50)),
        "p99_ms": float(np.percentile(waits, 99)),
    }


class _Load:
    """One run of calls over a connected socket."""

    def __init__(self, client: socket.socket, mix: Mix, kind: str) -> None:
        self.waits: list[float] = []
        self.refused = 0
        self._client, self._mix = client, mix
        self._run = f"{kind}{time.time_ns():x}"
        self._open: dict[int, float] = {}

    def run(self, calls: int, rate: float) -> None:
        """Send them; calls whose answers do not come in time are given up."""
        invites = [self._message(call, "INVITE") for call in range(calls)]
        acks = [self._message(call, "ACK") for call in range(calls)]
        begun = time.perf_counter()
        for call in range(calls):
            due = begun + call / rate if rate else 0.0
            while len(self._open) >= _WINDOW:
                self._take(acks, _LOST_S)
            while (early := due - time.perf_counter()) > 0:
                self._take(acks, early)
            self._open[call] = time.perf_counter()
            self._client.send(invites[call])
        while self._open:
            self._take(acks, _LOST_S)

    def _take(self, acks: list[bytes], wait_s: float) -> None:
        """Take one answer and acknowledge it; where none comes in time, that of all open calls is lost."""
        self._client.settimeout(wait_s)
        try:
            data = self._client.recv(_DATAGRAM)
        except TimeoutError:
            if wait_s >= _LOST_S:
                self._open.clear()
            return
        at = data.find(_CALL_ID) + len(_CALL_ID)
        run, _, call = data[at : data.find(b"@", at)].decode("ascii", "replace").partition("-")
        sent = self._open.pop(int(call), None) if run == self._run else None
        if sent is not None:
            self.waits.append(time.perf_counter() - sent)
            self.refused += data[8:9] >= b"4"
            self._client.send(acks[int(call)])

    def _message(self, call: int, method: str) -> bytes:
        mine, back = self._client.getsockname()
        host, port = self._client.getpeername()
        body = _SDP if method == "INVITE" else ""
        head = _REQUEST.format(
            method=method,
            number=self._mix.number(call),
            line=self._mix.line(call),
            host=host,
            port=port,
            mine=mine,
            back=back,
            run=self._run,
            call=call,
            length=len(body),
        )
        return (head + body).encode("ascii")


if __name__ == "__main__":
    asyncio.run(serve_trivially(socket.socket(fileno=int(sys.argv[1]))))
