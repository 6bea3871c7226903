"""The bytes of a number as signalled → its digits, and what stood between them. One pass, up to 32 digits kept.

Visual separators (space, `-`, `.`, `(`, `)`) and line ends mean nothing. `+` is kept as the place where it stood. A
closing `#` (end of dialling) and everything from a `;` on (parameters of a tel or SIP address) are cut off. Any other
character ends the reading and marks the number as FOREIGN.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from sekisho.core.digits.packed import MAX_DIGITS

PLAIN: Final = 0
FOREIGN: Final = 1  # holds a character no number has: a mask, letters
HASH_DIAL: Final = 2  # begins with #: #9110
NO_PLUS: Final = 1 << 20

_ONE: Final = np.uint64(1)
_FOUR: Final = np.uint64(4)
_NINE: Final = np.uint8(9)
_ZERO_SIGN: Final = np.uint8(ord("0"))
_PLUS: Final = ord("+")
_HASH: Final = ord("#")
_PARAMETERS: Final = ord(";")
_SPACE, _MINUS, _DOT, _OPEN, _CLOSE = ord(" "), ord("-"), ord("."), ord("("), ord(")")
_TAB, _LINE_FEED, _RETURN = ord("\t"), ord("\n"), ord("\r")


@njit(cache=True)
def _is_separator(sign: Any) -> Any:
    if sign in (_MINUS, _SPACE, _DOT, _OPEN, _CLOSE):
        return True
    return sign in (_TAB, _LINE_FEED, _RETURN)


@njit(cache=True)
def read_digits(data: Any, begin: Any, end: Any) -> Any:
    """`data[begin:end]` (uint8) → (first 16 digits packed, next 16 packed, count of all digits, place of `+`, form).

    The place of `+` is the number of digits before it, NO_PLUS without one. Form is PLAIN, FOREIGN or HASH_DIAL.
    """
    high, low = np.uint64(0), np.uint64(0)
    count, plus_at, form = 0, NO_PLUS, PLAIN
    for at in range(begin, end):
        sign = data[at]
        digit = np.uint8(sign - _ZERO_SIGN)
        if digit <= _NINE:
            if count < MAX_DIGITS:
                high = (high << _FOUR) | (np.uint64(digit) + _ONE)
            elif count < 2 * MAX_DIGITS:
                low = (low << _FOUR) | (np.uint64(digit) + _ONE)
            count += 1
        elif _is_separator(sign):
            continue
        elif sign == _PLUS and plus_at == NO_PLUS and form == PLAIN:
            plus_at = count
        elif sign == _PARAMETERS:
            break
        elif sign == _HASH and count == 0 and plus_at == NO_PLUS and form == PLAIN:
            form = HASH_DIAL
        elif sign == _HASH and at == end - 1:
            break
        else:
            form = FOREIGN
            break
    if 0 < count < MAX_DIGITS:
        high = high << np.uint64(4 * (MAX_DIGITS - count))
    if MAX_DIGITS < count < 2 * MAX_DIGITS:
        low = low << np.uint64(4 * (2 * MAX_DIGITS - count))
    return high, low, count, plus_at, form
