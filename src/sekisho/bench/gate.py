"""What a decision of the gate costs: CPU of the judge's process beside that of a trivial redirect server, in one run.

The judge runs as it does in a carrier's system (journal, snapshots, ticks, a home of its own); it judges every attempt
abroad before it answers. The calls are those of many lines in turn, 15 % of them abroad. Latency is taken at half the
rate at which the judge is busy all the time. A third part sends calls abroad of lines that are held: an attack.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sekisho.bench.orders import BARS, bench_orders
from sekisho.bench.parts import running_part
from sekisho.bench.sip_yardstick import Mix, measure, trivial_server
from sekisho.engine.control import load_tariff, set_lines
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings
from sekisho.wiring.tariffs import read_tariff

INVITES: Final = 20_000
LINES: Final = 20_000
HONEST: Final = Mix(LINES, 0.15)
ATTACK: Final = Mix(20, 1.0)
_LINES_A_MESSAGE: Final = 2_000
_CEILING_YEN: Final = 1  # a minute: the first call abroad of an attacked line leads to a hold, whatever the policy is
_PEER: Final = '[[peer]]\naddress = "127.0.0.2"\ncompany = "bench"\n'
Figures = dict[str, float]


def bench_gate(home: Path, invites: int, repeats: int, tell: Callable[[str], None]) -> Figures:
    """Figures of the gate and of the yardstick. `home` is an empty folder; `invites` are sent in each part."""
    _furnish(home)
    figures: Figures = {"invites": invites, "lines": HONEST.lines, "share_abroad": HONEST.abroad}
    free = {"SEKISHO_GATE_SIP_PORT": "0", "SEKISHO_GATE_HTTP_PORT": "0"}
    with running_part("judge", home, environment=free) as judge, trivial_server() as (trivial, trivial_pid):
        gate, pid = ("127.0.0.1", judge.port("SIP")), judge.pid
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
        tell(f"order to effect, {BARS} bars")
        figures |= bench_orders(home, BARS)
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
        for line in lines[: ATTACK.lines]:
            line["price_ceiling_yen"] = _CEILING_YEN
        for first in range(0, LINES, _LINES_A_MESSAGE):
            set_lines(opened.log, lines[first : first + _LINES_A_MESSAGE], key=f"lines {first}")
    finally:
        opened.close()
