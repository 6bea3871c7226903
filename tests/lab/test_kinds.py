"""Medians and nine in ten by kind, with incidents that were never caught among them."""

from __future__ import annotations

import json

import pytest

from sekisho.lab.kinds import Ranks, kinds_of, overall, ranks, score_figures
from sekisho.lab.scoring import Honest, Incident, Score


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 2], 1, 2),
        ([3, 1, 2], 2, 3),
        (list(range(1, 11)), 5, 9),
        (list(range(1, 12)), 6, 10),
        ([5, None], 5, None),
        ([5, None, None], None, None),
        ([*range(1, 10), None], 5, 9),
    ],
)
def test_ranks(values, median, p90):
    assert ranks(values) == Ranks(median, p90)


def incident(name, kind, lost, delay_ms, calls_before=1):
    return Incident(name, kind, 10, 1_000_000, lost, calls_before, delay_ms)


SCORE = Score(
    incidents=(
        incident("1", "flood", 10_000, 1_000, 1),
        incident("2", "flood", 30_000, 3_000, 3),
        incident("3", "slow", 1_000_000, None, 10),
    ),
    false_holds=1,
    false_asks=4,
    line_days=2_000,
    asks=7,
    holds=3,
    elsewhere=Honest(100, 1, 2, 3),
    missing=5,
)


def test_kinds():
    flood, slow = kinds_of(SCORE)
    assert (flood.name, flood.incidents, flood.caught, flood.calls) == ("flood", 2, 2, 20)
    assert (flood.at_stake, flood.lost, flood.lost_share) == (2_000_000, 40_000, 0.02)
    assert (flood.lost_each, flood.calls_before) == (Ranks(10_000, 30_000), Ranks(1, 3))
    assert flood.delay_ms == Ranks(1_000, 3_000)
    assert (slow.name, slow.caught, slow.lost_share, slow.delay_ms) == ("slow", 0, 1.0, Ranks(None, None))
    everything = overall(SCORE)
    assert (everything.incidents, everything.caught, everything.delay_ms) == (3, 2, Ranks(3_000, None))


def test_nothing_at_stake_is_no_loss():
    assert overall(Score((), 0, 0, 0)).lost_share == 0.0


def test_the_figures_are_json_in_yen_and_seconds():
    told = json.loads(json.dumps(score_figures(SCORE, incidents=True)))
    assert (told["at_stake_yen"], told["lost_yen"], told["line_days"]) == (3_000.0, 1_040.0, 2_000)
    assert (told["false_asks_per_million"], told["false_holds_per_million"]) == (2_000.0, 500.0)
    assert told["honest_elsewhere"] == {"calls": 100, "blocked": 1, "cut": 2, "asked": 3}
    assert told["kinds"][0] == {
        "kind": "flood",
        "incidents": 2,
        "caught": 2,
        "calls": 20,
        "at_stake_yen": 2_000.0,
        "lost_yen": 40.0,
        "lost_share": 0.02,
        "lost_each_yen": {"median": 10.0, "p90": 30.0},
        "calls_before": {"median": 1.0, "p90": 3.0},
        "delay_s": {"median": 1.0, "p90": 3.0},
    }
    assert told["incidents"][2]["delay_s"] is None
    assert (told["truth_calls_missing"], told["asks"], told["holds"]) == (5, 7, 3)
    assert "incidents" not in score_figures(SCORE)
