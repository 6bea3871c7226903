"""The evidences in the order of their nats in the state, and their sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sekisho.core.watch.evidence import (
    adjacent,
    campaign,
    concurrency,
    country,
    dial_through,
    duration,
    enumeration,
    hot_list,
    number,
    part_of_week,
    price,
    probe,
    rate,
    signal,
    spend,
    suspect_block,
    suspect_country,
    validity,
)

(
    RATE,
    COUNTRY,
    PRICE,
    PART_OF_WEEK,
    NUMBER,
    VALIDITY,
    ADJACENT,
    ENUMERATION,
    CONCURRENCY,
    DURATION,
    PROBE,
    DIAL_THROUGH,
    CAMPAIGN,
    HOT_LIST,
    SIGNAL,
    SPEND,
    SUSPECT_BLOCK,
    SUSPECT_COUNTRY,
) = range(18)
EVIDENCE: Final = (
    rate,
    country,
    price,
    part_of_week,
    number,
    validity,
    adjacent,
    enumeration,
    concurrency,
    duration,
    probe,
    dial_through,
    campaign,
    hot_list,
    signal,
    spend,
    suspect_block,
    suspect_country,
)
NAMES: Final = tuple(module.NAME for module in EVIDENCE)
FACTS: Final = tuple(module.FACT for module in EVIDENCE)
_SENTENCES: Final = {module.NAME: {"ja": module.JA, "en": module.EN} for module in EVIDENCE}
# What some of them say where their fact is nought.
_NONE: Final = {
    module.NAME: {"ja": module.JA_NONE, "en": module.EN_NONE}
    for module in (validity, campaign, hot_list, signal, suspect_block, suspect_country)
}


def sentence(name: str, language: str, facts: Mapping[str, float]) -> str:
    """What the evidence says, for people. `language` is `ja` or `en`; raises KeyError for a name nobody knows."""
    said = _NONE if name in _NONE and not any(facts.values()) else _SENTENCES
    return said[name][language].format(**facts)
