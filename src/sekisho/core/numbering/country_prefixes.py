"""Which E.164 prefixes are a country's: what a restriction on one destination says it covers.

A number belongs to the region of its longest prefix (`regions.py`). Where regions share a calling code, the prefixes of
one are those below which no other region has any, as short as can be: Jamaica is 1658 and 1876, Russia is 7 without 77.
Where the length of a number decides between regions, the prefix is given to each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sekisho.core.numbering.regions import RegionPrefix
from sekisho.core.terms.destination import country_code

_Owners = frozenset[str]


def prefixes_by_country(rows: Iterable[RegionPrefix]) -> dict[int, tuple[str, ...]]:
    """Country (terms/destination) → its prefixes, in their order, from the rows of `region_prefixes`."""
    owners: dict[str, _Owners] = {}
    unowned: dict[str, str] = {}
    for row in rows:
        if row.lengths:
            owners[row.prefix] = owners.get(row.prefix, frozenset()) | {row.region}
        else:
            unowned[row.prefix] = row.region
    for prefix, region in unowned.items():
        owners.setdefault(prefix, frozenset({region}))
    inner = {prefix[:size] for prefix in owners for size in range(1, len(prefix))}
    roots = [prefix for prefix in owners if not any(prefix[:size] in owners for size in range(1, len(prefix)))]
    found: defaultdict[int, list[str]] = defaultdict(list)
    for root in roots:
        for prefix, regions in _split(root, frozenset(), owners, inner):
            for region in regions:
                found[country_code(region)].append(prefix)
    return {country: tuple(sorted(prefixes)) for country, prefixes in found.items()}


def _split(prefix: str, above: _Owners, owners: Mapping[str, _Owners], inner: set[str]) -> list[tuple[str, _Owners]]:
    """The prefixes at or below this one that have one answer each to whose they are."""
    here = owners.get(prefix, above)
    if prefix not in inner:
        return [(prefix, here)]
    below = [part for digit in "0123456789" for part in _split(prefix + digit, here, owners, inner)]
    if len(below) == 10 and len({regions for _, regions in below}) == 1:
        return [(prefix, below[0][1])]
    return below
