"""Made-up thieves: a wide family, on all kinds of lines, and not to be told from honest calls by their outside."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from sekisho.core.tables import CALLS
from sekisho.lab.tune.carrier import read_carrier
from sekisho.lab.tune.places import build_places
from sekisho.lab.tune.plots import BUSINESS, NIGHT, Timeline, draw_plot, timeline
from sekisho.lab.tune.thieves import LEAST_YEN, inject

HOUR = 3_600_000
LOOKS = (np.array([8_000]), np.array([25_000]), np.array([0, 500]))
T0 = 1_767_571_200_000  # 2026-01-05 09:00 in Japan, a Monday


@pytest.fixture(scope="module")
def thieves(injected):
    """The thieves' outgoing calls, as a table with their incidents."""
    batch = injected.batches[-1]
    fraud = [injected.truth.get(call_id) for call_id in batch.column("call_id").to_pylist()]
    named = pa.table(batch).append_column("incident", pa.array([pair and pair[0] for pair in fraud]))
    return named.filter(pa.compute.is_valid(named["incident"]))


@pytest.fixture(scope="module")
def own_abroad(carrier):
    return carrier.table.take(pa.array(carrier.abroad))


def test_the_carriers_own_calls_stay_as_they_were(carrier, injected):
    kept = pa.Table.from_batches(injected.batches[:-1])
    assert kept.equals(pa.Table.from_batches(carrier.table.to_batches()))
    assert injected.batches[-1].schema == CALLS
    assert injected.incidents > 100
    assert injected.calls == len(injected.truth)


def test_the_same_seed_gives_the_same_calls(carrier, injected):
    again, other = inject(carrier, seed=5, count=120), inject(carrier, seed=6, count=120)
    assert again.batches[-1].equals(injected.batches[-1])
    assert again.truth == injected.truth
    assert not other.batches[-1].equals(injected.batches[-1])


def test_ids_look_like_the_carriers_and_none_comes_twice(carrier, injected):
    ids = [call_id for batch in injected.batches for call_id in batch.column("call_id").to_pylist()]
    assert len(set(ids)) == len(ids)

    def shape(text):
        return re.sub(r"[a-z]", "a", re.sub(r"\d", "0", text))

    own = {len(shape(text)) for text in carrier.table.column("call_id").to_pylist()}
    made = [shape(text) for text in injected.batches[-1].column("call_id").to_pylist()]
    assert np.mean([len(text) in own for text in made]) > 0.99


def milliseconds(table, later, earlier):
    gap = pa.compute.subtract(table[later].cast(pa.int64()), table[earlier].cast(pa.int64()))
    return gap.drop_null().to_numpy()


@pytest.mark.parametrize(("later", "earlier", "modulus"), [("answer", "start", 10**9), ("end", "answer", 1_000)])
def test_rings_and_milliseconds_come_from_the_carriers_own_calls(thieves, own_abroad, later, earlier, modulus):
    own = Counter((milliseconds(own_abroad, later, earlier) % modulus).tolist())
    made = milliseconds(thieves, later, earlier) % modulus
    assert np.mean([value in own for value in made.tolist()]) == 1.0
    assert abs(np.median(made) - np.median(milliseconds(own_abroad, later, earlier) % modulus)) < modulus * 0.3


def test_causes_and_sources_are_the_carriers(thieves, own_abroad):
    def kinds(table, name, *, answered):
        rows = table.filter(pa.compute.equal(pa.compute.is_valid(table["answer"]), answered))
        return set(rows[name].cast(pa.string()).to_pylist())

    for answered in (True, False):
        assert kinds(thieves, "cause", answered=answered) <= kinds(own_abroad, "cause", answered=answered)
    assert set(thieves["source"].cast(pa.string()).to_pylist()) <= set(
        own_abroad["source"].cast(pa.string()).to_pylist()
    )


def test_victims_are_busy_lines_and_lines_that_never_call_abroad(thieves, own_abroad):
    robbed, abroad = set(thieves["line"].to_pylist()), set(own_abroad["line"].to_pylist())
    assert len(robbed & abroad) > 20
    assert len(robbed - abroad) > 10


def test_there_is_no_time_without_thieves(carrier, thieves):
    start = np.sort(thieves["start"].cast(pa.int64()).to_numpy())
    span = carrier.ends - carrier.begins
    assert start[0] < carrier.begins + 0.03 * span
    assert np.diff(start).max() < 0.15 * span


def test_thieves_are_of_many_kinds(injected):
    kinds = Counter(dict.fromkeys(injected.truth.values()))
    found = {kind for _, kind in kinds}
    assert len(found) >= 8
    sizes = Counter(name for name, _ in injected.truth.values())
    assert min(sizes.values()) <= 3
    assert max(sizes.values()) >= 400


