"""Rule `monthly_limit`: the customer's own limit for a billing month."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.terms.instants import DAY_MS, parse_rfc3339
from sekisho.core.watch.rules import monthly_limit
from sekisho.core.watch.rules.monthly_limit import may_tell, reached
from sekisho.core.watch.spend import turn_to
from sekisho.core.watch.state import AGREED, new_state

JUNE = parse_rfc3339("2026-06-15T03:00:00Z")


def agreed(limit: int):
    row = np.zeros(1, AGREED)
    row["monthly_limit"] = limit
    return row[0]


@pytest.mark.parametrize(
    ("limit", "spent", "holds"),
    [
        (100_000_000, 99_999_999, False),
        (100_000_000, 100_000_000, True),
        (100_000_000, 100_000_001, True),
        (0, 0, False),  # no limit
        (0, 10**15, False),
    ],
)
def test_where_it_is_reached(limit, spent, holds):
    assert reached(agreed(limit), spent) is holds


def test_the_other_limit_is_not_meant():
    row = agreed(0)
    row["daily_limit"] = 1
    assert not reached(row, 2)


def test_the_desk_is_told_once_a_month():
    row = new_state(1, 1).contracts[0]
    turn_to(row, JUNE)
    assert [may_tell(row), may_tell(row)] == [True, False]
    turn_to(row, JUNE + 16 * DAY_MS)
    assert [may_tell(row), may_tell(row)] == [True, False]


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(monthly_limit, paper).strip()
    assert monthly_limit.__doc__.startswith(f"Rule `{monthly_limit.NAME}`: ")


def test_what_it_says():
    facts = {"spent": 100_250.0, "limit": 100_000.0}
    assert monthly_limit.JA.format(**facts) == "今月の通話料が100,250円となり、月の上限100,000円に達しました"
    assert monthly_limit.EN.format(**facts) == (
        "Charges of this month are 100,250 yen and have reached the limit of 100,000 yen a month"
    )
