"""Parts of a running system as processes, for benchmarks: over a home of their own, ended when all is measured."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sekisho.core.terms.errors import InUse
from sekisho.engine.supervisor import READY

_START_S: Final = 300.0
_STOP_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Running:
    """A part that is ready: its process, and every line it has said until then."""

    pid: int
    said: tuple[str, ...]

    def port(self, door: str) -> int:
        """The port it named behind `door on host:`. Raises ValueError where it named none."""
        for line in self.said:
            if line.startswith(f"{door} on "):
                return int(line.partition("/")[0].rpartition(":")[2])
        raise ValueError(f"it said nothing of {door}: {self.said}")


@contextmanager
def running_part(
    name: str, home: Path, ready: str = READY, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """`sekisho part NAME` over `home`, ready. Raises InUse where it does not get there."""
    asked = {"SEKISHO_HOME": str(home), "PYTHONUNBUFFERED": "1", **(environment or {})}
    command = [sys.executable, "-m", "sekisho.cli.main", "part", name]
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, env=os.environ | asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield Running(process.pid, _said_until_ready(process, name, ready))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _said_until_ready(process: subprocess.Popen[str], name: str, ready: str) -> tuple[str, ...]:
    said: list[str] = []
    until = time.monotonic() + _START_S
    for line in process.stdout or ():
        said.append(line.strip())
        if said[-1].endswith(ready):
            return tuple(said)
        if time.monotonic() > until:
            break
    raise InUse(f"the part {name} did not start: {said[-1] if said else 'it said nothing'}")
