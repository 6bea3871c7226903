"""The rules by their numbers, their facts and sentences."""

from __future__ import annotations

import json
import string

import pytest
from tests.core.watch.pages import PAGE

from sekisho.core.terms.destination import country_code
from sekisho.core.watch.judged import REASONS
from sekisho.core.watch.rules.catalogue import NAMES, RULES, facts_of, sentence


def test_the_rules_stand_in_the_order_of_their_numbers():
    """Part of stored verdicts: only ever longer."""
    assert ("score", *NAMES) == REASONS
    assert NAMES[:3] == ("month_multiple", "daily_limit", "monthly_limit")
    assert len(set(NAMES)) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_sentence_needs_the_facts_that_the_rule_gives(rule, language):
    facts = facts_of(rule.NAME, [30_000.0, 20_000.0, 3.0])
    text = rule.JA if language == "ja" else rule.EN
    assert {name for _, name, _, _ in string.Formatter().parse(text) if name} == set(facts)
    said = sentence(rule.NAME, language, json.loads(json.dumps(facts)))
    assert "{" not in said
    assert said.isascii() == (language == "en")


def test_money_is_told_in_yen_and_a_country_by_its_letters():
    assert facts_of("daily_limit", [1_500.0, 1_000.0, 0.0]) == {"spent": 1.5, "limit": 1.0}
    assert facts_of("concurrent_calls", [3.0, 2.0, 0.0]) == {"calls": 3.0, "limit": 2.0}
    assert facts_of("allowed_countries", [float(country_code("SL")), 0.0, 0.0]) == {"country": "SL"}
    assert facts_of("allowed_countries", [0.0, 0.0, 0.0]) == {"country": "?"}


def test_a_rule_nobody_knows_says_nothing():
    with pytest.raises(KeyError):
        sentence("weather", "en", {})


def test_every_rule_is_in_the_papers():
    page = PAGE.read_text("utf-8")
    assert [name for name in NAMES if f"`{name}`" not in page] == []
