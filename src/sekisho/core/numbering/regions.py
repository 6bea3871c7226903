"""Prefixes of E.164 numbers and the region they belong to, from the metadata of `phonenumbers`.

A calling code with one region is one prefix. Where regions share a code (+1, +7, +39, +44, +47, +61, +262, +290, +358,
+590, +599 …) their patterns are compiled to prefixes under the rule the metadata is made for: of the regions of a code,
in the metadata's order, the first whose leading digits (or, where it has none, whose patterns) fit the number. So +212
is Morocco throughout: its leading digits cover Western Sahara's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from sekisho.core.numbering.patterns import Candidate, DigitPatterns, owners, starting_with

LONGEST_E164 = 15
_NON_GEOGRAPHIC = "001"
_KINDS = (
    *("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail"),
    *("fixed_line", "mobile"),
)


class RegionPrefix(NamedTuple):
    """E.164 numbers that begin with `prefix` and whose length `lengths` allows (bit n: n digits) are `region`'s.

    `region` is ISO 3166 alpha-2, or `+870` for a global service. A prefix may come several times, once a region, with
    different lengths; `lengths` 0 means that no region owns the numbers, and `region` is then the code's main one.
    """

    prefix: str
    region: str
    lengths: int


def length_mask(lengths: Iterable[int], more: int = 0) -> int:
    """Bit n + `more` for each length n."""
    return sum(1 << (length + more) for length in set(lengths))


def metadata_of(code: int, region: str) -> Any:
    """The metadata of a region of a calling code, or of the global service that the code is."""
    if region == _NON_GEOGRAPHIC:
        return PhoneMetadata.metadata_for_nongeo_region(code)
    return PhoneMetadata.metadata_for_region(region)


def numbers_of(patterns: DigitPatterns, metadata: Any) -> Candidate:
    """The numbers that a region has: in all, and of the kinds that there are."""
    whole = metadata.general_desc
    lengths = length_mask(whole.possible_length)
    kinds = [kind for kind in (getattr(metadata, name) for name in _KINDS) if kind and kind.national_number_pattern]
    return Candidate(
        (patterns.read(whole.national_number_pattern), lengths),
        tuple(
            (patterns.read(kind.national_number_pattern), length_mask(kind.possible_length) or lengths)
            for kind in kinds
        ),
    )


def _candidate(patterns: DigitPatterns, metadata: Any) -> Candidate:
    if metadata.leading_digits is not None:
        return starting_with(patterns, metadata.leading_digits, length_mask(metadata.general_desc.possible_length))
    return numbers_of(patterns, metadata)


def _shared(code: str, regions: tuple[str, ...]) -> list[RegionPrefix]:
    patterns = DigitPatterns()
    candidates = [_candidate(patterns, PhoneMetadata.metadata_for_region(region)) for region in regions]
    out = []
    for national, owned in owners(patterns, candidates, LONGEST_E164 - len(code)):
        for place in dict.fromkeys(owned.values()):
            lengths = length_mask((length for length, owner in owned.items() if owner == place), len(code))
            out.append(RegionPrefix(code + national, regions[place], lengths))
    if all(row.prefix != code for row in out):
        out.append(RegionPrefix(code, regions[0], 0))
    return out


def region_prefixes() -> list[RegionPrefix]:
    """Every calling code the metadata knows, split by region; about a thousand rows, in order of code."""
    out: list[RegionPrefix] = []
    for number, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        code = str(number)
        if len(regions) > 1:
            out += _shared(code, regions)
            continue
        region = f"+{code}" if regions == (_NON_GEOGRAPHIC,) else regions[0]
        metadata = metadata_of(number, regions[0])
        out.append(RegionPrefix(code, region, length_mask(metadata.general_desc.possible_length, len(code))))
    return out
