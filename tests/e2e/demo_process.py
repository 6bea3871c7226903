"""`sekisho demo` as a process of its own, small and on free ports, and what its sheet told whoever started it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PORTS = ("WEB", "GATE_SIP", "GATE_HTTP", "INTAKE_HTTP")
SIZE = ("--days", "7", "--lines", "40", "--language", "en")
READY_S = 300.0  # where the kernels have to be compiled first
STOP_S = 60.0
SHEET = (
    r"Pages +(?P<pages>http://127\.0\.0\.1:\d+)/",
    r"Password +(?P<password>\S+)",
    r"--gate 127\.0\.0\.1:(?P<gate>\d+)",
    r"(?P<end>Ctrl-C stops it)",
)


@dataclass(frozen=True)
class RunningDemo:
    """The demonstration on the air: its home, its pages, everybody's password, the gate's port."""

    home: Path
    pages: str
    password: str
    gate: int


@contextmanager
def running_demo(folder: Path) -> Iterator[RunningDemo]:
    """Start it below `folder` and wait for its sheet; at the end SIGTERM, and it must end well."""
    home, output = folder / "demo", folder / "output"
    environment = {name: text for name, text in os.environ.items() if not name.startswith("SEKISHO_")}
    environment |= {f"SEKISHO_{name}_PORT": "0" for name in PORTS}
    command = [sys.executable, "-m", "sekisho.cli.main", "demo", "--fresh", "--home", str(home), *SIZE]
    with output.open("w") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        found = _sheet(process, output)
        yield RunningDemo(home, found["pages"], found["password"], int(found["gate"]))
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_S) == 0, output.read_text("utf-8")
        said = output.read_text("utf-8")
        assert re.search(r"Of \d{1,3}(?:,\d{3})* ordinary calls 0 were refused", said), said[-2_000:]
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _sheet(process: subprocess.Popen[bytes], output: Path) -> dict[str, str]:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and process.poll() is None:
        said = output.read_text("utf-8")
        found = [re.search(pattern, said) for pattern in SHEET]
        if all(found):
            return {name: text for match in found if match for name, text in match.groupdict().items()}
        time.sleep(0.1)
    parts = output.with_name("demo") / "parts.log"
    raise AssertionError(output.read_text("utf-8") + (parts.read_text("utf-8") if parts.exists() else ""))
