"""A simulated carrier: the same for the same seed, as many incidents as asked for, calls that hang together."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from tests.lab.simulator.simulated_carrier import DAYS, FIRST_MS, INCIDENTS, LINES, rows_of

from sekisho.core.tables import CALL_FIELDS
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.instants import DAY_MS
from sekisho.lab.simulator.attacks.kinds import KINDS
from sekisho.lab.simulator.attacks.scene import QUIET_DAYS
from sekisho.lab.simulator.simulation import simulate


def hash_of(simulation):
    sink = pa.BufferOutputStream()
    for table in (simulation.calls, simulation.truth, simulation.lines):
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def small(seed, **other):
    return simulate(**{"seed": seed, "lines": 300, "days": 14, "incidents": 1, "first_day_ms": FIRST_MS, **other})


def test_the_same_seed_gives_the_same_calls_and_another_one_others():
    assert hash_of(small(3)) == hash_of(small(3))
    assert hash_of(small(3)) != hash_of(small(4))


def test_attacks_do_not_change_the_honest_calls():
    honest, attacked = small(5, kinds=()), rows_of(small(5))
    starts = honest.calls.column("start").cast(pa.int64()).to_numpy() // 1_000
    assert honest.truth.num_rows == 0
    assert Counter(starts.tolist()).total() == len(starts) > 10_000
    theirs = attacked.start[(attacked.kind == "") & attacked.outgoing] // 1_000
    outgoing = np.array(honest.calls.column("direction").cast(pa.string()).to_pylist()) == "out"
    assert sorted(starts[outgoing].tolist()) == sorted(theirs.tolist())


def test_the_columns_are_those_of_calls(rows):
    assert rows.simulation.calls.schema == pa.schema(CALL_FIELDS)
    assert rows.simulation.truth.column_names == ["call_id", "incident", "kind"]
    assert rows.simulation.lines.column_names == ["line", "segment"]


def test_every_kind_has_its_incidents(rows):
    incidents = {(row["kind"], row["incident"]) for row in rows.simulation.truth.to_pylist()}
    assert Counter(kind for kind, _ in incidents) == dict.fromkeys(KINDS, INCIDENTS)


def test_calls_are_in_order_within_the_period_and_distinct(rows):
    assert (np.diff(rows.start) >= 0).all()
    assert rows.start[0] >= FIRST_MS
    assert rows.start[-1] < FIRST_MS + DAYS * DAY_MS
    assert len(set(rows.call_id.tolist())) == len(rows.call_id)


def test_a_call_is_answered_after_its_start_and_ends_after_its_answer(rows):
    assert (rows.answer[rows.answered] >= rows.start[rows.answered]).all()
    assert (rows.end >= np.maximum(rows.answer, rows.start)).all()
    assert ((rows.cause == 200) == rows.answered).all()


def test_the_first_week_is_free_of_attacks(rows):
    assert rows.start[rows.fraud].min() >= FIRST_MS + QUIET_DAYS * DAY_MS


def test_a_line_has_one_incident_at_most(rows):
    pairs = set(zip(rows.line[rows.fraud].tolist(), rows.incident[rows.fraud].tolist(), strict=True))
    assert len(pairs) == len({line for line, _ in pairs}) > len(KINDS) * INCIDENTS


def test_victims_go_on_calling_and_some_never_rang_abroad(rows):
    victims = np.unique(rows.line[rows.fraud])
    honest = rows.line[~rows.fraud]
    assert np.isin(victims, honest).mean() > 0.97
    abroad_before = np.isin(victims, rows.line[rows.abroad & ~rows.fraud])
    assert 0.15 < abroad_before.mean() < 0.95


def test_thieves_ring_abroad_but_for_prefixes_that_lead_nowhere(rows):
    tries = rows.fraud & ~rows.abroad
    assert set(rows.kind[tries].tolist()) == {"enumeration"}
    assert not rows.answered[tries].any()
    assert (rows.abroad & rows.fraud).sum() > 20 * tries.sum()


def test_honest_traffic_is_what_the_world_says(rows):
    world, honest = rows.simulation.world, ~rows.fraud
    international = (honest & rows.abroad).sum() / honest.sum()
    assert international == pytest.approx(world.international_share, abs=0.03)
    assert (honest & ~rows.outgoing).sum() / honest.sum() == pytest.approx(world.incoming_share, abs=0.06)
    at_home = honest & rows.outgoing & ~rows.abroad
    assert 1 - rows.answered[at_home].mean() == pytest.approx(world.unanswered, abs=0.04)
    lines = len(np.unique(rows.line[honest & rows.abroad])) / LINES
    assert world.abroad_share - 0.12 < lines < world.abroad_share + 0.15


@pytest.mark.parametrize("seed", range(20, 26))
def test_every_world_keeps_within_the_bounds(seed):
    rows = rows_of(simulate(seed, 800, 28, 0, FIRST_MS))
    assert 0.11 < rows.abroad.mean() < 0.26
    assert 0.29 < (~rows.outgoing).mean() < 0.55
    assert 0.12 < 1 - rows.answered[rows.abroad].mean() < 0.5
    assert {row["segment"] for row in rows.simulation.lines.to_pylist()} >= {"home", "trading", "fax", "branch", "rare"}


def test_honest_lines_open_new_countries_dear_ones_too(rows):
    honest = rows.abroad & ~rows.fraud
    first = {}
    for line, country, start in zip(rows.line[honest], rows.numbered.country[honest], rows.start[honest], strict=True):
        first.setdefault((line, country), start)
    late = sum(start > FIRST_MS + QUIET_DAYS * DAY_MS for start in first.values())
    days = len(set(zip(rows.line[honest].tolist(), (rows.start[honest] // DAY_MS).tolist(), strict=True)))
    assert 0.02 < late / days < 0.25


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"lines": 10}, "10 lines are too few"),
        ({"days": 8}, "8 days are too few"),
        ({"incidents": -1}, "-1 incidents cannot be"),
        ({"kinds": ("flod",)}, "flod: there is no such kind; use flood, blitz"),
        ({"incidents": 90}, "take --lines 3780 or more"),
    ],
)
def test_what_cannot_be_is_said(wrong, says):
    with pytest.raises(BadSetting, match=says):
        small(1, **wrong)
