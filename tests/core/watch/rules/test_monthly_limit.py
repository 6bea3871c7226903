"""Rule `monthly_limit`: the customer's own limit for a billing month."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.watch.rules import monthly_limit
from sekisho.core.watch.rules.monthly_limit import may_tell, reached
from sekisho.core.watch.state import CONTRACT, NONE

MONTH = 2026 * 12 + 5


def contract(limit: int):
    row = np.zeros(1, CONTRACT)
    row["monthly_limit"], row["told_month"], row["month"] = limit, NONE, MONTH
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
    assert reached(contract(limit), spent) is holds


def test_the_other_limit_is_not_meant():
    row = contract(0)
    row["daily_limit"] = 1
    assert not reached(row, 2)


def test_the_desk_is_told_once_a_month():
    row = contract(1)
    assert [may_tell(row), may_tell(row)] == [True, False]
    row["month"] = MONTH + 1
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
