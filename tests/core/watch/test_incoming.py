"""Incoming calls of a line: they change nothing but what its calls abroad may be spanned by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.core.watch.feed import MONDAY, Call, Watch, attack, to_arrays, told

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS
from sekisho.core.watch.policy import Policy


def test_incoming_calls_change_only_what_they_may_span():
    watch = Watch(daily_limit=1)
    before = {name: rows.copy() for name, rows in to_arrays(watch.state).items()}
    inside = [replace(call, answer=call.start, outgoing=False) for call in attack(2, gap_ms=1_000)]
    rows = watch.records(inside)
    what, at = told(inside)
    for first, last, incoming in ((0, 4, 2), (4, 5, 1), (5, 6, 0)):
        watch.run(rows, what[first:last], at[first:last])
        assert watch.state.lines["incoming"][0] == incoming
    assert watch.state.lines["incoming_since"][0] == MONDAY
    assert watch.verdicts() == []
    before["watch.totals"]["now"] = watch.state.totals["now"]
    before["watch.lines"]["incoming_since"][0] = MONDAY
    for name, rows in to_arrays(watch.state).items():
        np.testing.assert_array_equal(rows, before[name])


def test_a_call_abroad_within_an_incoming_one_is_dial_through():
    watch = Watch()
    inside = Call(MONDAY, MONDAY, MONDAY + HOUR_MS, outgoing=False)
    watch.live(inside, Call(MONDAY + MINUTE_MS), Call(MONDAY + 2 * HOUR_MS, number=9))
    opened = watch.state.open[: watch.state.totals["slots_used"][0]]
    assert opened["sight"]["through"].tolist() == [1, 0]


def test_an_incoming_call_whose_end_never_comes_spans_no_more_than_twelve_hours():
    lost, later = Call(MONDAY, MONDAY, outgoing=False), MONDAY + 20 * HOUR_MS
    answered = Call(later, later, later + HOUR_MS, outgoing=False)
    out = [Call(MONDAY + hours * HOUR_MS + MINUTE_MS) for hours in (11, 13, 20, 22)]
    watch = Watch(Policy(ask_nats=(1e9,) * 4, hold_nats=(1e9,) * 4)).live(lost, answered, *out)
    opened = watch.state.open[: watch.state.totals["slots_used"][0]]
    assert opened["sight"]["through"].tolist() == [1, 0, 1, 0]
    assert watch.state.lines["incoming"][0] == 0, "the one lost is not counted any more"


def test_incoming_calls_that_are_no_longer_counted_do_not_end_those_that_are():
    """One that lasts past the twelve hours ends while two later ones are up."""
    long = Call(MONDAY, MONDAY, MONDAY + 15 * HOUR_MS, outgoing=False)
    later = [Call(MONDAY + hour * HOUR_MS, MONDAY + hour * HOUR_MS, outgoing=False) for hour in (13, 14)]
    out = [Call(MONDAY + hour * HOUR_MS + MINUTE_MS) for hour in (14, 16)]
    watch = Watch(Policy(ask_nats=(1e9,) * 4, hold_nats=(1e9,) * 4)).live(long, *later, *out)
    opened = watch.state.open[: watch.state.totals["slots_used"][0]]
    assert opened["sight"]["through"][opened["international"] == 1].tolist() == [1, 1]
    assert watch.state.lines["incoming"][0] == 2
