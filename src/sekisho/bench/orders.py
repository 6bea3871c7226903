"""From an order to its effect: how long until a bar that somebody presses is in force at the gate.

The whole way a page takes: the service writes order, bar and outbox in one transaction, the relay appends to the
journal, the judge applies it. Measured is the time from the order's acceptance to the instant the judge tells.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Final
from uuid import UUID

import numpy as np

from sekisho.bench.parts import running_part
from sekisho.core.terms.errors import InUse
from sekisho.office.start import prepare
from sekisho.ports import EFFECT_TOPIC, Log
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import Settings, read_settings

BARS: Final = 200
COMPANY, CONTRACT = "bench", "orders"
_LOST_S: Final = 30.0
_POLL_S: Final = 0.005


def bench_orders(home: Path, bars: int) -> dict[str, float]:
    """p50, p95 and p99 (ms) of order to effect over `bars` bars, one after the other, on lines of their own.

    The judge runs over `home` already. A process has one office for its life, so this one starts another for it.
    Raises InUse where an effect does not come.
    """
    command = [sys.executable, "-m", "sekisho.bench.orders", str(home), str(bars)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    if done.returncode:
        raise InUse((done.stderr.strip().splitlines() or ["the bars could not be ordered"])[-1])
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def order_bars(settings: Settings, bars: int) -> dict[str, float]:
    """The same in this process, whose office becomes that of `settings`."""
    prepare(settings)
    from sekisho.office.services.set_bar import set_bar  # Django's models want to be prepared first

    opened = open_embedded(settings, ())
    try:
        lines = _open_lines(bars, opened.clock.now_ms())
        waits = []
        with running_part("relay", settings.home):
            for line in lines:
                accepted_ms = opened.clock.now_ms()
                ordered = set_bar(
                    line=line,
                    owner="customer",
                    reason="bench",
                    proof="bench",
                    now_ms=accepted_ms,
                    by=None,
                    company=COMPANY,
                )
                waits.append(_effect_ms(opened.log, ordered.bar) - accepted_ms)
    finally:
        opened.close()
    p50, p95, p99 = np.percentile(np.array(waits), (50, 95, 99)).tolist()
    return {
        "bars": bars,
        "order_to_effect_p50_ms": p50,
        "order_to_effect_p95_ms": p95,
        "order_to_effect_p99_ms": p99,
        "order_to_effect_most_ms": max(waits),
    }


def _open_lines(count: int, now_ms: int) -> list[str]:
    from sekisho.office.services.open_company import open_company
    from sekisho.office.services.open_contract import open_contract
    from sekisho.office.services.open_customer import open_customer
    from sekisho.office.services.open_lines import open_lines

    name = {"name_ja": "測定", "name_en": "Bench", "now_ms": now_ms}
    open_company(code=COMPANY, **name)
    open_customer(company=COMPANY, code=CONTRACT, **name)
    open_contract(company=COMPANY, customer=CONTRACT, code=CONTRACT, channels=8, now_ms=now_ms)
    numbers = [f"+81329{place:06d}" for place in range(count)]
    return open_lines(company=COMPANY, contract=CONTRACT, numbers=numbers, now_ms=now_ms)


def _effect_ms(log: Log, bar: UUID) -> int:
    until = time.monotonic() + _LOST_S
    while time.monotonic() < until:
        found = log.find(EFFECT_TOPIC, f"bar:{bar}:1")
        if found is not None:
            return int(json.loads(found.body)["at_ms"])
        time.sleep(_POLL_S)
    raise InUse(f"bar {bar} was accepted, but in {_LOST_S:.0f} s the gate did not say that it has it")


if __name__ == "__main__":
    figures = order_bars(read_settings({"SEKISHO_HOME": sys.argv[1]}), int(sys.argv[2]))
    sys.stdout.write(json.dumps(figures))
