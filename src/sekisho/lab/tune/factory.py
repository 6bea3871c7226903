"""The profile that Sekisho ships: trained on several simulated carriers at once, on both feeds.

What `tuning` does for one carrier is done here for worlds (lab/simulator) that come with thieves of their own, and
made-up thieves are put among these too: a simulated carrier's first week has no thief in it, and what is learnt from a
week without thieves is that a line which nobody knows yet is safe. So that week gets as many as any other. Thresholds
come from further worlds that nobody has trained on, for carriers differ more from one another than the lines of one do.

1. A guide: a small scorecard from the first worlds, judged without one.
2. All worlds judged with the guide, so that the watch has forgotten and learnt as it will; the scorecard from them.
3. Honest worlds judged with it, and thresholds that their callers reach as rarely as the budgets say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.core.rating.tariff import Tariff
from sekisho.core.terms.call import Feed
from sekisho.core.terms.instants import DAY_MS
from sekisho.core.watch.features import NAMES
from sekisho.core.watch.policy import SEGMENTS, Policy
from sekisho.core.watch.scorecard import Scorecard, score_rows
from sekisho.lab.backtest import backtest
from sekisho.lab.truth import truth_of
from sekisho.lab.tune.budget import Threshold, thresholds
from sekisho.lab.tune.carrier import read_carrier
from sekisho.lab.tune.dear import dearer
from sekisho.lab.tune.examples import Traced, honest_maxima, traced
from sekisho.lab.tune.thieves import inject
from sekisho.lab.tune.training import Examples, fit, pooled
from sekisho.lab.tune.weighing import HONEST, groups, order_of_incidents

I64 = npt.NDArray[np.int64]

FIRST_EVENTS: Final = 32  # of an incident that are all kept
SPARSER: Final = 1.15  # behind them each that is kept lies so many times as far from the beginning as the one before
ANY_DAY: Final = 0.15  # share of the honest line-days that are kept whatever the guide says of them
LIKELY: Final = 0.3  # nats of the guide: line-days that reach it are kept, for they are the hard ones
WEEK_MS: Final = 7 * DAY_MS  # of a simulated carrier, without thieves of its own
GUIDES: Final = 2  # worlds that the guide is trained on
GUIDE_TREES: Final = 60
TURNS: Final = 2  # of reading thresholds from honest worlds
GUIDE_ASKS: Final = 700.0  # per million line-days
ALERT_BELOW: Final = 0.8  # nats below the lowest threshold of an ask
DECIMALS: Final = 3
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class World:
    """A simulated carrier: its CALLS, call_id → (incident, kind), and the seed of what is put among them."""

    calls: pa.Table
    truth: dict[str, tuple[str, str]]
    seed: int


@dataclass(frozen=True, slots=True)
class Budget:
    """False asks and holds per million international line-days."""

    asks: float
    holds: float


@dataclass(frozen=True, slots=True)
class Tails:
    """By segment: the highest scores of honest lines, and how many line-days there are (examples.honest_maxima)."""

    maxima: dict[int, npt.NDArray[np.float64]]
    line_days: dict[int, int]


@dataclass(frozen=True, slots=True)
class Shipped:
    """The policy, and its thresholds by segment with what is not known of them."""

    policy: Policy
    asks: list[Threshold]
    holds: list[Threshold]


def with_made_up(world: World, tariff: Tariff, count: int) -> World:
    """The world with `count` made-up thieves more, and so many in its first week that it has thieves like any other."""
    first, last = pc.min_max(world.calls.column("start").cast("int64")).as_py().values()
    weeks = max((last - first) / WEEK_MS - 1.0, 1.0)
    in_first = round(len(set(world.truth.values())) / weeks)
    for turn, (thieves, until) in enumerate(((count, None), (in_first, first + WEEK_MS))):
        carrier = read_carrier(world.calls.to_batches(), tariff, "default")
        made = inject(carrier, 2 * world.seed + turn, thieves, until)
        renamed = {call: (f"{turn}-{name}", kind) for call, (name, kind) in made.truth.items()}
        world = World(pa.Table.from_batches(made.batches), world.truth | renamed, world.seed)
    return world


def trace(world: World, tariff: Tariff, policy: Policy, feed: Feed) -> Traced:
    """The world judged by `policy`, as examples."""
    truth = truth_of(world.truth)
    run = backtest(
        world.calls.to_batches(), tariff, policy, feed, expected=world.calls.num_rows, trace=True, truth=truth
    )
    return traced(run, world.truth, tariff.prices)


def thinned(examples: Examples, seed: int, guide: Scorecard | None = None) -> Examples:
    """Of each incident its first events and some later ones; of the honest line-days the suspect ones, and some."""
    kept, yen = _sparse(examples)
    honest = np.flatnonzero(examples.incident == HONEST)
    order, begins = groups(examples.line_day[honest])
    taken = np.random.default_rng([seed, 5]).random(begins.size - 1) < ANY_DAY
    if guide is not None and order.size:
        nats = score_rows(guide, examples.features[honest[order]])
        taken |= np.maximum.reduceat(nats, begins[:-1]) >= LIKELY
    kept[honest[order[np.repeat(taken, np.diff(begins))]]] = True
    return replace(examples, yen=yen).of(np.flatnonzero(kept))


def _sparse(examples: Examples) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Which rows of incidents are kept, ever fewer the longer one lasts, and all rows' yen until the next one kept."""
    rows, first = order_of_incidents(examples.incident)
    kept, yen = np.zeros(examples.incident.size, np.bool_), examples.yen.copy()
    if rows.size == 0:
        return kept, yen
    sizes = np.diff(first)
    steps = math.ceil(math.log(max(int(sizes.max()) / FIRST_EVENTS, 1.0)) / math.log(SPARSER)) + 1
    later = FIRST_EVENTS * SPARSER ** np.arange(steps)
    places = np.zeros(int(sizes.max()) + FIRST_EVENTS, np.bool_)
    places[:FIRST_EVENTS] = True
    places[later.astype(np.int64)[later < places.size]] = True
    chosen = np.flatnonzero(places[np.arange(rows.size) - np.repeat(first[:-1], sizes)])
    kept[rows[chosen]] = True
    yen[rows[chosen]] = np.add.reduceat(examples.yen[rows], chosen)  # an incident's first row is always among them
    return kept, yen


