"""Ranges of E.164 numbers that operators were given, from the metadata of `phonenumbers`: is a number one that can be?

A number abroad is valid where its region's patterns fit it: those of all its numbers and those of one kind (fixed line,
mobile, premium rate …), each with the lengths that the kind has. Its region is, of those of its calling code, the first
whose leading digits fit or, where it has none, whose patterns do: `phonenumbers.is_valid_number` in table form. Nobody
can be reached at any other number, and about half of the numbers that thieves pass round are such (FACTS §5).
"""

from __future__ import annotations

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from sekisho.core.numbering.patterns import Candidate, DigitPatterns, owners, starting_with
from sekisho.core.numbering.regions import LONGEST_E164, length_mask, metadata_of, numbers_of

_NOBODYS, _ASSIGNED = 0, 1
_ANY_LENGTH = length_mask(range(LONGEST_E164 + 1))


def _candidates(patterns: DigitPatterns, code: int, regions: tuple[str, ...]) -> list[tuple[Candidate, int]]:
    """Who may own numbers of a calling code, in order of precedence, and whether they are assigned then."""
    out = []
    for region in regions:
        metadata = metadata_of(code, region)
        numbers = numbers_of(patterns, metadata)
        if metadata.leading_digits is None:
            out.append((numbers, _ASSIGNED))
            continue
        region_wide = starting_with(patterns, metadata.leading_digits, _ANY_LENGTH)
        (node, lengths), ((begins, _),) = numbers.whole, region_wide.kinds
        out.append((Candidate((patterns.both(node, begins), lengths), numbers.kinds), _ASSIGNED))
        out.append((region_wide, _NOBODYS))  # no other region of the code has them
    out.append((starting_with(patterns, "", _ANY_LENGTH), _NOBODYS))
    return out


def assigned_ranges(besides: int) -> list[tuple[str, int]]:
    """Prefix of E.164 numbers → the lengths (bit n: n digits) of those numbers behind it that are assigned.

    All calling codes but `besides`. The longest prefix of a number counts; a number without a prefix is nobody's.
    """
    out = []
    for code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        if code == besides:
            continue
        head, patterns = str(code), DigitPatterns()
        candidates, owned = zip(*_candidates(patterns, code, regions), strict=True)
        for national, owner in owners(patterns, candidates, LONGEST_E164 - len(head), owned):
            lengths = length_mask((length for length, owner in owner.items() if owner == _ASSIGNED), len(head))
            if lengths:
                out.append((head + national, lengths))
    return out
