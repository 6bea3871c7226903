"""Rule `international_monthly_limit`: the customer's limit on calls abroad in a billing month."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.watch.kernel import ANSWER, END, START, Call, Kernel

from sekisho.core.terms.instants import DAY_MS, MINUTE_MS, parse_rfc3339
from sekisho.core.watch.rules import international_monthly_limit as rule
from sekisho.core.watch.rules import monthly_limit
from sekisho.core.watch.spend import turn_to
from sekisho.core.watch.state import AGREED, new_state

NOON = parse_rfc3339("2026-06-15T03:00:00Z")


@pytest.mark.parametrize(("limit", "spent", "holds"), [(5, 4, False), (5, 5, True), (0, 0, False), (0, 10**15, False)])
def test_where_it_is_reached(limit, spent, holds):
    row = np.zeros(1, AGREED)
    row["international_monthly_limit"] = limit
    assert rule.reached(row[0], spent) is holds


def test_the_desk_is_told_once_a_month_of_each_limit():
    row = new_state(1, 1).contracts[0]
    turn_to(row, NOON)
    assert [rule.may_tell(row), rule.may_tell(row), monthly_limit.may_tell(row)] == [True, False, True]
    turn_to(row, NOON + 16 * DAY_MS)
    assert [rule.may_tell(row), rule.may_tell(row)] == [True, False]


def test_charges_at_home_do_not_count():
    kernel = Kernel(international_monthly_limit=400_000, automatic_hold=False)
    for handle in range(10):
        kernel.tell(Call(handle, NOON, NOON, NOON + MINUTE_MS, international=False), END)
    for handle in (10, 11):
        kernel.tell(Call(handle, NOON, NOON, NOON + MINUTE_MS), END)
    assert kernel.said() == []
    kernel.tell(Call(12, NOON, NOON, NOON + MINUTE_MS), END)
    assert kernel.said() == [(rule.NAME, "ALERT", 0, NOON + MINUTE_MS)]


def test_it_is_spoken_during_the_call_even_beside_calls_at_home():
    kernel = Kernel(international_monthly_limit=400_000, automatic_hold=True)
    for call in (Call(0, NOON, NOON, international=False), Call(1, NOON, NOON)):
        kernel.tell(call, START).tell(call, ANSWER)
    assert kernel.tick(NOON + 5 * MINUTE_MS).said() == [(rule.NAME, "HOLD", 0, NOON + 2 * MINUTE_MS - 1_000)]


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(rule, paper).strip()
    assert rule.__doc__.startswith(f"Rule `{rule.NAME}`: ")
