"""A small carrier is tuned from end to end: the kernel judges with what came of it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.features import NAMES
from sekisho.core.watch.policy import SEGMENTS, Policy
from sekisho.core.watch.profile import Profile, from_text, to_text
from sekisho.lab.tune.tuning import Asked, tune

ASKED = Asked(asks=50_000, holds=10_000, seed=3, rounds=40)  # a small carrier says nothing of rarer ones


@pytest.fixture(scope="module")
def steps():
    return {}


@pytest.fixture(scope="module")
def tuned(honest_batches, tariff, steps):
    def told(step, done):
        steps[step] = steps.get(step, 0) + done

    return tune(honest_batches, tariff, Policy(), ASKED, told)


def test_there_is_a_scorecard_and_holds_are_rarer_than_asks(tuned):
    assert 5 <= tuned.policy.scorecard.trees.size - 1 <= 40  # the last is what waiting costs
    assert tuned.policy.scorecard.names == NAMES
    assert len(tuned.policy.ask_nats) == len(tuned.policy.hold_nats) == SEGMENTS
    assert all(ask <= hold for ask, hold in zip(tuned.policy.ask_nats, tuned.policy.hold_nats, strict=True))


def test_it_is_better_than_before_on_thieves_and_lines_it_has_not_seen(tuned):
    before, after = tuned.told["on_lines_held_out"]
    assert (before["policy"], after["policy"]) == ("before", "after")
    assert before["incidents"] == after["incidents"] >= 5
    assert before["yen_at_stake"] == after["yen_at_stake"] > 0
    assert after["yen_lost"] < min(0.5 * after["yen_at_stake"], before["yen_lost"])


def test_its_story_is_plain_data_and_the_profile_survives_a_file(tuned):
    profile = Profile("small", "2026-02-01T00:00:00Z", tuned.policy, tuned.told)
    read = from_text(to_text(profile), "small.json", NAMES)
    assert read.policy.version == tuned.policy.version
    assert read.told == json.loads(json.dumps(tuned.told))
    assert [row["segment"] for row in tuned.told["thresholds"]] == ["new", "rare", "sometimes", "daily"]
    assert tuned.told["budget_per_million_line_days"] == {"asks": 50_000, "holds": 10_000}


def test_progress_is_told_of_rows_and_trees(tuned, steps, honest_batches):
    rows = sum(batch.num_rows for batch in honest_batches)
    assert steps["reading"] == rows
    assert steps["judging"] > rows
    assert steps["training"] >= tuned.policy.scorecard.trees.size - 1
    assert 0 < steps["comparing"] < 2 * rows


def test_holds_may_not_be_more_than_asks(honest_batches, tariff):
    with pytest.raises(BadSetting, match="ask more often than you hold"):
        tune(honest_batches, tariff, Policy(), Asked(asks=10, holds=100))


def test_a_budget_that_so_few_days_cannot_tell_is_refused(honest_batches, tariff):
    with pytest.raises(BadSetting, match=r"line-days held out are too few to find what 50 of a million are; give more"):
        tune(honest_batches, tariff, Policy(), Asked(asks=50, holds=10, seed=3, rounds=2))


def test_a_few_days_are_too_little(honest_batches, tariff):
    start = honest_batches[0].column("start").cast("int64").to_numpy()
    few = [honest_batches[0].filter(np.asarray(start < start.min() + 2 * 86_400_000))]
    with pytest.raises(BadSetting, match="too little to tune on; give some weeks"):
        tune(few, tariff, Policy(), ASKED)
    with pytest.raises(BadSetting, match="there are no calls"):
        tune([], tariff, Policy(), ASKED)