def test_what_thieves_do_is_wide_in_every_respect():
    rng = np.random.default_rng(1)
    plots = [draw_plot(rng) for _ in range(3_000)]
    for name, low, high in (
        ("rate", 0.4, 1_200), ("channels", 1, 25), ("talk_s", 8, 4_000), ("span_h", 0.6, 80), ("countries", 1, 35),
        ("numbers", 1, 150), ("answered", 0.2, 0.99), ("gap_shape", 0.5, 8),
    ):  # fmt: skip
        values = np.array([getattr(plot, name) for plot in plots])
        assert np.quantile(values, 0.05) <= low < high <= np.quantile(values, 0.99), name
    for name in ("mimic", "through", "probes", "prefixes", "step", "redial", "made_up"):
        share = np.mean([bool(getattr(plot, name)) for plot in plots])
        assert 0.05 < share < 0.75, name
    assert 0.04 < np.mean([plot.lines > 1 for plot in plots]) < 0.12


def test_a_timeline_keeps_to_its_channels_hours_and_end():
    rng = np.random.default_rng(2)
    for seed in range(60):
        plot = draw_plot(np.random.default_rng(seed))
        made = timeline(plot, T0, T0 + 5 * 24 * HOUR, LOOKS, rng)
        assert isinstance(made, Timeline)
        pump = made.purpose == 2
        start, end = made.start[pump], made.end[pump]
        assert (np.diff(start) >= 0).all()
        assert (made.start[1:] <= T0 + 5 * 24 * HOUR).all()
        at_once = max((np.sum((start <= at) & (end > at)) for at in start.tolist()), default=0)
        assert at_once <= plot.channels
        hours = ((start + 9 * HOUR) // HOUR) % 24
        if plot.hours == NIGHT:
            assert ((hours >= 22) | (hours < 6)).all()
        if plot.hours == BUSINESS:
            assert ((hours >= 9) & (hours < 18)).all()


def test_before_the_pumping_come_attempts_and_probes_and_a_pause():
    plots = (draw_plot(np.random.default_rng(seed)) for seed in range(400))
    plot = next(each for each in plots if each.probes and each.prefixes)
    made = timeline(plot, T0, T0 + 60 * 24 * HOUR, LOOKS, np.random.default_rng(1))
    assert (made.purpose == 0).sum() == plot.prefixes
    assert (made.purpose == 1).sum() == plot.probes
    pause = made.start[made.purpose == 2].min() - made.end[made.purpose == 1].max()
    assert pause == pytest.approx(plot.pause_h * HOUR, abs=1.0) or plot.hours != 0


def test_places_cover_the_world_and_cost_what_the_tariff_says(carrier, tariff):
    places = build_places(carrier.plan, tariff, "0312345678", T0)
    assert np.unique(places.country).size > 200
    assert np.sum(places.yen >= LEAST_YEN) > 500
    by_head = dict(zip(places.head.tolist(), places.yen.tolist(), strict=True))
    assert any(head.startswith("1") and yen == 9 for head, yen in by_head.items())
    assert any(head.startswith("88") and yen == 700 for head, yen in by_head.items())


def test_a_dial_through_is_spanned_by_a_call_that_came_in(injected):
    batch = pa.table(injected.batches[-1])
    came = batch.filter(pa.compute.equal(batch["direction"].cast(pa.string()), "in"))
    assert came.num_rows > 20
    assert not set(came["call_id"].to_pylist()) & set(injected.truth)
    spans = {(row["line"], row["start"], row["end"]) for row in came.to_pylist()}
    out = batch.filter(pa.compute.equal(batch["direction"].cast(pa.string()), "out")).to_pylist()
    spanned = [
        any(line == row["line"] and begun < row["start"] and row["end"] <= over for row in out)
        for line, begun, over in sorted(spans)[:20]
    ]
    assert all(spanned)


def test_a_campaign_is_one_incident_on_several_lines(injected, thieves):
    campaigns = {name for name, kind in injected.truth.values() if kind == "campaign"}
    rows = [row for row in thieves.to_pylist() if row["incident"] in campaigns]
    lines = Counter(name for name, _ in {(row["incident"], row["line"]) for row in rows})
    assert max(lines.values()) >= 4
    calls = Counter((row["incident"], row["line"]) for row in rows)
    assert np.median(list(calls.values())) <= 12


def test_a_carrier_that_never_calls_abroad_can_be_robbed_too(honest_batches, tariff, carrier):
    at_home = carrier.table.take(pa.array(np.flatnonzero(carrier.calls["international"] == 0)))
    quiet = read_carrier(at_home.to_batches(), tariff, "default")
    made = inject(quiet, seed=1, count=10)
    assert made.incidents >= 8
    assert quiet.abroad.size == 0
