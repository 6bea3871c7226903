"""`sekisho tune`, step by step: a carrier's own calls become a policy with a scorecard and thresholds.

1. Read the calls; fit the numbers that need no labels (`habits`).
2. Put made-up thieves among them (`thieves`) and let the kernel judge it all, keeping what each score was made of.
3. Train the scorecard on most lines (`training`).
4. On the lines held out: thresholds that honest callers reach as rarely as the budgets say (`budget`).
5. Judge the calls of the lines held out with the policy as it was and as it is now, and say what each was worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sekisho.core.rating.tariff import Tariff
from sekisho.core.terms.call import Feed
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.features import NAMES
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.scorecard import Scorecard, score_rows
from sekisho.lab.backtest import backtest
from sekisho.lab.scoring import score
from sekisho.lab.truth import Truth, truth_of
from sekisho.lab.tune.budget import MILLION, Threshold
from sekisho.lab.tune.carrier import Carrier, read_carrier
from sekisho.lab.tune.dear import dearer
from sekisho.lab.tune.examples import Traced, honest_maxima, traced
from sekisho.lab.tune.factory import Budget, Tails, limits
from sekisho.lab.tune.habits import fitted
from sekisho.lab.tune.thieves import Injected, inject
from sekisho.lab.tune.training import LINE_OF, booster_library, fit, held_out

ROUNDS: Final = 160
SEGMENT_NAMES: Final = ("new", "rare", "sometimes", "daily")  # habit.segment_of
LEAST_DAYS: Final = 7.0
LEAST_EXPECTED: Final = 1.0  # false asks on the lines held out: where fewer are expected, thresholds are guesswork
TINY: Final = 1e-9
DECIMALS: Final = 3
Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: false asks and holds per million international line-days, the feed, the seed, the trees."""

    asks: float = 1_000.0
    holds: float = 100.0
    feed: Feed = Feed.LIVE
    seed: int = 1
    rounds: int = ROUNDS
    company: str = "default"


@dataclass(frozen=True, slots=True)
class Tuned:
    """The policy, and for people what it is worth: plain data, see `told` in core/watch/profile.py."""

    policy: Policy
    told: dict[str, Any]


def _nothing_told(_what: str, _done: int) -> None:
    pass


def tune(
    batches: Iterable[pa.RecordBatch], tariff: Tariff, policy: Policy, asked: Asked, told: Told = _nothing_told
) -> Tuned:
    """Tune `policy` to the CALLS of one company. `told(step, done)` hears of rows and trees as they are done.

    Raises BadSetting where LightGBM is not installed, or the calls are too few to tune on.
    """
    booster_library()
    if asked.holds > asked.asks:
        raise BadSetting(f"{asked.holds:g} holds and {asked.asks:g} asks: ask more often than you hold")
    carrier = read_carrier(batches, tariff, asked.company, lambda rows: told("reading", rows))
    if carrier.days < LEAST_DAYS or carrier.abroad.size == 0:
        raise BadSetting(
            f"{carrier.days:.1f} days with {carrier.abroad.size:,} calls abroad are too little to tune on; "
            f"give some weeks ({LEAST_DAYS:.0f} days at least)"
        )
    found = fitted(carrier, policy)
    began = replace(policy, scorecard=None, **found)
    made = inject(carrier, asked.seed)
    truth = truth_of(made.truth)
    run = backtest(
        made.batches,
        tariff,
        began,
        asked.feed,
        asked.company,
        lambda rows: told("judging", rows),
        trace=True,
        truth=truth,
    )
    of = traced(run, made.truth, tariff.prices)
    card = dearer(fit(of.examples, NAMES, asked.seed, asked.rounds, told=lambda trees: told("training", trees)))
    asks, holds, lines = _thresholds(of, card, asked)
    tuned = replace(began, scorecard=card, ask_nats=_nats(asks), hold_nats=_nats(holds))
    aside = _of_lines(made.batches, carrier, lines)
    table = [
        _worth(name, aside, truth, tariff, each, asked, lambda rows: told("comparing", rows))
        for name, each in (("before", replace(policy, scorecard=None)), ("after", tuned))
    ]
    return Tuned(tuned, _story(carrier, made, asked, found, (asks, holds), table))


def _thresholds(of: Traced, card: Scorecard, asked: Asked) -> tuple[list[Threshold], list[Threshold], Any]:
    """Thresholds for asks and holds by segment, from the honest days of the lines held out; those lines."""
    aside = np.flatnonzero(held_out(of.examples.line_day, asked.seed))
    nats = score_rows(card, of.examples.features) - card.prior
    maxima, days = honest_maxima(of, nats, aside)
    expected = asked.asks * sum(days.values()) / MILLION
    if expected < LEAST_EXPECTED:
        raise BadSetting(
            f"{sum(days.values()):,} honest line-days held out are too few to find what {asked.asks:g} of a million "
            f"are; give more weeks, or ask for {asked.asks * LEAST_EXPECTED / max(expected, TINY):,.0f} asks or more"
        )
    asks, holds = limits(Tails(maxima, days), Budget(asked.asks, asked.holds))
    return asks, holds, np.unique(of.examples.line_day[aside] >> LINE_OF)


def _nats(found: list[Threshold]) -> Any:
    return tuple(round(each.nats, DECIMALS) for each in found)


def _of_lines(batches: list[pa.RecordBatch], carrier: Carrier, lines: Any) -> list[pa.RecordBatch]:
    """The calls of these lines."""
    texts = pa.array([carrier.line_text(int(line)) for line in lines])
    return [batch.filter(pa.compute.is_in(batch.column("line"), texts)) for batch in batches]


def _worth(
    name: str,
    batches: list[pa.RecordBatch],
    truth: Truth,
    tariff: Tariff,
    policy: Policy,
    asked: Asked,
    told: Callable[[int], None],
) -> dict[str, Any]:
    """One row of the table: what a policy is worth on these calls."""
    run = backtest(batches, tariff, policy, asked.feed, asked.company, told, truth=truth)
    worth = score(run, truth, tariff.prices)
    return {
        "policy": name,
        "incidents": len(worth.incidents),
        "yen_at_stake": worth.at_stake // MILLIYEN,
        "yen_lost": worth.lost // MILLIYEN,
        "line_days": worth.line_days,
        "false_asks_per_million": round(worth.per_million(worth.false_asks)),
        "false_holds_per_million": round(worth.per_million(worth.false_holds)),
    }


def _plain(found: Threshold) -> dict[str, Any]:
    """A threshold as JSON knows it; a bound nobody knows is null."""
    return {
        name: (round(value, DECIMALS) if np.isfinite(value) else None) if isinstance(value, float) else value
        for name, value in asdict(found).items()
    }


def _story(
    carrier: Carrier,
    made: Injected,
    asked: Asked,
    found: dict[str, Any],
    limits: tuple[list[Threshold], list[Threshold]],
    table: list[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "calls": {
            "calls": int(carrier.calls.size),
            "lines": int(np.unique(carrier.calls["line"]).size),
            "days": round(carrier.days, 1),
            "international": int(carrier.abroad.size),
        },
        "feed": asked.feed.name.lower(),
        "seed": asked.seed,
        "made_up": {"incidents": made.incidents, "calls": made.calls},
        "budget_per_million_line_days": {"asks": asked.asks, "holds": asked.holds},
        "fitted": {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()},
        "thresholds": [
            {"segment": SEGMENT_NAMES[segment], "ask": _plain(ask), "hold": _plain(hold)}
            for segment, (ask, hold) in enumerate(zip(*limits, strict=True))
        ],
        "on_lines_held_out": table,
    }
