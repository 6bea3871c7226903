"""The making of the shipped profile in small: thieves from the first week on, what is kept, and thresholds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.lab.tune.worlds import NAMES, a_world

from sekisho.core.terms.call import Feed
from sekisho.core.terms.instants import DAY_MS, start_of_japanese_day
from sekisho.core.watch.policy import Policy
from sekisho.lab.simulator.simulation import simulate
from sekisho.lab.tune import factory
from sekisho.lab.tune.factory import Budget, World, finished, guide, scorecard, thinned, with_made_up
from sekisho.lab.tune.training import fit
from sekisho.wiring.call_sources import SourceCalls

LINES, DAYS = 400, 16


def a_carrier(folder, seed, incidents):
    made = simulate(seed, LINES, DAYS, incidents, start_of_japanese_day(date(2026, 1, 5)))
    path = folder / f"{seed}.parquet"
    pq.write_table(made.calls, path)
    truth = {row["call_id"]: (row["incident"], row["kind"]) for row in made.truth.to_pylist()}
    return World(pa.Table.from_batches(list(SourceCalls(str(path)).batches(hashed=False))), truth, seed)


@pytest.fixture(scope="module")
def robbed(tmp_path_factory, tariff):
    return with_made_up(a_carrier(tmp_path_factory.mktemp("robbed"), 61, 2), tariff, 10)


def test_the_first_week_has_thieves_like_any_other(robbed):
    starts = dict(
        zip(
            robbed.calls.column("call_id").to_pylist(),
            robbed.calls.column("start").cast("int64").to_pylist(),
            strict=True,
        )
    )
    first = min(starts.values())
    begun: dict[tuple[str, str], int] = {}
    for call, incident in robbed.truth.items():
        begun[incident] = min(begun.get(incident, starts[call]), starts[call])
    weeks = np.bincount([(at - first) // (7 * DAY_MS) for at in begun.values()])
    assert weeks[0] >= 0.7 * weeks[1] > 0
    assert len(starts) == robbed.calls.num_rows, "a call id stands twice"


def test_of_an_incident_the_first_events_are_kept_then_fewer_and_of_honest_days_some():
    world = a_world(3)
    longest = np.arange(world.incident.size) < 400  # one more incident, of 400 events
    world = replace(
        world,
        incident=np.where(longest, 10_000, world.incident),
        yen=np.where(longest, np.arange(longest.size), world.yen),
    )
    kept = thinned(world, seed=1)
    sizes, left = (np.bincount(each.incident[each.incident >= 0]) for each in (world, kept))
    short = sizes <= factory.FIRST_EVENTS
    assert left[short].tolist() == sizes[short].tolist()
    places = set(range(32)) | {int(32 * 1.15**step) for step in range(19)}
    assert left[10_000] == len(places) == 51
    assert [int(yen) for yen in kept.yen[kept.incident == 10_000][30:33]] == [30, 31, 32 + 33 + 34 + 35]
    ahead, still = (np.bincount(of.incident[of.incident >= 0], of.yen[of.incident >= 0]) for of in (world, kept))
    np.testing.assert_allclose(still, ahead, err_msg="what an incident costs stays what it was")
    days, left = (np.unique(each.line_day[each.incident < 0]) for each in (world, kept))
    assert left.size / days.size == pytest.approx(factory.ANY_DAY, rel=0.1)


def test_the_honest_days_that_the_guide_suspects_are_kept_whole():
    world = a_world(3)
    card = fit(world, NAMES, seed=1, rounds=20)
    kept = thinned(world, 1, card)
    honest = world.incident < 0
    suspect = np.unique(world.line_day[honest][factory.score_rows(card, world.features[honest]) >= factory.LIKELY])
    assert suspect.size
    for day in suspect[:50]:
        assert (kept.line_day == day).sum() == (world.line_day == day).sum()


def test_a_profile_comes_of_it_that_stops_thieves_and_leaves_honest_lines_alone(robbed, tariff, tmp_path):
    told: list[str] = []
    led = guide([robbed], tariff, Policy(), 1, told.append)
    assert led.scorecard is not None
    card = scorecard([robbed], tariff, led, 1, 30, told.append)
    calm = a_carrier(tmp_path, 62, 0)
    shipped = finished(led, card, lambda: [calm], tariff, Budget(asks=20_000.0, holds=5_000.0), told.append)
    policy = shipped.policy
    assert policy.scorecard is card
    assert all(hold >= ask > policy.alert_nats for ask, hold in zip(policy.ask_nats, policy.hold_nats, strict=True))
    days = factory.trace(calm, tariff, policy, Feed.LIVE)
    stopped = factory.trace(robbed, tariff, policy, Feed.LIVE)
    nats = factory.score_rows(card, days.examples.features) - card.prior
    asked = nats >= np.array(policy.ask_nats)[days.segment]
    line_days = np.unique(days.examples.line_day).size
    assert np.unique(days.examples.line_day[asked]).size <= 0.04 * line_days
    nats = factory.score_rows(card, stopped.examples.features) - card.prior
    caught = (nats >= np.array(policy.ask_nats)[stopped.segment]) & (stopped.examples.incident >= 0)
    assert len({stopped.named[row] for row in np.unique(stopped.examples.incident[caught])}) > 30
    assert [text.split(":")[0] for text in told] == [
        *("guide", "world 61, live", "world 61, cdr"),
        *("thresholds, turn 1", "world 62, thresholds", "thresholds, turn 2", "world 62, thresholds"),
    ]
