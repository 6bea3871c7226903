"""The ranges of Japanese numbers: prefix behind +81, what it is, how many digits (FACTS §1).

The shapes are those of the ministry's numbering rules: 0AB-J fixed numbers of nine digits behind the trunk 0, 0A0 and
0AB0 numbers of nine or ten, 0200 of thirteen. How long a fixed number's area code is comes from the metadata's formats;
only local dialling needs it.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from phonenumbers import PhoneMetadata

from sekisho.core.numbering import destinations as to
from sekisho.core.numbering.patterns import DigitPatterns, owners, starting_with
from sekisho.core.numbering.regions import length_mask

JAPAN_CODE: Final = "81"
FIXED_DIGITS: Final = 9

# prefix behind the trunk 0, destination, lengths behind the trunk 0
_KINDS: Final = (
    ("120", to.FREE, (9,)),
    ("800", to.FREE, (10,)),
    ("570", to.UAN, (9,)),
    ("990", to.PREMIUM, (9,)),
    ("180", to.MASS_CALL, (9,)),
    ("91", to.PRIVATE_NETWORK, tuple(range(5, 14))),
    ("20", to.M2M, (10,)),
    ("200", to.M2M, (10, 13)),
    ("204", to.PAGER, (10,)),
    ("600", to.FMC, (9, 10)),
)
_MOBILE: Final = ("60", "70", "80", "90")
_OLD_060: Final = (9, 10)  # 060 began as numbers of nine digits that follow a person


class JapanPrefix(NamedTuple):
    """National numbers that begin with `prefix`: their destination, lengths (bit n: n digits), digits of area code."""

    prefix: str
    destination: int
    lengths: int
    area: int


def area_code_lengths() -> list[tuple[str, int]]:
    """(prefix of a national number, digits of the area code), for fixed numbers. From the metadata's formats."""
    patterns = DigitPatterns()
    nine = 1 << FIXED_DIGITS
    metadata: Any = PhoneMetadata.metadata_for_region("JP")
    formats = [
        (form.pattern, starting_with(patterns, form.leading_digits_pattern[-1], nine))
        for form in metadata.number_format
        if patterns.matches(patterns.read(form.pattern), "0" * FIXED_DIGITS)
    ]
    reserved = tuple(prefix for prefix, _, _ in _KINDS)
    out = []
    for prefix, owned in owners(patterns, [candidate for _, candidate in formats], FIXED_DIGITS):
        if "0" in prefix[:2] or prefix.startswith(reserved):
            continue
        first_group = formats[owned[FIXED_DIGITS]][0].partition(")")[0]  # (\d{3} → 3
        out.append((prefix, int(first_group.partition("{")[2].rstrip("}") or 1)))
    return out


def japan_prefixes() -> list[JapanPrefix]:
    """Every range behind +81; those without a meaning (0A0 not allotted) are INVALID. A prefix comes once."""
    fixed = length_mask((FIXED_DIGITS,))
    rows = {prefix: JapanPrefix(prefix, to.FIXED, fixed, area) for prefix, area in area_code_lengths()}
    for first in "123456789":
        rows.setdefault(first, JapanPrefix(first, to.FIXED, fixed, 0))
        rows[first + "0"] = JapanPrefix(first + "0", to.INVALID, 0, 0)
    for prefix, destination, lengths in _KINDS:
        rows[prefix] = JapanPrefix(prefix, destination, length_mask(lengths), 0)
    for third in "123456789":
        rows["50" + third] = JapanPrefix("50" + third, to.IP, length_mask((10,)), 0)
        for mobile in _MOBILE:
            lengths = _OLD_060 if mobile == "60" else (10,)
            rows[mobile + third] = JapanPrefix(mobile + third, to.MOBILE, length_mask(lengths), 0)
    return list(rows.values())
