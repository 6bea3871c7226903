"""One simulated carrier for this folder."""

from __future__ import annotations

import pytest
from tests.lab.simulator.simulated_carrier import DAYS, FIRST_MS, INCIDENTS, LINES, rows_of

from sekisho.lab.simulator.simulation import simulate


@pytest.fixture(scope="session")
def rows():
    return rows_of(simulate(11, LINES, DAYS, INCIDENTS, FIRST_MS))
