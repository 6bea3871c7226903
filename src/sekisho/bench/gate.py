"""What a decision of the gate costs: CPU of the real judge process beside that of a trivial redirect server, in one run.

The judge runs as it does in a carrier's system (journal, snapshots, ticks, a home of its own); it judges every attempt
abroad before it answers. The calls are those of many lines in turn, 15 % of them abroad. Latency is taken at half the
rate at which the judge is busy all the time. A third part sends calls abroad of lines that are held: an attack.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sekisho.bench.sip_yardstick import Address, Mix, measure, trivial_server
from sekisho.core.terms.errors import InUse
from sekisho.engine.control import load_tariff, set_lines
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings
from sekisho.wiring.tariffs import read_tariff

INVITES: Final = 20_000
LINES: Final = 20_000
HONEST: Final = Mix(LINES, 0.15)
ATTACK: Final = Mix(20, 1.0)
_LINES_A_MESSAGE: Final = 2_000
_START_S: Final = 180.0
_STOP_S: Final = 30.0
_PEER: Final = '[[peer]]\naddress = "127.0.0.2"\ncompany = "bench"\n'
Figures = dict[str, float]


def bench_gate(home: Path, invites: int, repeats: int, tell: Callable[[str], None]) -> Figures:
    """Figures of the gate and of the yardstick. `home` is an empty folder; `invites` are sent in each part."""
    _furnish(home)
    figures: Figures = {"invites": invites, "lines": HONEST.lines, "share_abroad": HONEST.abroad}
    with _judge(home) as (gate, pid), trivial_server() as (trivial, trivial_pid):
        best: dict[str, Figures] = {}
        for repeat in range(repeats):
            tell(f"run {repeat + 1} of {repeats}")
            for name, address, process in (("trivial", trivial, trivial_pid), ("gate", gate, pid)):
                found = measure(address, process, invites, 0, mix=HONEST)
                if name not in best or found["cpu_us"] < best[name]["cpu_us"]:
                    best[name] = found
        half = best["gate"]["rate"] / 2
        tell(f"half load: {half:,.0f} a second")
        calm = measure(gate, pid, invites, half, mix=HONEST)
        calm_trivial = measure(trivial, trivial_pid, invites, half, mix=HONEST)
        tell("an attack")
        attacked = measure(gate, pid, invites, 0, mix=ATTACK)
    for name, found in best.items():
        figures |= {f"{name}_cpu_us": found["cpu_us"], f"{name}_per_s": found["rate"], f"{name}_lost": found["lost"]}
    figures |= {
        "ratio_cpu": best["gate"]["cpu_us"] / best["trivial"]["cpu_us"],
        "half_load_per_s": half,
        "half_load_p50_ms": calm["p50_ms"],
        "half_load_p99_ms": calm["p99_ms"],
        "half_load_lost": calm["lost"],
        "half_load_trivial_p99_ms": calm_trivial["p99_ms"],
        "half_load_ratio_cpu": calm["cpu_us"] / calm_trivial["cpu_us"],
        "attack_cpu_us": attacked["cpu_us"],
        "attack_refused": attacked["refused"],
        "attack_ratio_cpu": attacked["cpu_us"] / best["trivial"]["cpu_us"],
    }
    return figures


def _furnish(home: Path) -> None:
    """A home with a tariff and one trusted peer."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "gate.toml").write_text(_PEER, "utf-8")
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(home)}))
    try:
        table, name = read_tariff()
        load_tariff(opened.log, "bench", name, table, key="bench")
        lines = [{"company": "bench", "line": HONEST.line(place), "automatic_hold": True} for place in range(LINES)]
        for first in range(0, LINES, _LINES_A_MESSAGE):
            set_lines(opened.log, lines[first : first + _LINES_A_MESSAGE], key=f"lines {first}")
    finally:
        opened.close()


@contextmanager
def _judge(home: Path) -> Iterator[tuple[Address, int]]:
    """The part `judge` in a process of its own, when it is ready: (address of its SIP door, process id)."""
    asked = {"SEKISHO_HOME": str(home), "SEKISHO_GATE_SIP_PORT": "0", "SEKISHO_GATE_HTTP_PORT": "0"}
    command = [sys.executable, "-m", "sekisho.cli.main", "part", "judge"]
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, env=os.environ | asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield _address(process), process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: subprocess.Popen[str]) -> Address:
    """Read what the judge says until it is ready. Raises InUse where it does not get there."""
    address, said = ("", 0), ""
    until = time.monotonic() + _START_S
    for line in process.stdout or ():
        said = line.strip()
        if said.startswith("SIP on "):
            host, _, port = said.removeprefix("SIP on ").partition("/")[0].rpartition(":")
            address = (host, int(port))
        if said.endswith("ready") or time.monotonic() > until:
            return address
    raise InUse(f"the judge did not start: {said}")
