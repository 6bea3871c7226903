"""From traces to examples: what an event may still save, which honest days count, worked by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from sekisho.core.terms.call import Feed
from sekisho.core.units import FREE, Price
from sekisho.core.watch.judged import new_calls
from sekisho.core.watch.policy import Policy
from sekisho.lab.backtest import backtest
from sekisho.lab.tune.examples import BLOCK_MS, SHADOW_MS, Traced, honest_maxima, traced, yen_until_next
from sekisho.lab.tune.training import LINE_OF, Examples
from sekisho.lab.tune.weighing import lost_yen

PRICES = np.array([Price(60_000, 100_000, 60_000, 100_000, 0, 0), FREE], np.int64)  # 100 yen a minute
MINUTE = 60_000


def some_calls(*rows):
    """Calls at rate 0 from (start, answer, end) in minutes; the charge is what the tariff says."""
    calls = new_calls(len(rows))
    for call, (start, answer, end) in zip(calls, rows, strict=True):
        call["start"], call["answer"], call["end"] = start * MINUTE, answer * MINUTE, end * MINUTE
        call["rate"], call["charge"] = 0, 100_000 * -(-(end - answer) // 1)
    return calls


def test_an_event_is_worth_what_the_incident_costs_until_the_next():
    # Call 0: answered at 1, ends at 5, 400 yen. Call 1: answered at 4, ends at 6, 200 yen. Looks at 3, end at 6.
    calls = some_calls((0, 1, 5), (4, 4, 6))
    at = np.array([0, 1, 3, 4, 6]) * MINUTE
    yen = yen_until_next(calls, np.zeros(2, np.int64), np.zeros(5, np.int64), at, PRICES)
    # If its line is held then, it costs: nothing; a unit; three begun (2 min and 1 s); four; everything.
    np.testing.assert_allclose(yen, [100, 200, 100, 200, 0])
    assert yen.sum() == 600


def test_what_comes_before_the_first_event_is_no_events_worth():
    calls = some_calls((0, 0, 2))  # a CDR feed knows of it when it is over
    yen = yen_until_next(calls, np.zeros(1, np.int64), np.zeros(1, np.int64), np.array([2 * MINUTE]), PRICES)
    assert yen.tolist() == [0.0]


def test_honest_rows_are_worth_nothing():
    calls = some_calls((0, 0, 2))
    nobody = np.full(1, -1)
    assert yen_until_next(calls, nobody, nobody, np.array([0]), PRICES).tolist() == [0.0]


def plain(line, at, segment, incident, quiet=()):
    """Traces of these events; `quiet`: (line, day) on which a line only did what it always does."""
    size = len(line)
    day = np.array(at) // (24 * 3_600_000)
    examples = Examples(
        np.zeros((size, 1), np.float32), np.array(incident), np.zeros(size), np.array(line) << LINE_OF | day
    )
    honest = examples.line_day[np.array(incident) < 0].tolist() + [one << LINE_OF | each for one, each in quiet]
    days = np.unique(np.array(honest, np.int64))
    return Traced(examples, np.array(at), np.array(segment, np.int8), np.zeros(size), days, [])


def test_a_line_day_can_be_disturbed_once_in_four_hours():
    of = plain([1, 1, 1, 1, 2, 2], [0, BLOCK_MS - 1, BLOCK_MS, 7 * BLOCK_MS, 0, 1], [3] * 6, [-1] * 5 + [0])
    maxima, days = honest_maxima(of, np.array([1.0, 4.0, 2.0, 3.0, 5.0, 9.0]))
    assert maxima[3].tolist() == [4.0, 2.0, 3.0, 5.0]
    assert days == {3: 3}


def test_each_segment_has_maxima_of_its_own():
    of = plain([1, 1, 2], [0, 1, 2], [0, 1, 1], [-1] * 3)
    maxima, days = honest_maxima(of, np.array([1.0, 2.0, 3.0]), np.array([0, 1]))
    assert {segment: values.tolist() for segment, values in maxima.items()} == {0: [1.0], 1: [2.0]}
    assert days == {0: 0, 1: 1}, "the day counts where its line was judged last"


def test_a_day_of_old_habits_is_a_line_day_too():
    day = 24 * 3_600_000
    of = plain([1, 1, 2], [2 * day, 9 * day, 0], [0, 3, 2], [-1] * 3, [(1, 1), (1, 5), (1, 30), (2, 3), (7, 3)])
    maxima, days = honest_maxima(of, np.array([1.0, 2.0, 3.0]))
    assert {segment: values.tolist() for segment, values in maxima.items()} == {0: [1.0], 2: [3.0], 3: [2.0]}
    assert days == {0: 3, 2: 2, 3: 2}, "line 7 was never judged"


@pytest.fixture(scope="module")
def run(injected, tariff):
    return backtest(injected.batches, tariff, Policy(), Feed.LIVE, trace=True)


def of_thieves(run, injected):
    """Which calls of the run are thieves'."""
    return pa.compute.is_in(run.call_ids, pa.array(list(injected.truth))).to_numpy()


def test_traces_of_a_whole_backtest_become_examples(run, injected, tariff):
    of = traced(run, injected.truth, tariff.prices)
    incident = of.examples.incident
    assert (np.diff(of.at) >= 0).all()
    assert len(of.named) == incident.max() + 1
    assert set(of.named) <= set(injected.truth.values())
    at_stake = lost_yen(incident, of.examples.yen, np.zeros(incident.size, np.bool_))[0]
    fraud = of_thieves(run, injected)
    assert at_stake == pytest.approx(run.calls["charge"][fraud].sum() / 1_000, rel=0.02)
    assert np.isfinite(of.examples.features).all()


def test_honest_calls_near_a_thief_are_left_out(run, injected, tariff):
    of = traced(run, injected.truth, tariff.prices)
    line = of.examples.line_day >> LINE_OF
    fraud = of_thieves(run, injected)
    thief = run.calls[fraud][0]
    near = (line == thief["line"]) & (of.at >= thief["start"]) & (of.at <= thief["end"] + SHADOW_MS)
    assert (of.examples.incident[near] >= 0).all()
    abroad = (run.calls["international"] == 1) & (run.calls["outgoing"] == 1)
    assert of.line_days.size < traced(run, {}, tariff.prices).line_days.size <= abroad.sum()
    everything = traced(run, {}, tariff.prices)
    assert (everything.examples.incident == -1).all()
    assert everything.at.size == run.traces.size


def test_what_came_before_any_thief_could_is_left_out(run, injected, tariff):
    fraud = of_thieves(run, injected)
    calls = run.calls[fraud]
    late = np.median(calls["start"])
    ids = run.call_ids.filter(pa.array(fraud & (run.calls["start"] >= late))).to_pylist()
    truth = {call_id: injected.truth[call_id] for call_id in ids}
    of = traced(run, truth, tariff.prices)
    assert of.at.min() >= calls["start"][calls["start"] >= late].min()
    assert (of.examples.incident == -1).any()


def test_a_second_hold_is_needed_after_four_hours(run, injected, tariff):
    of = traced(run, injected.truth, tariff.prices)
    rows = np.flatnonzero(of.examples.incident >= 0)
    starts = of.at[rows]
    first = np.full(len(of.named), 1 << 62)
    np.minimum.at(first, of.examples.incident[rows], starts)
    beginning = np.isin(run.traces["event"], [0])
    assert beginning.any()
    late = starts - first[of.examples.incident[rows]]
    assert np.quantile(late, 0.9) <= BLOCK_MS + 6 * 3_600_000
    assert len(of.named) > injected.incidents
