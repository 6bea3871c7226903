"""The budget that an operator sets is what his honest lines then bear, on honest traffic that nobody has looked at."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.core.terms.call import Feed
from sekisho.core.terms.instants import start_of_japanese_day
from sekisho.lab.backtest import backtest
from sekisho.lab.scoring import score
from sekisho.lab.simulator.simulation import simulate
from sekisho.lab.truth import truth_of
from sekisho.lab.tune.factory import Budget, World, finished
from sekisho.wiring.call_sources import SourceCalls
from sekisho.wiring.profiles import chosen_policy


def honest(folder, seed: int, lines: int, days: int) -> World:
    made = simulate(seed, lines, days, 0, start_of_japanese_day(date(2026, 1, 5)), ())
    path = folder / f"{seed}.parquet"
    pq.write_table(made.calls, path)
    calls = pa.Table.from_batches(list(SourceCalls(str(path)).batches(hashed=False)))
    path.unlink()
    return World(calls, {}, seed)


def set_to(worlds, tariff, budget: Budget):
    """The shipped scorecard with thresholds for this budget, from these worlds; `worlds` makes them."""
    policy = chosen_policy("factory")
    return finished(policy, policy.scorecard, worlds, tariff, budget, lambda _text: None).policy


def bear(worlds, tariff, policy) -> tuple[int, int, int]:
    """(false asks, false holds, line-days) of all the worlds, judged as they would be."""
    asks = holds = days = 0
    for world in worlds:
        run = backtest(
            world.calls.to_batches(), tariff, policy, Feed.LIVE, expected=len(world.calls), truth=truth_of({})
        )
        worth = score(run, truth_of({}), tariff.prices)
        asks, holds, days = asks + worth.false_asks, holds + worth.false_holds, days + worth.line_days
    return asks, holds, days


def test_a_budget_is_met_within_a_factor_of_two(tmp_path, tariff):
    """In small: more is allowed, so that as many as in the soak are expected on a few lines of as many carriers."""
    budget = Budget(asks=2_000.0, holds=500.0)
    worlds = [honest(tmp_path, seed, 500, 30) for seed in range(301, 325)]
    fitted = set_to(lambda: worlds[:12], tariff, budget)
    asks, holds, days = bear(worlds[12:], tariff, fitted)
    print(f"allowed {budget.asks:.0f} per million, measured: {asks} + {holds} of {days:,} line-days")
    assert budget.asks * days / 1e6 >= 30
    assert budget.asks / 2 <= 1e6 * (asks + holds) / days <= budget.asks * 2
    assert 1e6 * holds / days <= budget.holds * 2


@pytest.fixture(scope="module")
def further(tmp_path_factory):
    """Twelve carriers for thresholds, and twelve more to measure them on."""
    folder = tmp_path_factory.mktemp("carriers")
    return [[honest(folder, seed, 8_000, 60) for seed in range(first, first + 12)] for first in (401, 421)]


@pytest.mark.soak
@pytest.mark.parametrize("per_million", [100.0, 300.0, 1_000.0])
def test_budgets_on_twelve_further_carriers(further, tariff, per_million):
    fitted = set_to(lambda: further[0], tariff, Budget(asks=per_million, holds=per_million / 10))
    asked, held, days = bear(further[1], tariff, fitted)
    measured = 1e6 * (asked + held) / days
    print(f"allowed {per_million:.0f} per million, measured {measured:.0f}: {asked} + {held} of {days:,} line-days")
    assert per_million * days / 1e6 >= 30
    assert per_million / 2 <= measured <= per_million * 2
