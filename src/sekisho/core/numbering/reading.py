"""The bytes of a number as signalled → its digits, and what stood between them. Up to 32 digits are kept.

Visual separators (space, `-`, `.`, `(`, `)`) and line ends mean nothing. `+` is kept as the place where it stood. A
closing `#` (end of dialling) and everything from a `;` on (parameters of a tel or SIP address) are cut off. Any other
character ends the reading and marks the number as FOREIGN.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from sekisho.core.digits.packed import MAX_DIGITS
from sekisho.core.memory import byte_at, word_at

PLAIN: Final = 0
FOREIGN: Final = 1  # holds a character no number has: a mask, letters
HASH_DIAL: Final = 2  # begins with #: #9110
NO_PLUS: Final = 1 << 20

_ONE: Final = np.uint64(1)
_ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONES: Final = np.uint64(0x0101010101010101)
_ZERO_SIGNS: Final = np.uint64(0x3030303030303030)
_HIGH_BITS: Final = np.uint64(0x8080808080808080)
_OVER_NINE: Final = np.uint64(0x7676767676767676)  # added to a byte of 10 to 127, it sets the byte's highest bit
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
def _eight(word: Any) -> Any:
    """Eight bytes of 0 to 10, the first one lowest, as eight nibbles, the first one highest."""
    pairs = ((word << _FOUR) | (word >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    fours = ((pairs << np.uint64(8)) | (pairs >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return ((fours << np.uint64(16)) | (fours >> np.uint64(32))) & np.uint64(0xFFFFFFFF)


@njit(cache=True)
def _plain_digits(address: int, size: int) -> tuple[Any, int]:
    """(digits packed, how many) of `size` bytes of which 16 may be read; (0, -1) where not all are digits."""
    if size > MAX_DIGITS:
        return np.uint64(0), -1
    first, second = word_at(address) ^ _ZERO_SIGNS, np.uint64(0)
    if size > 8:
        second = (word_at(address + 8) ^ _ZERO_SIGNS) & (_ALL >> np.uint64(128 - 8 * size))
        ones = _ONES & (_ALL >> np.uint64(128 - 8 * size))
        wrong = (first | (first + _OVER_NINE) | second | (second + _OVER_NINE)) & _HIGH_BITS
        number = (_eight(first + _ONES) << np.uint64(32)) | _eight(second + ones)
    elif size > 0:
        kept = _ALL >> np.uint64(64 - 8 * size)
        first &= kept
        wrong = (first | (first + _OVER_NINE)) & _HIGH_BITS
        number = _eight(first + (_ONES & kept)) << np.uint64(32)
    else:
        wrong, number = np.uint64(0), np.uint64(0)
    if wrong:
        return np.uint64(0), -1
    return number, size


@njit(cache=True)
def read_plain(address: int, begin: int, end: int, size: int) -> tuple[Any, int, int]:
    """`read_digits` for what most numbers are, at most 16 digits, perhaps behind a `+`, eight digits at a time.

    (digits packed, how many, place of `+`) of bytes begin..end of `size` bytes at `address`; how many is -1 where the
    text is anything else, or too near to the end of the bytes.
    """
    if begin >= end or end + MAX_DIGITS > size:
        return np.uint64(0), -1, NO_PLUS
    plus = byte_at(address + begin) == _PLUS
    number, count = _plain_digits(address + begin + plus, end - begin - plus)
    return number, count, 0 if plus else NO_PLUS


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
