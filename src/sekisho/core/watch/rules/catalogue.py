"""The rules in the order of their numbers in verdicts. The order is part of stored data: add at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sekisho.core.terms.destination import country_text
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.rules import (
    allowed_countries,
    concurrent_calls,
    daily_limit,
    failed_screening,
    international_monthly_limit,
    international_multiple,
    month_multiple,
    monthly_limit,
    price_ceiling,
    same_day_multiple,
)

Fact = float | str
RULES: Final = (
    month_multiple,
    daily_limit,
    monthly_limit,
    international_multiple,
    same_day_multiple,
    international_monthly_limit,
    price_ceiling,
    allowed_countries,
    concurrent_calls,
    failed_screening,  # spoken by the flow, on what the screening announcement tells
)
NAMES: Final = tuple(rule.NAME for rule in RULES)


def _yen(fact: float) -> float:
    return fact / MILLIYEN


def _plain(fact: float) -> float:
    return fact


def _country(fact: float) -> str:
    return country_text(int(fact)) or "?"


_LIMIT: Final[Mapping[str, Callable[[float], Fact]]] = {"spent": _yen, "limit": _yen}
_MULTIPLE: Final[Mapping[str, Callable[[float], Fact]]] = {"spent": _yen, "last": _yen, "multiple": _plain}
# What each rule's facts are called, in the order in which the kernel gives them.
_FACTS: Final[Mapping[str, Mapping[str, Callable[[float], Fact]]]] = {
    month_multiple.NAME: _MULTIPLE,
    daily_limit.NAME: _LIMIT,
    monthly_limit.NAME: _LIMIT,
    international_multiple.NAME: _MULTIPLE,
    same_day_multiple.NAME: {"spent": _yen, "by_now": _yen, "last": _yen},
    international_monthly_limit.NAME: _LIMIT,
    price_ceiling.NAME: {"price": _yen, "ceiling": _yen},
    allowed_countries.NAME: {"country": _country},
    failed_screening.NAME: {},
    concurrent_calls.NAME: {"calls": _plain, "limit": _plain},
}
_SENTENCES: Final = {rule.NAME: {"ja": rule.JA, "en": rule.EN} for rule in RULES}


def facts_of(name: str, numbers: list[float]) -> dict[str, Fact]:
    """The facts of a rule by their names, money in yen."""
    return {key: form(number) for (key, form), number in zip(_FACTS[name].items(), numbers, strict=False)}


def sentence(name: str, language: str, facts: Mapping[str, Fact]) -> str:
    """What the rule says, for people. `language` is `ja` or `en`; raises KeyError for a name nobody knows."""
    return _SENTENCES[name][language].format(**facts)
