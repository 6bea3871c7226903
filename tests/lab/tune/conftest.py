"""A small carrier's honest calls, from the simulator, read through the door that commands read through."""

from __future__ import annotations

from datetime import date

import pyarrow.parquet as pq
import pytest

from sekisho.core.terms.instants import start_of_japanese_day
from sekisho.lab.simulator.simulation import simulate
from sekisho.lab.tune.carrier import read_carrier
from sekisho.lab.tune.thieves import inject
from sekisho.wiring.call_sources import SourceCalls
from sekisho.wiring.tariffs import load_tariff

LINES, DAYS = 600, 21


@pytest.fixture(scope="session")
def honest_file(tmp_path_factory):
    """calls.parquet of LINES lines on DAYS days without a thief."""
    made = simulate(41, LINES, DAYS, 0, start_of_japanese_day(date(2026, 1, 5)), ())
    path = tmp_path_factory.mktemp("honest") / "calls.parquet"
    pq.write_table(made.calls, path)
    return path


@pytest.fixture(scope="session")
def honest_batches(honest_file):
    return list(SourceCalls(str(honest_file)).batches(hashed=False))


@pytest.fixture(scope="session")
def tariff():
    return load_tariff()


@pytest.fixture(scope="session")
def carrier(honest_batches, tariff):
    return read_carrier(honest_batches, tariff, "default")


@pytest.fixture(scope="session")
def injected(carrier):
    return inject(carrier, seed=5, count=120)
