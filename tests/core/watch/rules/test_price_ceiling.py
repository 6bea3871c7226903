"""Rule `price_ceiling`: the table of rules.md, section 6."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.watch.pages import milli, table

from sekisho.core.watch.rules import price_ceiling
from sekisho.core.watch.rules.price_ceiling import is_above
from sekisho.core.watch.state import AGREED


def agreed(milliyen: int):
    row = np.zeros(1, AGREED)
    row["price_ceiling"] = milliyen
    return row[0]


@pytest.mark.parametrize(("unit_s", "yen", "ceiling", "above"), table("unit_s", "yen_per_unit", "ceiling a minute"))
def test_a_call_is_above_where_the_page_says(unit_s, yen, ceiling, above):
    assert is_above(agreed(milli(ceiling)), int(unit_s) * 1000, milli(yen)) is (above == "yes")


def test_a_call_that_costs_nothing_is_not_above():
    assert not is_above(agreed(1), 0, 0)


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(price_ceiling, paper).strip()
    assert price_ceiling.__doc__.startswith(f"Rule `{price_ceiling.NAME}`: ")


def test_what_it_says():
    facts = {"price": 175.0, "ceiling": 100.0}
    assert price_ceiling.JA.format(**facts) == "1分175.0円の通話で、契約の上限1分100.0円を超えています"
    assert price_ceiling.EN.format(**facts) == (
        "A call at 175.0 yen a minute, above the contract's ceiling of 100.0 yen a minute"
    )
