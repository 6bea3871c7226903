"""Each kind of attack by itself, on many victims: its figures, its channels, its hours, where it rings."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.lab.simulator.simulated_carrier import FIRST_MS

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, MINUTE_MS
from sekisho.lab.simulator.attacks.kinds import ATTACKS, KINDS, lines_needed
from sekisho.lab.simulator.attacks.paths import campaign
from sekisho.lab.simulator.attacks.scene import MOST_CHANNELS, QUIET_DAYS, Scene
from sekisho.lab.simulator.calls import LINES_OWN
from sekisho.lab.simulator.countries import load_countries
from sekisho.lab.simulator.days import make_calendar
from sekisho.lab.simulator.lines import draw_lines
from sekisho.lab.simulator.world import draw_world

DAYS = 60
VICTIMS = 25


@pytest.fixture(scope="module")
def scene():
    rng, countries = np.random.default_rng(7), load_countries()
    world = draw_world(rng, countries)
    lines = draw_lines(rng, world, 3_000)
    return Scene(np.random.default_rng(8), world, countries, lines, make_calendar(FIRST_MS, DAYS, world.off_hours))


@pytest.fixture(scope="module")
def attacks(scene):
    """Kind → the calls of VICTIMS attacks and their lines; victims are PBXs of eight channels and more."""
    large = np.flatnonzero((scene.lines.channels >= 8) & (scene.lines.tasks > 1))[: VICTIMS * len(ATTACKS)]
    victims = iter(large.tolist() * 5)
    return {
        kind: [(line, attack(scene, line)) for line in (next(victims) for _ in range(VICTIMS))]
        for kind, attack in ATTACKS.items()
    }


def most_at_once(calls):
    steps = sorted([(at, 1) for at in calls.start.tolist()] + [(at, -1) for at in calls.end.tolist()])
    return int(np.cumsum([step for _, step in steps]).max())


@pytest.mark.parametrize("kind", ATTACKS)
def test_never_more_calls_at_once_than_channels(scene, attacks, kind):
    for line, calls in attacks[kind]:
        assert most_at_once(calls) <= min(scene.lines.channels[line], MOST_CHANNELS)


@pytest.mark.parametrize("kind", ATTACKS)
def test_on_its_line_after_the_first_week(attacks, kind):
    for line, calls in attacks[kind]:
        assert (calls.line == line).all()
        assert calls.start[calls.outgoing].min() >= FIRST_MS + QUIET_DAYS * DAY_MS
        assert calls.start.min() < FIRST_MS + DAYS * DAY_MS


@pytest.mark.parametrize("kind", [kind for kind in ATTACKS if kind != "enumeration"])
def test_answered_as_thieves_are(attacks, kind):
    answered = np.concatenate([calls.cause[calls.outgoing] == 200 for _, calls in attacks[kind]])
    assert 0.6 < answered.mean() < 0.98


def spans(attacks, kind):
    return [(calls.start.max() - calls.start.min()) / HOUR_MS for _, calls in attacks[kind]]


def counts(attacks, kind):
    return [int(calls.outgoing.sum()) for _, calls in attacks[kind]]


def talks(attacks, kind):
    return np.concatenate([calls.talk_s[(calls.cause == 200) & calls.outgoing] for _, calls in attacks[kind]])


def numbers(attacks, kind):
    return [len(np.unique(calls.number[calls.outgoing])) for _, calls in attacks[kind]]


def test_flood(attacks):
    rate = np.array(counts(attacks, "flood")) / np.maximum(spans(attacks, "flood"), 1.0)
    assert 60 < np.median(rate) < 240
    assert 25 < np.median(talks(attacks, "flood")) < 65
    assert max(counts(attacks, "flood")) > 5_000


def test_blitz(attacks):
    assert max(spans(attacks, "blitz")) <= 46
    assert 100 < np.median(talks(attacks, "blitz")) < 420
    assert np.median(counts(attacks, "blitz")) > 500


def test_wide(attacks):
    gaps = np.array(spans(attacks, "wide")) * 3_600 / counts(attacks, "wide")
    assert 4 < np.median(gaps) < 20
    assert np.median(numbers(attacks, "wide")) > 50


def test_one_number(attacks):
    assert set(numbers(attacks, "one-number")) == {1}
    assert 20 <= np.median(counts(attacks, "one-number")) <= 90


def test_weekend(attacks):
    for _, calls in attacks["weekend"]:
        day = (calls.start + JST_OFFSET_MS) // DAY_MS % 7  # 1970-01-01 was a Thursday
        assert set(day.tolist()) <= {1, 2, 3, 4}
    assert np.median(talks(attacks, "weekend")) > 20 * 60


def test_small_pbx_and_small(attacks):
    assert all(most_at_once(calls) <= 8 for _, calls in attacks["small-pbx"])
    assert all(most_at_once(calls) <= 2 for _, calls in attacks["small"])
    assert 60 <= np.median(counts(attacks, "small")) <= 260


def test_probe_pump(attacks):
    for _, calls in attacks["probe-pump"]:
        gap = np.diff(np.sort(calls.start)).max() / HOUR_MS
        assert gap > 0.45
    assert np.median(counts(attacks, "probe-pump")) > 100


def test_sequence(attacks):
    for _, calls in attacks["sequence"]:
        steps = np.diff(calls.number[np.argsort(calls.start, kind="stable")].astype(np.int64))
        assert np.mean(np.abs(steps) <= 10) > 0.9
        assert len(np.unique(calls.number)) > 0.6 * len(calls)


def test_slow_and_daytime_and_mimic_never_two_at_once(attacks):
    for kind in ("slow", "daytime", "mimic"):
        assert all(most_at_once(calls) == 1 for _, calls in attacks[kind])
    assert min(spans(attacks, "slow")) > 24


def test_daytime_keeps_office_hours(attacks):
    hours = np.concatenate([(calls.start + JST_OFFSET_MS) // HOUR_MS % 24 for _, calls in attacks["daytime"]])
    assert np.mean((hours >= 8) & (hours < 20)) > 0.9


def test_dial_through_lies_within_inbound_calls(attacks):
    for _, calls in attacks["dial-through"]:
        out, legs = calls.taken(calls.outgoing), calls.taken(~calls.outgoing)
        for start, end in zip(out.start, out.end, strict=True):
            assert ((legs.start < start) & (legs.end > end)).any()


def test_midnight_is_crossed(attacks):
    crossed = [len(np.unique((calls.start + JST_OFFSET_MS) // DAY_MS)) > 1 for _, calls in attacks["midnight"]]
    assert np.mean(crossed) > 0.85


def test_dialling_uses_other_forms(attacks):
    assert all((calls.form > 0).all() for _, calls in attacks["dialling"])
    assert all((calls.form == LINES_OWN).all() for _, calls in attacks["flood"])


def test_enumeration_tries_one_number_behind_many_prefixes(attacks):
    for _, calls in attacks["enumeration"]:
        tries = calls.taken(calls.form != LINES_OWN)
        assert len(np.unique(tries.number)) == 1
        assert len(np.unique(tries.form)) == len(tries) >= 5
        assert tries.start.max() - tries.start.min() < 2 * MINUTE_MS
        assert (tries.cause != 200).all()


def test_campaign_is_two_to_four_calls_a_line_to_one_block(scene):
    victims = np.arange(20)
    calls = campaign(scene, victims)
    assert set(np.bincount(calls.line).tolist()) <= {2, 3, 4}
    assert calls.number.max() - calls.number.min() < 10_000
    assert calls.start.max() - calls.start.min() < 13 * HOUR_MS


def test_kinds_and_the_lines_they_need():
    assert len(KINDS) == len(set(KINDS)) == 18
    assert lines_needed(30, KINDS) <= 5_000
    assert all(first != second for first, second in pairwise(sorted(KINDS)))
