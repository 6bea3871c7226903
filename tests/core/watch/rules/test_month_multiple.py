"""Rule `month_multiple`, the notice's measure ③: worked figures in yen, multiple 3, floor 5,000, reference 20,000."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.rules import month_multiple
from sekisho.core.watch.rules.month_multiple import MOST_DOUBLINGS, reference, speaks, threshold
from sekisho.core.watch.state import CONTRACT, FAR, NONE

DIALS = dials(Policy(month_multiple=3.0, month_floor=5_000_000, month_new_customer=20_000_000))
MONTH = 2026 * 12 + 5


def contract(last_yen: float, *, first_month: int = MONTH - 6, told: int = 0):
    """A contract in June 2026 that paid so much in May."""
    row = np.zeros(1, CONTRACT)
    row["month"], row["first_month"], row["told_multiple"] = MONTH, first_month, told
    row["last_spend"] = int(last_yen * 1000)
    return row[0]


def milli(yen: float) -> int:
    return int(yen * 1000)


def told_by(row, *yen: float) -> list[bool]:
    """Whether the rule speaks as the month's charges grow through these sums."""
    return [speaks(row, milli(sum_), DIALS[0]) for sum_ in yen]


@pytest.mark.parametrize(
    ("last", "first_month", "compared", "from_yen"),
    [
        (10_000, MONTH - 6, 10_000, 30_000),  # three times last month's
        (1_000, MONTH - 6, 1_000, 5_000),  # but nothing below the floor
        (0, MONTH - 6, 20_000, 60_000),  # nothing paid last month
        (0, MONTH, 20_000, 60_000),  # a new customer
        (10_000, MONTH, 20_000, 60_000),  # new in this month, whatever stands there
        (10_000, MONTH - 1, 10_000, 30_000),
        (333.333, MONTH - 6, 333.333, 5_000),
        (2_000_000, MONTH - 6, 2_000_000, 6_000_000),
    ],
)
def test_where_it_first_speaks(last, first_month, compared, from_yen):
    row = contract(last, first_month=first_month)
    assert reference(row, DIALS[0]) == milli(compared)
    assert threshold(row, DIALS[0]) == milli(from_yen)
    assert not speaks(row, milli(from_yen) - 1, DIALS[0])
    assert speaks(row, milli(from_yen), DIALS[0])


def test_told_again_at_each_doubling_and_not_between():
    row = contract(10_000)
    spent = (29_999, 30_000, 30_001, 59_999, 60_000, 119_999, 120_000, 120_000)
    assert told_by(row, *spent) == [False, True, False, False, True, False, True, False]
    assert row["told_multiple"] == 3


def test_a_leap_over_several_doublings_is_told_once():
    row = contract(10_000)
    assert told_by(row, 130_000, 130_000, 239_999, 240_000) == [True, False, False, True]
    assert row["told_multiple"] == 4


def test_below_the_floor_doublings_wait_for_the_floor():
    """1,000 yen last month: 3,000 is below the floor; at 5,000 it speaks, next at 6,000 and 12,000."""
    row = contract(1_000)
    assert told_by(row, 3_000, 4_999, 5_000, 5_999, 6_000, 12_000) == [False, False, True, False, True, True]


def test_a_contract_that_has_spent_nothing_yet_is_not_judged():
    row = contract(0)
    row["month"] = NONE
    assert not speaks(row, milli(1e9), DIALS[0])


def test_a_tiny_month_before_is_not_told_for_ever():
    """0.001 yen last month: all doublings lie below the floor."""
    row = contract(0.001)
    assert told_by(row, 5_000, 5_001, 1e6, 1e9) == [True, False, False, False]
    assert row["told_multiple"] == MOST_DOUBLINGS
    assert threshold(row, DIALS[0]) == FAR


def test_a_broken_multiple_is_allowed():
    row = contract(10_000)
    half = dials(Policy(month_multiple=2.5, month_floor=0))[0]
    assert threshold(row, half) == milli(25_000)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=30))
def test_it_speaks_exactly_when_the_sum_passes_a_new_threshold(last, growth):
    row = contract(last / 1000)
    spent, before = 0, threshold(row, DIALS[0])
    for more in growth:
        spent += more
        assert speaks(row, spent, DIALS[0]) == (spent >= before)
        before = threshold(row, DIALS[0])
        assert spent < before


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(month_multiple, paper).strip()
    assert month_multiple.__doc__.startswith(f"Rule `{month_multiple.NAME}`: ")


def test_what_it_says():
    facts = {"spent": 31_234.5, "last": 10_000.0, "multiple": 3.0}
    assert month_multiple.EN.format(**facts) == (
        "Charges this month, calls in progress included, are 31,234 yen: at least 3 times "
        "the 10,000 yen of last month (days of it that are not known stand at a reference)"
    )
    assert month_multiple.JA.format(**facts) == (
        "今月の通話料は進行中の通話を含め31,234円で、先月(不明分は基準額)の10,000円の3倍以上です"
    )
