"""The one decision: what passes whatever is in force, and what is refused."""

from __future__ import annotations

import pytest

from sekisho.core.restrict.decision import Why, decide
from sekisho.core.restrict.restrictions import OWNERS, Bar
from sekisho.core.terms.destination import DestinationClass

NOW = 10_000
BAR = Bar("b1", 1, "customer", "international", 0, None)


@pytest.mark.parametrize("class_", [each for each in DestinationClass if each is not DestinationClass.INTERNATIONAL])
def test_what_is_not_international_passes_bar_and_hold(class_):
    decision = decide(class_, BAR, NOW + 1, NOW)
    assert decision.allowed
    assert decision.why == (Why.EMERGENCY if class_ is DestinationClass.EMERGENCY else Why.DOMESTIC)


def test_a_bar_refuses_and_is_named():
    decision = decide(DestinationClass.INTERNATIONAL, BAR, 0, NOW)
    assert (decision.allowed, decision.why, decision.bar) == (False, Why.BAR, "b1")


def test_a_bar_is_named_before_a_hold():
    assert decide(DestinationClass.INTERNATIONAL, BAR, NOW + 1, NOW).why is Why.BAR


@pytest.mark.parametrize(("until", "allowed"), [(NOW + 1, False), (NOW, True), (-(1 << 62), True)])
def test_a_hold_refuses_until_it_ends(until, allowed):
    decision = decide(DestinationClass.INTERNATIONAL, None, until, NOW)
    assert decision.allowed is allowed
    assert decision.why is (Why.FREE if allowed else Why.HOLD)


@pytest.mark.parametrize("owner", OWNERS)
def test_every_owner_has_a_sentence_a_switch_can_carry(owner):
    text = decide(DestinationClass.INTERNATIONAL, Bar("b", 1, owner, "international", 0, None), 0, NOW).text
    assert text.isascii()
    assert '"' not in text
