"""Make the profile that ships: `.venv/bin/python scripts/factory.py src/sekisho/wiring/factory.json`.

It takes an hour and 12 GB. Worlds are simulated as they are needed. Their seeds are below 100; no figure that is
published comes from these.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from sekisho.core.terms.instants import start_of_japanese_day
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.profile import Profile, to_text
from sekisho.lab.simulator.call_files import write_parquet
from sekisho.lab.simulator.seal import seal
from sekisho.lab.simulator.simulation import simulate
from sekisho.lab.tune.factory import Budget, World, finished, guide, scorecard, with_made_up
from sekisho.wiring.call_sources import SourceCalls
from sekisho.wiring.tariffs import load_tariff

LINES, DAYS = 8_000, 60
TRAINED_ON = {1: 30, 5: 30} | dict.fromkeys((2, 3, 4, *range(6, 17)), 60)  # seed → incidents of each kind
JUDGED = dict.fromkeys(range(21, 37), 0) | dict.fromkeys(range(22, 37, 2), 12)  # the same, for thresholds
MADE_UP = 200
TREES = 640
SEED = 1
BUDGET = Budget(asks=520.0, holds=10.0)  # carriers differ: the worst shall be below 1,000 and 100
FIRST_DAYS = (  # so that every season, the new year and the holidays of May are in it
    "2026-01-05", "2026-02-02", "2025-11-10", "2026-03-30", "2026-06-01", "2025-08-04", "2026-04-06", "2025-10-06",
)  # fmt: skip
STARTED = time.monotonic()


def _told(text: str) -> None:
    print(f"{time.monotonic() - STARTED:6.0f} s  {text}", flush=True)


def _world(seed: int, incidents: int) -> World:
    first = start_of_japanese_day(date.fromisoformat(FIRST_DAYS[seed % len(FIRST_DAYS)]))
    made = simulate(seed, LINES, DAYS, incidents, first)
    truth = {row["call_id"]: (row["incident"], row["kind"]) for row in made.truth.to_pylist()}
    with TemporaryDirectory() as folder:  # read as any carrier's file is
        path = f"{folder}/calls.parquet"
        write_parquet(made.calls, path)
        calls = pa.Table.from_batches(list(SourceCalls(path).batches(hashed=False)))
    _told(f"world {seed}: {calls.num_rows:,} calls")
    return World(calls, truth, seed)


def main(out: str) -> None:
    """Make the profile and write it to `out`."""
    tariff = load_tariff()

    def with_thieves() -> Iterator[World]:
        for seed, incidents in TRAINED_ON.items():
            yield with_made_up(_world(seed, incidents), tariff, MADE_UP)

    led = guide(with_thieves(), tariff, Policy(raised_nats=0.0, spared_nats=4.0), SEED, _told)
    card = scorecard(with_thieves(), tariff, led, SEED, TREES, _told)

    def honest() -> Iterator[World]:
        for seed, incidents in JUDGED.items():
            yield _world(seed, incidents)

    shipped = finished(led, card, honest, tariff, BUDGET, _told)
    told = {
        "simulated": {
            "seal": seal(), "lines": LINES, "days": DAYS, "made_up_thieves": MADE_UP,
            "incidents_a_kind": {str(seed): count for seed, count in TRAINED_ON.items()},
            "incidents_a_kind_for_thresholds": {str(seed): count for seed, count in JUDGED.items()},
        },
        "feed": "live and cdr",
        "seed": SEED,
        "budget_per_million_line_days": {"asks": BUDGET.asks, "holds": BUDGET.holds},
        "line_days": sum(each.line_days for each in shipped.asks),
    }  # fmt: skip
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    Path(out).write_text(to_text(Profile("factory", when, shipped.policy, told)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
