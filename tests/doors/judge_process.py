"""The part `judge` as a process of its own, over a home that has a tariff and two trusted peers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.flow.judge_arrays import EAGER

from sekisho.engine.control import load_tariff, set_lines
from sekisho.flow.controls import bar_body
from sekisho.ports import JOURNAL, Log, Message
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
TOKEN = "pin's"  # noqa: S105 - of this test
GATE_FILE = """
[[peer]]
address = "127.0.0.2"
company = "east"

[[peer]]
address = "127.0.0.3"
company = "west"
go_on = 404

[[peer]]
address = "127.0.0.4"
company = "east"
go_on = 404
screening = "sip:pin.example:5070;transport=udp"

[[source]]
name = "pin"
company = "east"
token_sha256 = "b5fe95c4422285543e6be6d1c4e0ce2799421c99a32c376353497f1e71f55b9a"
charging = false
"""
EAGER_FILE = f"burst_odds_nats = {EAGER.burst_odds_nats}\n"
READY_S, STOP_S, SOON_S = 180.0, 30.0, 30.0


def furnish(home: Path, lines: Sequence[dict[str, Any]] = ()) -> None:
    """A home with the shipped tariff for east and west, our peers, and these lines."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "gate.toml").write_text(GATE_FILE, "utf-8")
    (home / "eager.toml").write_text(EAGER_FILE, "utf-8")
    with opened_log(home) as log:
        for company in ("east", "west"):
            load_tariff(log, company, "hikari.csv", TARIFF, key=f"tariff {company}")
        if lines:
            set_lines(log, lines, key="lines")


@contextmanager
def opened_log(home: Path) -> Iterator[Log]:
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(home)}), ())
    try:
        yield opened.log
    finally:
        opened.close()


def tell_bar(log: Log, line: str, *, company: str = "east", bar: str = "b1", version: int = 1, in_force: bool = True):
    body = bar_body(company, line, bar, version, in_force=in_force, owner="customer", since_ms=0, order="o1")
    log.append({JOURNAL: [Message("bar", f"test:{bar}:{version}", body)]})


def until(condition: Any, deadline_s: float = SOON_S) -> Any:
    """What `condition` gives once it is true of it; it is asked again and again until the deadline."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"not within {deadline_s} s: {condition}")


@dataclass
class JudgeRun:
    """A running judge: its process, ports, and what it has said."""

    process: subprocess.Popen[str]
    sip_port: int
    http_port: int
    said: list[str] = field(default_factory=list)

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)


def start_judge(home: Path, **environment: str) -> JudgeRun:
    """Start a judge over `home` on free ports and wait until it is ready (or gone: then its ports are 0).

    Its policy is EAGER where the home was furnished here.
    """
    ports = {"SEKISHO_GATE_SIP_PORT": "0", "SEKISHO_GATE_HTTP_PORT": "0"}
    policy = {"SEKISHO_PROFILE": str(home / "eager.toml")} if (home / "eager.toml").exists() else {}
    process = subprocess.Popen(
        [sys.executable, "-m", "sekisho.cli.main", "part", "judge"],
        env={**os.environ, "SEKISHO_HOME": str(home), **ports, **policy, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    run = JudgeRun(process, 0, 0)
    for line in process.stdout or ():
        run.said.append(line.strip())
        if line.startswith("SIP on "):
            run.sip_port = int(line.partition("/")[0].rpartition(":")[2])
        if line.startswith("HTTP on "):
            run.http_port = int(line.strip().rpartition(":")[2])
        if line.strip() == "ready":
            break
    return run


@contextmanager
def running_judge(home: Path, **environment: str) -> Iterator[JudgeRun]:
    """The same, ended when the block is left, whatever happens in it."""
    run = start_judge(home, **environment)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
        run.process.wait(STOP_S)
        if run.process.stdout is not None:
            run.process.stdout.close()
