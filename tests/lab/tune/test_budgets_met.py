"""The budget that an operator sets is what his honest lines then bear, on honest traffic that nobody has looked at."""

from __future__ import annotations

from dataclasses import replace
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
from sekisho.lab.tune.factory import Budget, World, limits, trace, with_limits
from sekisho.wiring.call_sources import SourceCalls
from sekisho.wiring.profiles import chosen_policy


def honest(folder, seed: int, lines: int, days: int) -> World:
    made = simulate(seed, lines, days, 0, start_of_japanese_day(date(2026, 1, 5)), ())
    path = folder / f"{seed}.parquet"
    pq.write_table(made.calls, path)
    calls = pa.Table.from_batches(list(SourceCalls(str(path)).batches(hashed=False)))
    path.unlink()
    return World(calls, {}, seed)


def thresholds_of(worlds, tariff, budget: Budget):
    """The shipped scorecard with thresholds fitted on these worlds."""
    policy = chosen_policy("factory")
    assert policy.scorecard is not None
    asks, holds = limits((trace(world, tariff, policy, Feed.LIVE) for world in worlds), policy.scorecard, budget)
    return with_limits(policy, policy.scorecard, asks, holds)


def bear(worlds, tariff, policy) -> tuple[int, int, int]:
    """(false asks, false holds, line-days) of all the worlds, judged as they would be."""
    asks = holds = days = 0
    for world in worlds:
        run = backtest(world.calls.to_batches(), tariff, policy, Feed.LIVE, expected=world.calls.num_rows)
        worth = score(run, truth_of({}), tariff.prices)
        asks, holds, days = asks + worth.false_asks, holds + worth.false_holds, days + worth.line_days
    return asks, holds, days


def test_a_budget_is_met_within_a_factor_of_two(tmp_path, tariff):
    """In small: more is allowed, so that as many as in the soak are expected on a few lines."""
    budget = Budget(asks=8_000.0, holds=4_000.0)
    fitted = thresholds_of([honest(tmp_path, seed, 1_500, 30) for seed in (301, 302, 303)], tariff, budget)
    asks, holds, days = bear([honest(tmp_path, seed, 1_500, 30) for seed in (304, 305, 306)], tariff, fitted)
    assert budget.asks * days / 1e6 >= 30
    assert budget.asks / 2 <= 1e6 * (asks + holds) / days <= budget.asks * 2
    assert 1e6 * holds / days <= budget.holds * 2


@pytest.mark.soak
@pytest.mark.parametrize("per_million", [100.0, 300.0, 1_000.0])
def test_budgets_on_a_large_carrier(tmp_path, tariff, per_million):
    """Thresholds from some carriers, measured on others; worlds are made as they are needed."""
    policy = chosen_policy("factory")
    fitted_on, measured_on = range(401, 413), range(421, 433)
    budget = Budget(asks=per_million, holds=per_million / 10)
    traced = (trace(honest(tmp_path, seed, 8_000, 60), tariff, policy, Feed.LIVE) for seed in fitted_on)
    asks, holds = limits(traced, policy.scorecard, budget)
    fitted = replace(with_limits(policy, policy.scorecard, asks, holds))
    asked, held, days = bear((honest(tmp_path, seed, 8_000, 60) for seed in measured_on), tariff, fitted)
    assert per_million * days / 1e6 >= 30
    assert per_million / 2 <= 1e6 * (asked + held) / days <= per_million * 2
