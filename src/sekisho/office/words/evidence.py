"""What the judge took into account, as sentences. The sentences lie beside the evidence, in the core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sekisho.core.watch.evidence import catalogue
from sekisho.core.watch.rules import daily_limit, failed_screening, month_multiple, monthly_limit
from sekisho.core.watch.verdicts import say
from sekisho.office.words.language import language

RULES: Final = frozenset(rule.NAME for rule in (month_multiple, daily_limit, monthly_limit, failed_screening))
_KNOWN: Final = RULES | frozenset(catalogue.NAMES)


def is_rule(name: str) -> bool:
    """Whether this is a rule, money against money, which has no nats."""
    return name in RULES


def sentence(name: str, facts: Mapping[str, Any]) -> str:
    """What an evidence or rule says, in the active language; of one this release does not know, its name and facts."""
    if name in _KNOWN:
        try:
            return say(name, facts, language())
        except KeyError:  # stored by a release whose sentence needed other facts
            pass
    return f"{name}: " + ", ".join(f"{key} {value}" for key, value in facts.items())
