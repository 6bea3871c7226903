"""`sekisho up` over a small home of its own, and its parts, which a test may kill."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

DEADLINE_S = 240.0  # kernels may have to be compiled first
STOP_S = 60.0
TOKEN = "what the switch shows"  # noqa: S105 - of a switch that is not
GATE_FILE = f"""
[[peer]]
address = "127.0.0.2"
company = "east"

[[source]]
name = "sbc-east"
company = "east"
token_sha256 = "{hashlib.sha256(TOKEN.encode()).hexdigest()}"
charging = true
"""
PORTS = {
    "GATE_SIP": socket.SOCK_DGRAM,
    "GATE_HTTP": socket.SOCK_STREAM,
    "INTAKE_HTTP": socket.SOCK_STREAM,
    "WEB": socket.SOCK_STREAM,
}


def until(condition: Callable[[], Any], what: str, deadline_s: float = DEADLINE_S) -> Any:
    """What `condition` gives once it is true of it; it is asked again and again until the deadline."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {deadline_s:.0f} s: {what}")


def free_ports() -> dict[str, int]:
    """A port for each door that nobody has now: the same one again after a part has fallen."""
    found = {}
    for name, kind in PORTS.items():
        with socket.socket(socket.AF_INET, kind) as tried:
            tried.bind(("127.0.0.1", 0))
            found[name] = int(tried.getsockname()[1])
    return found


class RunningUp:
    """The supervisor's process, its ports, and its children."""

    def __init__(self, home: Path, more: Mapping[str, str]) -> None:
        self.home, self.ports, self.output = home, free_ports(), home.with_name("up.output")
        self._more = more
        with self.output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sekisho.cli.main", "up", "--home", str(home)],
                env=self.environment(),
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def environment(self) -> dict[str, str]:
        """What its parts, and whoever asks them, get."""
        mine = {name: text for name, text in os.environ.items() if not name.startswith("SEKISHO_")}
        return mine | {f"SEKISHO_{name}_PORT": str(port) for name, port in self.ports.items()} | dict(self._more)

    def said(self, text: str) -> int:
        """How often it has said a line that ends so."""
        return sum(line.endswith(text) for line in self.output.read_text("utf-8").splitlines())

    def parts(self) -> dict[str, int]:
        """The parts that run: their names and process numbers, children of this supervisor and of nobody else."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = {}
        for child in children:
            with suppress(OSError):
                words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
                name = "web" if "granian" in words else words[words.index("part") + 1] if "part" in words else ""
                found[name] = int(child)
        return found

    @contextmanager
    def stopped(self, part: str) -> Iterator[None]:
        """The part stands still, alive and deaf, until the block is left."""
        pid = until(lambda: self.parts().get(part), f"{part} runs")
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def kill(self, part: str) -> int:
        """SIGKILL; the process number it had."""
        pid = until(lambda: self.parts().get(part), f"{part} runs")
        os.kill(pid, signal.SIGKILL)
        return pid

    def until_back(self, part: str, before: int, ready: str, times: int) -> None:
        """Wait until a part that was killed runs again, as another process, and has said that it is ready."""
        until(lambda: self.parts().get(part, before) != before, f"{part} is started again")
        until(lambda: self.said(ready) > times, f"{part} says {ready!r} again")

    @contextmanager
    def down(self, *names: str) -> Iterator[None]:
        """These parts are dead, and killed again as often as they are started, until the block is left."""
        over = threading.Event()

        def keep_down() -> None:
            while not over.is_set():
                running = self.parts()
                for name in names:
                    if name in running:
                        with suppress(ProcessLookupError):
                            os.kill(running[name], signal.SIGKILL)
                over.wait(0.02)

        keeper = threading.Thread(target=keep_down)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)


@contextmanager
def running_up(home: Path, **more: str) -> Iterator[RunningUp]:
    """Started and ready in all its parts; `more` are settings. At the end it is gone, whatever happened."""
    running = RunningUp(home, more)
    try:
        until(lambda: all_ready(running), "all parts are ready")
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait(STOP_S)


def all_ready(running: RunningUp) -> bool:
    """Whether every part has said so; raises AssertionError where `up` itself has ended."""
    assert running.process.poll() is None, running.output.read_text("utf-8")
    return running.said("| ready") >= 5 and running.said("Started worker-1") >= 1
