"""The one decision: what passes whatever is in force, what is refused, and what must be asked."""

from __future__ import annotations

from itertools import product

import pytest

from sekisho.core.restrict.decision import EVERYWHERE, NOTHING, Standing, Why, decide
from sekisho.core.restrict.restrictions import OWNERS, Bar
from sekisho.core.terms.destination import DestinationClass, country_code

NOW = 10_000
BAR = Bar("b1", 1, "customer", "international", 0, None)
SL, LV = country_code("SL"), country_code("LV")
ABROAD = int(DestinationClass.INTERNATIONAL)
# Until when, and on what: over, in force on all, on the country called, on another one.
OVER, ALL, HERE, ELSEWHERE = (NOW, EVERYWHERE), (NOW + 1, EVERYWHERE), (NOW + 1, SL), (NOW + 1, LV)
COVERS = {OVER: False, ALL: True, HERE: True, ELSEWHERE: False}


@pytest.mark.parametrize(
    ("class_", "bar", "hold", "ask"),
    list(product(DestinationClass, (None, BAR), COVERS, COVERS)),
)
def test_every_combination(class_, bar, hold, ask):
    decision = decide(int(class_), SL, bar, Standing(*hold, *ask), NOW)
    if class_ is DestinationClass.EMERGENCY:
        expected = (True, Why.EMERGENCY)
    elif class_ is not DestinationClass.INTERNATIONAL:
        expected = (True, Why.DOMESTIC)
    elif bar is not None:
        expected = (False, Why.BAR)
    elif COVERS[hold]:
        expected = (False, Why.HOLD)
    elif COVERS[ask]:
        expected = (True, Why.ASK)
    else:
        expected = (True, Why.FREE)
    assert (decision.allowed, decision.why) == expected
    assert decision.asked is (expected[1] is Why.ASK)
    assert decision.most_s == 0
    assert decision.bar == ("b1" if expected[1] is Why.BAR else "")


@pytest.mark.parametrize(("until", "why"), [(NOW + 1, Why.HOLD), (NOW, Why.FREE), (-(1 << 62), Why.FREE)])
def test_a_hold_refuses_until_it_ends(until, why):
    assert decide(ABROAD, SL, None, Standing(held_until_ms=until), NOW).why is why


@pytest.mark.parametrize(("until", "why"), [(NOW + 1, Why.ASK), (NOW, Why.FREE), (-(1 << 62), Why.FREE)])
def test_an_ask_is_asked_until_it_ends(until, why):
    assert decide(ABROAD, SL, None, Standing(asked_until_ms=until), NOW).why is why


def test_a_destination_nobody_knows_is_covered_by_all_and_by_no_country():
    assert decide(ABROAD, 0, None, Standing(*ALL), NOW).why is Why.HOLD
    assert decide(ABROAD, 0, None, Standing(*HERE), NOW).why is Why.FREE


def test_a_hold_on_a_destination_says_so():
    assert "destination" in decide(ABROAD, SL, None, Standing(*HERE), NOW).text
    assert "destination" not in decide(ABROAD, SL, None, Standing(*ALL), NOW).text


@pytest.mark.parametrize("owner", OWNERS)
def test_every_owner_has_a_sentence_a_switch_can_carry(owner):
    text = decide(ABROAD, SL, Bar("b", 1, owner, "international", 0, None), NOTHING, NOW).text
    assert text.isascii()
    assert '"' not in text


@pytest.mark.parametrize("standing", [Standing(*ALL), Standing(*HERE), Standing(*OVER, *ALL)])
def test_so_has_every_standing(standing):
    text = decide(ABROAD, SL, None, standing, NOW).text
    assert text.isascii()
    assert '"' not in text
