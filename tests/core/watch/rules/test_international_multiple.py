"""Rule `international_multiple`: the notice's rule on calls abroad alone; rules.md, section 3."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.watch.pages import milli, table

from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.rules import international_multiple
from sekisho.core.watch.rules.international_multiple import MOST_DOUBLINGS, reference, speaks, threshold
from sekisho.core.watch.state import CONTRACT, FAR, NONE

DIALS = dials(Policy())
MONTH = 2026 * 12 + 5


def contract(abroad_last: int, *, all_last: int = 10**9, first_month: int = MONTH - 6):
    row = np.zeros(1, CONTRACT)
    row["month"], row["first_month"], row["first_day"] = MONTH, first_month, 1
    row["last_spend"], row["abroad_last"] = all_last, abroad_last
    return row[0]


@pytest.mark.parametrize("cells", [row for row in table("rule", "compared") if row[0] == international_multiple.NAME])
def test_it_speaks_where_the_page_says(cells):
    _, compared, *told = cells
    row = contract(milli(compared))
    for at in map(milli, told):
        assert threshold(row, DIALS[0]) == at
        assert not speaks(row, at - 1, DIALS[0])
        assert speaks(row, at, DIALS[0])


def test_charges_at_home_do_not_count():
    assert reference(contract(0), DIALS[0]) == Policy().international_new_customer
    assert reference(contract(7), DIALS[0]) == 7


def test_a_stranger_is_compared_with_the_reference_for_strangers():
    row = contract(0, first_month=MONTH)
    assert reference(row, DIALS[0]) == Policy().international_new_customer
    row["stranger"] = 1
    assert reference(row, DIALS[0]) == Policy().international_unknown_customer


def test_it_does_not_speak_for_ever():
    row = contract(1)
    assert speaks(row, 10**12, DIALS[0])
    assert row["told_abroad"] == MOST_DOUBLINGS
    assert threshold(row, DIALS[0]) == FAR


def test_a_contract_that_has_spent_nothing_yet_is_not_judged():
    row = contract(0)
    row["month"] = NONE
    assert not speaks(row, 10**12, DIALS[0])


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(international_multiple, paper).strip()
    assert international_multiple.__doc__.startswith(f"Rule `{international_multiple.NAME}`: ")


def test_it_says_that_it_is_about_calls_abroad():
    facts = {"spent": 15_000.0, "last": 5_000.0, "multiple": 3.0}
    assert international_multiple.EN.format(**facts).startswith("International charges this month")
    assert international_multiple.JA.format(**facts).startswith("今月の国際通話料は")
