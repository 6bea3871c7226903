"""Ordinary callers: alive at any hour, abroad only as they always were."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.terms.instants import parse_rfc3339
from sekisho.demo.callers import make_callers
from sekisho.demo.cast import make_cast
from sekisho.demo.ordinary import A_SECOND, Ordinary

EAST = make_cast()[0]
CALLERS = make_callers(EAST, 1)
NOON = parse_rfc3339("2026-11-24T03:00:00Z")
NIGHT = parse_rfc3339("2026-11-24T18:00:00Z")  # 3 o'clock in Japan


def drawn(at, count=1_500):
    ordinary = Ordinary(np.random.default_rng(1), CALLERS)
    return [ordinary.next_call(at) for _ in range(count)], [ordinary.gap_s(at) for _ in range(count)]


@pytest.mark.parametrize("at", [NOON, NIGHT], ids=["noon", "night"])
def test_there_is_always_something_to_see(at):
    calls, gaps = drawn(at)
    assert 0.8 / A_SECOND < np.mean(gaps) < 1.2 / A_SECOND
    assert len({call.line for call in calls}) > len(CALLERS) / 3


def test_calls_abroad_keep_the_pace_of_the_history():
    calls, gaps = drawn(NOON)
    abroad = [call for call in calls if call.number.startswith("010")]
    habit = {caller.line.national: caller for caller in CALLERS}
    assert 0 < len(abroad) < 0.06 * len(calls)
    assert all(call.number in habit[call.line].numbers_abroad for call in abroad)
    hourly = len(abroad) / sum(gaps) * 3_600
    working_day = sum(caller.abroad for caller in CALLERS)
    assert hourly < 0.25 * working_day


def test_at_night_hardly_anybody_rings_abroad():
    calls, _ = drawn(NIGHT)
    assert [call for call in calls if call.number.startswith("010")] == []


def test_no_call_is_the_attacks():
    calls, _ = drawn(NOON, 200)
    assert not any(call.attack for call in calls)
    assert all(call.talk_ms <= 400_000 for call in calls)
    assert {call.cause for call in calls if not call.talk_ms} <= {480, 486, 487}


def test_the_pace_is_a_setting():
    quick = Ordinary(np.random.default_rng(1), CALLERS, pace=10)
    assert np.mean([quick.gap_s(NOON) for _ in range(1_000)]) < 0.15
