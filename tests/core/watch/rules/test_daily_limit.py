"""Rule `daily_limit`: the customer's own limit for 24 hours."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.terms.instants import HOUR_MS
from sekisho.core.watch.rules import daily_limit
from sekisho.core.watch.rules.daily_limit import may_tell, reached
from sekisho.core.watch.state import AGREED, CONTRACT

NOON = 1_780_000_000_000


def agreed(limit: int):
    row = np.zeros(1, AGREED)
    row["daily_limit"] = limit
    return row[0]


@pytest.mark.parametrize(
    ("limit", "spent", "holds"),
    [
        (50_000_000, 49_999_999, False),
        (50_000_000, 50_000_000, True),
        (50_000_000, 50_000_001, True),
        (1, 1, True),
        (0, 0, False),  # no limit
        (0, 10**15, False),
    ],
)
def test_where_it_is_reached(limit, spent, holds):
    assert reached(agreed(limit), spent) is holds


def test_the_other_limit_is_not_meant():
    row = agreed(0)
    row["monthly_limit"] = 1
    assert not reached(row, 2)


def test_the_desk_is_told_once_in_three_hours():
    row = np.zeros(1, CONTRACT)[0]
    hours = (0, 1, 2.999, 3, 5.999, 6, 30, 31)
    assert [may_tell(row, NOON + int(hour * HOUR_MS)) for hour in hours] == [
        *(True, False, False, True),
        *(False, True, True, False),
    ]


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(daily_limit, paper).strip()
    assert daily_limit.__doc__.startswith(f"Rule `{daily_limit.NAME}`: ")


def test_what_it_says():
    facts = {"spent": 60_112.0, "limit": 50_000.0}
    assert daily_limit.JA.format(**facts) == "直近24時間の通話料が60,112円となり、1日の上限50,000円に達しました"
    assert daily_limit.EN.format(**facts) == (
        "Charges of the last 24 hours are 60,112 yen and have reached the limit of 50,000 yen a day"
    )
