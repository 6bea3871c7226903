"""Rule `concurrent_calls`: calls abroad at a time, over all lines of the contract."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.watch.kernel import END, START, Call, Kernel

from sekisho.core.terms.instants import parse_rfc3339
from sekisho.core.watch.assign import join_contract
from sekisho.core.watch.rules import concurrent_calls
from sekisho.core.watch.rules.concurrent_calls import is_above
from sekisho.core.watch.state import AGREED

NOON = parse_rfc3339("2026-06-15T03:00:00Z")


@pytest.mark.parametrize(("limit", "calls", "above"), [(2, 2, False), (2, 3, True), (0, 300, False), (1, 1, False)])
def test_above_is_more_than_agreed(limit, calls, above):
    row = np.zeros(1, AGREED)
    row["concurrent_calls"] = limit
    assert is_above(row[0], calls) is above


def test_ringing_calls_of_all_lines_count_and_calls_at_home_do_not():
    kernel = Kernel(concurrent_calls=2)
    join_contract(kernel.state, 1, 0)
    kernel.tell(Call(0, NOON), START).tell(Call(1, NOON + 1, line=1), START)
    kernel.tell(Call(2, NOON + 2, international=False), START).tell(Call(3, NOON + 3, line=2), START)
    assert kernel.said() == []
    kernel.tell(Call(4, NOON + 4, line=1), START)
    assert kernel.said() == [("concurrent_calls", "HOLD", 1, NOON + 4)]
    assert kernel.room.rows[0]["facts"].tolist()[:2] == [3.0, 2.0]


def test_calls_that_are_over_make_room():
    kernel = Kernel(concurrent_calls=1, automatic_hold=False)
    for handle in range(5):
        call = Call(handle, NOON + handle * 10, end=NOON + handle * 10 + 5)
        kernel.tell(call, START).tell(call, END)
    assert kernel.said() == []


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(concurrent_calls, paper).strip()
    assert concurrent_calls.__doc__.startswith(f"Rule `{concurrent_calls.NAME}`: ")
