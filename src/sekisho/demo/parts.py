"""The parts (`sekisho up`) beside the demonstration: in a process of their own, with ports that are free.

They get a session of their own, so that a Ctrl-C in the terminal reaches the demonstration alone: it hangs up first and
stops them afterwards.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sekisho.core.terms.errors import InUse
from sekisho.wiring.settings import PREFIX, Settings

OUTPUT: Final = "parts.log"
READY_S: Final = 240.0  # the first start ever compiles the kernels of the gate
STOP_S: Final = 20.0
POLL_S: Final = 0.1
LINES_TOLD: Final = 5
OK: Final = 200
_LIBC: Final = ctypes.CDLL(None)
_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class Port:
    """A port that a part listens on: its setting, whose host it is, and over which transport."""

    setting: str
    attribute: str
    host: str
    datagrams: bool = False


PORTS: Final = (
    Port("GATE_SIP_PORT", "gate_sip_port", "gate_host", datagrams=True),
    Port("GATE_HTTP_PORT", "gate_http_port", "gate_host"),
    Port("INTAKE_HTTP_PORT", "intake_http_port", "gate_host"),
    Port("WEB_PORT", "web_port", "web_host"),
)


def moved_ports(settings: Settings) -> dict[str, tuple[int, int]]:
    """Ports that are taken, or 0, which is any: (wanted, a free one instead) by setting."""
    moved: dict[str, tuple[int, int]] = {}
    for port in PORTS:
        host, wanted = getattr(settings, port.host), int(getattr(settings, port.attribute))
        if wanted == 0 or not _is_free(host, wanted, datagrams=port.datagrams):
            moved[port.setting] = (wanted, _free_port(host, datagrams=port.datagrams))
    return moved


def with_ports(environment: Mapping[str, str], moved: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """The environment with the free ports in place of those taken."""
    return {**environment, **{f"{PREFIX}{name}": str(port) for name, (_, port) in moved.items()}}


def _bound(host: str, port: int, *, datagrams: bool) -> int:
    """Bind for a moment; returns the port. Raises OSError where it is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if datagrams else socket.SOCK_STREAM) as tried:
        if not datagrams:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that linger do not take it
        tried.bind((host, port))
        return int(tried.getsockname()[1])


def _is_free(host: str, port: int, *, datagrams: bool) -> bool:
    try:
        _bound(host, port, datagrams=datagrams)
    except OSError:
        return False
    return True


def _free_port(host: str, *, datagrams: bool) -> int:
    return _bound(host, 0, datagrams=datagrams)


class Parts:
    """`sekisho up` as a child; what it prints goes to HOME/parts.log."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        """Start it."""
        self._output = home / OUTPUT
        parent = os.getpid()

        def go_with_the_parent() -> None:
            """In the child: be asked to end where the demonstration dies without having done so."""
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sekisho.cli.main", "up"],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=go_with_the_parent,  # noqa: PLW1509 - it calls the system and nothing else
            )

    def check(self) -> None:
        """Raise InUse where it has ended by itself."""
        if self._process.poll() is not None:
            last = self._output.read_text("utf-8", "replace").splitlines()[-LINES_TOLD:]
            raise InUse(f"the parts have ended: {' | '.join(last)} (all of it: {self._output})")

    def wait_until(self, ready: Callable[[], bool], stop: Callable[[], bool], timeout_s: float = READY_S) -> bool:
        """Wait until `ready()`; False where `stop()` came first. Raises InUse where it ends or takes too long."""
        until = time.monotonic() + timeout_s
        while not ready():
            self.check()
            if stop():
                return False
            if time.monotonic() > until:
                raise InUse(f"the parts are not ready after {timeout_s:.0f} s; see {self._output}")
            time.sleep(POLL_S)
        return True

    def stop(self) -> None:
        """Ask it to end, wait, and kill what is left after a while."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()


def listens(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def answers_ok(address: str) -> bool:
    """Whether a GET of this http address is answered with 200, within a second."""
    parts = urlsplit(address)
    request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1) as connection:
            connection.sendall(request.encode())
            head = connection.recv(64)
    except OSError:
        return False
    words = head.split(b" ", 2)
    return len(words) > 1 and words[1] == str(OK).encode()