def honest_tails(honest: Iterable[Traced], card: Scorecard) -> Tails:
    """What the honest lines of several worlds together reach."""
    maxima: dict[int, list[Any]] = {}
    days: dict[int, int] = {}
    for of in honest:
        nats = score_rows(card, of.examples.features) - card.prior
        highest, count = honest_maxima(of, nats)
        for segment, values in highest.items():
            maxima.setdefault(segment, []).append(values)
            days[segment] = days.get(segment, 0) + count[segment]
    return Tails({segment: np.concatenate(parts) for segment, parts in maxima.items()}, days)


def limits(tails: Tails, budget: Budget) -> tuple[list[Threshold], list[Threshold]]:
    """Thresholds by segment for asks and holds."""
    found = []
    for each in (budget.asks, budget.holds):
        by_segment = thresholds(tails.maxima, tails.line_days, each)
        rest = max(by_segment.values(), key=lambda one: one.line_days)
        found.append([by_segment.get(segment, rest) for segment in range(SEGMENTS)])
    return found[0], found[1]


def with_limits(policy: Policy, card: Scorecard, asks: Sequence[Threshold], holds: Sequence[Threshold]) -> Policy:
    """The policy with the scorecard and its thresholds; a hold is never milder than an ask."""
    ask = tuple(round(each.nats, DECIMALS) for each in asks)
    hold = tuple(max(round(each.nats, DECIMALS), least) for each, least in zip(holds, ask, strict=True))
    lowest = round(min(ask) - ALERT_BELOW, DECIMALS)
    return replace(policy, scorecard=card, ask_nats=ask, hold_nats=hold, alert_nats=lowest)  # type: ignore[arg-type]


def guide(worlds: Iterable[World], tariff: Tariff, policy: Policy, seed: int, told: Told) -> Policy:
    """A first scorecard from the first GUIDES worlds, live, with thresholds from the same."""
    began = replace(policy, scorecard=None)
    parts = []
    for world in islice(worlds, GUIDES):
        parts.append(trace(world, tariff, began, Feed.LIVE))
        told(f"guide: world {world.seed}")
    card = fit(pooled([thinned(part.examples, seed) for part in parts]), NAMES, seed, GUIDE_TREES)
    asks, holds = limits(honest_tails(parts, card), Budget(GUIDE_ASKS, GUIDE_ASKS / 5))
    return with_limits(policy, card, asks, holds)


def scorecard(worlds: Iterable[World], tariff: Tariff, led: Policy, seed: int, trees: int, told: Told) -> Scorecard:
    """The scorecard from all worlds and both feeds, judged by the policy that a guide leads.

    Simulated thieves come often, and share what they ring. Where thieves are rare there is no suspect line,
    so in every second world nothing is learnt of them: the trees must do without, too.
    """
    parts = []
    for turn, world in enumerate(worlds):
        policy = replace(led, learn_suspects=turn % 2 == 0)
        for feed in (Feed.LIVE, Feed.CDR):
            parts.append(thinned(trace(world, tariff, policy, feed).examples, seed, led.scorecard))
            told(f"world {world.seed}, {feed.name.lower()}: {parts[-1].incident.size:,} examples")
    together = pooled(parts)
    parts.clear()
    return dearer(fit(together, NAMES, seed, trees, told=lambda _trees: None))


def finished(
    led: Policy, card: Scorecard, honest: Callable[[], Iterable[World]], tariff: Tariff, budget: Budget, told: Told
) -> Shipped:
    """Thresholds from honest worlds that nobody has trained on, and the policy with them.

    Twice, the second time judged at the thresholds of the first: a line that is asked too early learns nothing, and
    reaches scores that it would not have reached.
    """
    judged = replace(led, scorecard=card)
    for turn in range(TURNS):
        told(f"thresholds, turn {turn + 1}")
        tails = honest_tails(_traces(honest(), tariff, judged, told), card)
        asks, holds = limits(tails, budget)
        judged = with_limits(judged, card, asks, holds)
    return Shipped(judged, asks, holds)


def _traces(honest: Iterable[World], tariff: Tariff, judged: Policy, told: Told) -> Iterator[Traced]:
    for world in honest:
        yield trace(world, tariff, judged, Feed.LIVE)
        told(f"world {world.seed}, thresholds")
