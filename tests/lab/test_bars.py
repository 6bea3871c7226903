"""Asks and holds as arrays: their order, their scopes, how often a rule may speak."""

from __future__ import annotations

import numpy as np
import pytest
from tests.lab.worked_calls import at, backtested

from sekisho.core.digits.packed import pack
from sekisho.core.terms.call import Action
from sekisho.core.terms.errors import BadSetting
from sekisho.lab.bars import BAR_MS, bars_of, holds, scope_prefixes, spaced

HOUR = 3_600_000


def prefixes(bars, row):
    return bars.prefixes[bars.first[row] : bars.first[row + 1]].tolist()


def test_the_asks_and_holds_of_a_run_by_line_and_time():
    run = backtested(
        {},
        [
            (2, at("09:00:00"), "hold"),
            (1, at("11:00:00"), "ask", "232 371"),
            (1, at("10:00:00"), "alert"),
            (1, at("08:00:00"), "hold", "232"),
        ],
    )
    bars = bars_of(run)
    assert bars.line.tolist() == [1, 1, 2]
    assert bars.at.tolist() == [at("08:00:00"), at("11:00:00"), at("09:00:00")]
    assert (bars.until - bars.at).tolist() == [4 * HOUR] * 3 == [BAR_MS] * 3
    assert bars.action.tolist() == [Action.HOLD, Action.ASK, Action.HOLD]
    assert [prefixes(bars, row) for row in range(3)] == [[pack("232")], [pack("232"), pack("371")], []]
    assert bars.of_lines(4).tolist() == [0, 0, 2, 3, 3]
    assert bars.longest_ms == BAR_MS


def test_a_run_that_said_nothing():
    bars = bars_of(backtested({}))
    assert (bars.at.size, bars.first.tolist(), bars.longest_ms, bars.of_lines(1).tolist()) == (0, [0], 0, [0, 0])


@pytest.mark.parametrize("scope", ["", "japan", "232,371", "232  371", " 232", "+232", "12345678901234567"])
def test_a_scope_that_is_none(scope):
    with pytest.raises(BadSetting, match=r"give international, or E\.164 prefixes with one space between"):
        scope_prefixes(scope)


def test_holds_each_on_one_prefix():
    line, instants = np.array([1, 0], np.int32), np.array([5, 7])
    bars = holds(line, instants, instants + 1, np.array([pack("44"), pack("1")], np.uint64))
    assert [prefixes(bars, row) for row in range(2)] == [[pack("1")], [pack("44")]]


def test_a_rule_speaks_again_only_behind_the_gap_by_line_and_scope():
    rows = [(1, 0, 0), (1, 0, 9), (1, 0, 10), (1, 0, 19), (1, 0, 21), (1, 7, 11), (2, 0, 12), (1, 0, 20)]
    line, scope, instants = (np.array(column) for column in zip(*rows, strict=True))
    kept = spaced(line.astype(np.int32), scope.astype(np.uint64), instants, 10)
    assert [row for row, keep in zip(rows, kept, strict=True) if keep] == [
        (1, 0, 0),
        (1, 0, 10),
        (1, 7, 11),
        (2, 0, 12),
        (1, 0, 20),
    ]
