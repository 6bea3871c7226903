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
from sekisho.lab.tune.factory import Budget, World, honest_tails, limits, trace, with_limits
from sekisho.wiring.call_sources import SourceCalls
from sekisho.wiring.profiles import chosen_policy


def honest(folder, seed: int, lines: int, days: int) -> World:
    made = simulate(seed, lines, days, 0, start_of_japanese_day(date(2026, 1, 5)), ())
    path = folder / f"{seed}.parquet"
    pq.write_table(made.calls, path)
    calls = pa.Table.from_batches(list(SourceCalls(str(path)).batches(hashed=False)))
    path.unlink()
    return World(calls, {}, seed)


def fitted_on(worlds, tariff):
    """What honest lines of these worlds reach with the shipped scorecard."""
    policy = chosen_policy("factory")
    return honest_tails((trace(world, tariff, policy, Feed.LIVE) for world in worlds), policy.scorecard)


def set_to(tails, budget: Budget):
    """The shipped policy with thresholds for this budget."""
    policy = chosen_policy("factory")
    return with_limits(policy, policy.scorecard, *limits(tails, budget))


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
    tails = fitted_on([honest(tmp_path, seed, 1_500, 30) for seed in (301, 302, 303)], tariff)
    fitted = set_to(tails, budget)
    asks, holds, days = bear([honest(tmp_path, seed, 1_500, 30) for seed in (304, 305, 306)], tariff, fitted)
    assert sum(tails.line_days.values()) == pytest.approx(days, rel=0.5)
    assert budget.asks * days / 1e6 >= 30
    assert budget.asks / 2 <= 1e6 * (asks + holds) / days <= budget.asks * 2
    assert 1e6 * holds / days <= budget.holds * 2


@pytest.fixture(scope="module")
def large_tails(tmp_path_factory, tariff):
    """From twelve carriers; worlds are made as they are needed."""
    folder = tmp_path_factory.mktemp("fitted")
    return fitted_on((honest(folder, seed, 8_000, 60) for seed in range(401, 413)), tariff)


@pytest.mark.soak
@pytest.mark.parametrize("per_million", [100.0, 300.0, 1_000.0])
def test_budgets_on_twelve_further_carriers(tmp_path, tariff, large_tails, per_million):
    fitted = set_to(large_tails, Budget(asks=per_million, holds=per_million / 10))
    worlds = (honest(tmp_path, seed, 8_000, 60) for seed in range(421, 433))
    asked, held, days = bear(worlds, tariff, fitted)
    assert per_million * days / 1e6 >= 30
    assert per_million / 2 <= 1e6 * (asked + held) / days <= per_million * 2
