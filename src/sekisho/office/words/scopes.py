"""What a hold or an ask covers, in words: calls abroad, or calls to the countries whose prefixes its scope names."""

from __future__ import annotations

from functools import cache
from typing import Final

from django.utils.translation import gettext

from sekisho.core.numbering.country_prefixes import prefixes_by_country
from sekisho.core.numbering.regions import region_prefixes
from sekisho.core.terms.destination import country_text
from sekisho.office.words.countries import countries

INTERNATIONAL: Final = "international"


@cache
def _known() -> tuple[dict[str, str], dict[str, str]]:
    """Country by all of its prefixes, and by each of them."""
    prefixes = prefixes_by_country(region_prefixes())
    whole = {" ".join(each): country_text(country) for country, each in prefixes.items()}
    single = {prefix: country_text(country) for country, each in prefixes.items() for prefix in each}
    return whole, single


def scope_countries(scope: str) -> list[str]:
    """The countries of a scope (`1658 1876` → JM), each once; none for all calls abroad; empty text: nobody knows."""
    if scope == INTERNATIONAL:
        return []
    whole, single = _known()
    if scope in whole:
        return [whole[scope]]
    return list(dict.fromkeys(_country_of(prefix, single) for prefix in scope.split()))


def _country_of(prefix: str, single: dict[str, str]) -> str:
    lengths = range(len(prefix), 0, -1)
    return next((single[prefix[:size]] for size in lengths if prefix[:size] in single), "")


def covered(scope: str) -> str:
    """`calls abroad`, or `calls to Jamaica`."""
    codes = scope_countries(scope)
    return gettext("calls to %(where)s") % {"where": countries(codes)} if codes else gettext("calls abroad")
