"""The grammar of dialling in Japan: which form a number as signalled has, without looking anything up.

Docs with examples: docs/algorithms/numbering.md. What the forms mean is decided in `resolving.py`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from sekisho.core.digits.packed import MAX_DIGITS, digit_at, pack, prepend
from sekisho.core.numbering.access_codes import ABROAD, UNREADABLE, begins_abroad, drop, strip_codes
from sekisho.core.numbering.reading import FOREIGN, HASH_DIAL, NO_PLUS, PLAIN, read_digits

# The forms. Behind each: what the number then holds.
NO_FORM: Final = 0  # nothing
HASHED: Final = 1  # four digits behind #
FREE_FORM: Final = 2  # a free number behind a carrier's code
SHORT: Final = 3  # three digits, the first is 1
NATIONAL: Final = 4  # a Japanese number without trunk 0
TRUNK: Final = 5  # the same, and the 0 was there
LOCAL: Final = 6  # a number without its area code
BARE: Final = 7  # E.164 without +, as callers of incoming calls are given
FOREIGN_NUMBER: Final = 8  # E.164 behind 010 or +, not Japanese
MASKED_NUMBER: Final = 9  # the same, but hidden in part or too long

JAPAN_NUMBER: Final = np.uint64(pack("81"))
_NONE: Final = np.uint64(0)
_ONE_DIGIT: Final = np.uint64(64 - 4)
_TWO_DIGITS: Final = np.uint64(64 - 8)
_FOUR_DIGITS: Final = np.uint64(64 - 16)
_LONGEST_E164: Final = 15
_JAPAN_HEAD: Final = np.uint64(pack("81") >> 56)
_ZERO_HEAD: Final = np.uint64(pack("0") >> 60)
_CARRIER_HEAD: Final = np.uint64(pack("00") >> 56)
_FREE_HEADS: Final = tuple(np.uint64(pack(text) >> 48) for text in ("0037", "0066", "0077", "0078", "0088"))
_FREE_LEAST, _FREE_MOST = 8, 17  # digits with the carrier's code
_MOST_DIGITS: Final = 17  # of a number inside Japan, everything before it taken off


@njit(cache=True)
def is_japanese(e164: Any) -> Any:
    """Whether a packed E.164 number begins with 81."""
    return (e164 >> _TWO_DIGITS) == _JAPAN_HEAD


@njit(cache=True)
def _inside_japan(number: Any, count: Any, outgoing: Any) -> Any:
    """Digits dialled inside Japan, access codes taken off → (form, number, count)."""
    first = digit_at(number, 0)
    if count == 3 and first == 1:
        return SHORT, number, count
    if first == 0:
        if (number >> _TWO_DIGITS) != _CARRIER_HEAD:
            return TRUNK, number << np.uint64(4), count - 1
        if _FREE_LEAST <= count <= _FREE_MOST and (number >> _FOUR_DIGITS) in _FREE_HEADS:
            return FREE_FORM, number, count
        return NO_FORM, number, count
    if not outgoing:
        if is_japanese(number):
            return NATIONAL, number << np.uint64(8), count - 2
        return BARE, number, count
    if first >= 2:
        return LOCAL, number, count
    return NO_FORM, number, count


@njit(cache=True)
def form_in_full(high: Any, low: Any, count: Any, plus_at: Any, form: Any, outgoing: Any) -> Any:
    """`form_of_digits`, whatever the number looks like."""
    if form == HASH_DIAL:
        return (HASHED, high, count) if count == 4 else (NO_FORM, _NONE, 0)
    if count == 0 and plus_at == NO_PLUS:
        return NO_FORM, _NONE, 0
    high, low, count, where = strip_codes(high, low, count, plus_at, outgoing)
    if where == ABROAD and is_japanese(high):
        high, low = drop(high, low, 2)
        count -= 2
        if digit_at(high, 0) != 0:
            if form == FOREIGN or count == 0:
                return NO_FORM, _NONE, 0
            return NATIONAL, high, count
        # +81 0…: read on as dialled inside Japan (once: 81 behind 81 is nothing).
        high, low, count, where = strip_codes(high, low, count, NO_PLUS, outgoing)
    if where == ABROAD:
        if is_japanese(high):
            return NO_FORM, _NONE, 0
        plain = form == PLAIN and count <= _LONGEST_E164
        return (FOREIGN_NUMBER if plain else MASKED_NUMBER), high, count
    if where == UNREADABLE or form == FOREIGN or count > _MOST_DIGITS:
        return NO_FORM, _NONE, 0
    return _inside_japan(high, count, outgoing)


@njit(cache=True)
def form_of_digits(high: Any, low: Any, count: Any, plus_at: Any, form: Any, outgoing: Any) -> Any:
    """`form_of` a number that was read already: what `read_digits` said of it.

    What nearly all numbers are comes first: 0 and an area code, or 010 and a country's code.
    """
    if form == PLAIN and plus_at == NO_PLUS and (high >> _ONE_DIGIT) == _ZERO_HEAD:
        if begins_abroad(high):
            number = high << np.uint64(12)
            if 0 < count <= MAX_DIGITS and not is_japanese(number):
                return FOREIGN_NUMBER, number, count - 3
        elif (high >> _TWO_DIGITS) != _CARRIER_HEAD and count <= _MOST_DIGITS:
            return TRUNK, high << np.uint64(4), count - 1
    return form_in_full(high, low, count, plus_at, form, outgoing)


@njit(cache=True)
def form_of(data: Any, begin: Any, end: Any, outgoing: Any) -> Any:
    """A number in `data[begin:end]` → (form, packed number, its count of digits).

    `outgoing`: it was dialled; else it is the caller's number of an incoming call. The number is what the form leaves
    of the text; its count may be more than the 16 digits that are kept.
    """
    high, low, count, plus_at, form = read_digits(data, begin, end)
    return form_of_digits(high, low, count, plus_at, form, outgoing)


@njit(cache=True)
def line_identity(data: Any, begin: Any, end: Any) -> Any:
    """The packed identity of a line: `0312345678`, `+81312345678` → 81312345678; other digits as they are; else 0."""
    high, _, count, plus_at, form = read_digits(data, begin, end)
    if form != PLAIN:
        return _NONE
    return identity_of_digits(high, count, plus_at)


@njit(cache=True)
def identity_of_digits(high: Any, count: Any, plus_at: Any) -> Any:
    """`line_identity` of a line that was read already, and is nothing but digits and perhaps a `+`."""
    if count == 0 or count > 16 or plus_at not in (NO_PLUS, 0):
        return _NONE
    if plus_at == 0 and is_japanese(high) and digit_at(high, 2) == 0:
        return prepend(JAPAN_NUMBER, 2, high << np.uint64(12))
    if plus_at == 0 or digit_at(high, 0) != 0 or digit_at(high, 1) <= 0 or begins_abroad(high):
        return high
    return prepend(JAPAN_NUMBER, 2, high << np.uint64(4))
