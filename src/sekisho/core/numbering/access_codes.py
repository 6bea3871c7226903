"""What may stand before a number: 184/186, 122, a carrier's code, 010, `+`. All of it comes off, in any order met.

184 and 186 hide and show the caller's number, 122 lifts a carrier preselection, and a carrier is chosen by 001, 002YZ,
0091NN or 00XY (005345 is two codes that are dialled as one). A carrier's code counts where a whole number follows: the
trunk 0 of a Japanese number or 010, or a three-digit number. `0061 2 9374 4000`, as dialled from other countries, is
not international here: since 2003 Japan needs 010.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from sekisho.core.digits.packed import digit_at, pack
from sekisho.core.numbering.reading import NO_PLUS

DOMESTIC: Final = 0
ABROAD: Final = 1
UNREADABLE: Final = -1

_MOST_CODES: Final = 8
_WORD: Final = np.uint64(64)
_THREE_DIGITS: Final = np.uint64(64 - 12)
_TWO_DIGITS: Final = np.uint64(64 - 8)
_SIX_DIGITS: Final = np.uint64(64 - 24)


def _head(text: str) -> np.uint64:
    return np.uint64(pack(text) >> (64 - 4 * len(text)))


_HIDE, _SHOW, _PRESELECTION = _head("184"), _head("186"), _head("122")
_CARRIER, _ABROAD, _AU = _head("00"), _head("010"), _head("005345")


@njit(cache=True)
def drop(high: Any, low: Any, digits: Any) -> Any:
    """(high, low) of up to 32 packed digits without the first `digits` (1 to 15)."""
    bits = np.uint64(4 * digits)
    return (high << bits) | (low >> (_WORD - bits)), low << bits


@njit(cache=True)
def begins_abroad(high: Any) -> Any:
    """Whether the digits begin with 010."""
    return (high >> _THREE_DIGITS) == _ABROAD


@njit(cache=True)
def carrier_code_length(high: Any, low: Any, count: Any) -> Any:
    """Digits of the carrier's code before a number that begins with 00; 0 where none is before a whole number."""
    third = digit_at(high, 2)
    if third <= 0:
        return 0
    length = 4
    if third == 1:
        length = 3
    elif third == 2:
        length = 5
    elif (third == 9 and digit_at(high, 3) == 1) or (high >> _SIX_DIGITS) == _AU:
        length = 6
    rest, _ = drop(high, low, length)
    if begins_abroad(rest):
        return length
    if third == 9 and length == 4:  # no carrier's code; only 010 behind it proves what was meant
        return 0
    if digit_at(rest, 0) == 0 or (count == length + 3 and digit_at(rest, 0) == 1):
        return length
    return 0


@njit(cache=True)
def strip_codes(high: Any, low: Any, count: Any, plus_at: Any, outgoing: Any) -> Any:
    """Digits as read → (high, low, count, where): the number without what stands before it.

    `where` is ABROAD (an E.164 number follows 010 or `+`), DOMESTIC (as dialled inside Japan), or UNREADABLE (a `+` in
    the middle). The caller of an incoming call (`outgoing` false) has no 184, 186 or 122 before it: those are digits.
    """
    for _ in range(_MOST_CODES):
        if plus_at == 0:
            break
        head = high >> _THREE_DIGITS
        length = 0
        if head in (_HIDE, _SHOW, _PRESELECTION):
            length = 3 if outgoing and count > 3 else 0
        elif (high >> _TWO_DIGITS) == _CARRIER:
            length = carrier_code_length(high, low, count)
        if length == 0:
            break
        high, low = drop(high, low, length)
        count -= length
        plus_at -= length
    if plus_at != 0 and plus_at < NO_PLUS // 2:
        return high, low, count, UNREADABLE
    if begins_abroad(high):
        high, low = drop(high, low, 3)
        return high, low, count - 3, ABROAD
    return high, low, count, ABROAD if plus_at == 0 else DOMESTIC
