"""One field of a plain record at an address: a time, a whole number, a word; eight bytes at a time.

Nothing here knows an error: what is not plain (canonical_scan says what is) is NOT_PLAIN. Readers may look at up to
seven bytes behind a field and `number_of` at eight before its end: the fields around it must be there.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from sekisho.core.memory import byte_at, word_at
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

NOT_PLAIN: Final = -1
FINE_SIZE, WHOLE_SIZE = 24, 20  # of a time, with thousandths and without
DAY_BYTES: Final = np.uint64(0xFFFFFF)  # of the second word of a time: the day and the T

_NONE: Final = np.uint64(0)
_ONE: Final = np.uint64(1)
_EIGHT: Final = np.uint64(8)
_TEN: Final = np.uint64(10)
_BYTE: Final = np.uint64(0xFF)
_HIGH_BITS: Final = np.uint64(0x8080808080808080)
_OVER_NINE: Final = np.uint64(0x7676767676767676)  # added to a byte of 10 to 127, it sets the byte's highest bit
_ZERO_SIGN: Final = np.uint8(ord("0"))
_NINE: Final = np.uint8(9)


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


def _fixed(form: bytes) -> np.uint64:
    """All bits of the bytes that are no digit in a form."""
    return _word(bytes(0 if sign == ord("0") else 0xFF for sign in form))


_DATE, _DATE_FIXED = _word(b"0000-00-"), _fixed(b"0000-00-")
_HOUR, _HOUR_FIXED = _word(b"00T00:00"), _fixed(b"00T00:00")
_FINE, _FINE_FIXED = _word(b":00.000Z"), _fixed(b":00.000Z")
_WHOLE, _WHOLE_FIXED = _word(b"0:00:00Z"), _fixed(b"0:00:00Z")
# Added to the pairs of a time, it sets the highest bit of an hour over 23, of a minute or a second over 59.
_HOUR_PAIRS, _HOUR_OVER = np.uint64(0x00FF0000FF000000), np.uint64((127 - 23) << 24 | (127 - 59) << 48)
_FINE_PAIRS, _FINE_OVER = np.uint64(0xFF00), np.uint64((127 - 59) << 8)
_WHOLE_PAIRS, _WHOLE_OVER = np.uint64(0x0000FF0000000000), np.uint64((127 - 59) << 40)
_ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZERO_SIGNS: Final = np.uint64(0x3030303030303030)
_FOURS: Final = np.uint64(0x000000FF000000FF)
_UPPER_FOURS: Final = np.uint64(100 + (1_000_000 << 32))
_LOWER_FOURS: Final = np.uint64(1 + (10_000 << 32))


@njit(cache=True)
def same(one: int, other: int, size: int) -> bool:
    """Whether two texts of a size are equal. Reads up to seven bytes behind them: so many separators follow a word."""
    at = 0
    while at + 8 <= size:
        if word_at(one + at) != word_at(other + at):
            return False
        at += 8
    if at == size:
        return True
    unlike = word_at(one + at) ^ word_at(other + at)
    return bool((unlike << np.uint64(64 - 8 * (size - at))) == _NONE)


@njit(cache=True)
def _is_form(digits: Any, fixed: Any) -> bool:
    """Whether a text, taken apart by its form (xor), has digits where the form has, and the form's signs elsewhere."""
    return bool((digits & fixed) | ((digits + _OVER_NINE) & _HIGH_BITS) == _NONE)


@njit(cache=True)
def _two(pairs: Any, place: int) -> int:
    """The number of two digits whose first is byte `place` of a word; `pairs` is 10 x the word + the next byte."""
    return int((pairs >> np.uint64(8 * place)) & _BYTE)


@njit(cache=True)
def _pairs(digits: Any) -> Any:
    return digits * _TEN + (digits >> _EIGHT)


@njit(cache=True)
def day_of(date: Any, hour: Any) -> int:
    """Milliseconds of the day that two words of a time begin with; NOT_PLAIN where there is no such day after 1970."""
    first, second = date ^ _DATE, hour ^ _HOUR
    if not (_is_form(first, _DATE_FIXED) and _is_form(second, _HOUR_FIXED)):
        return NOT_PLAIN
    year, month = _two(_pairs(first), 0) * 100 + _two(_pairs(first), 2), _two(_pairs(first), 5)
    day = _two(_pairs(second), 0)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30
    if month == 2:
        longest = 29 if leap else 28
    if year < 1970 or month < 1 or month > 12 or day < 1 or day > longest:
        return NOT_PLAIN
    # Years that begin in March: the leap day is their last.
    moved = year - (month <= 2)
    era_day = moved * 365 + moved // 4 - moved // 100 + moved // 400
    year_day = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (era_day + year_day - 719_468) * DAY_MS


@njit(cache=True)
def time_of(begin: int, size: int) -> int:
    """Milliseconds since midnight of a time at `begin`; NOT_PLAIN where it has no such form or is none."""
    hour = word_at(begin + 8) ^ _HOUR
    hours = _pairs(hour)
    if size == FINE_SIZE:
        rest, fixed = word_at(begin + 16) ^ _FINE, _FINE_FIXED
        pairs = _pairs(rest)
        over = (pairs & _FINE_PAIRS) + _FINE_OVER
        second, thousandths = _two(pairs, 1), int((rest >> np.uint64(32)) & _BYTE) * 100 + _two(pairs, 5)
    else:
        rest, fixed = word_at(begin + 12) ^ _WHOLE, _WHOLE_FIXED
        pairs = _pairs(rest)
        over = (pairs & _WHOLE_PAIRS) + _WHOLE_OVER
        second, thousandths = _two(pairs, 5), 0
    over |= ((hours & _HOUR_PAIRS) + _HOUR_OVER) | (hour + _OVER_NINE) | (rest + _OVER_NINE) | hour | rest
    if (hour & _HOUR_FIXED) | (rest & fixed) | (over & _HIGH_BITS):
        return NOT_PLAIN
    return _two(hours, 3) * HOUR_MS + _two(hours, 6) * MINUTE_MS + second * SECOND_MS + thousandths


@njit(cache=True)
def _short_number(end: int, size: int) -> int:
    """The number that up to seven digits before `end` write, 0 where there are none."""
    kept = ~(_ALL >> np.uint64(8 * size))
    digits = (word_at(end - 8) ^ _ZERO_SIGNS) & kept
    if (digits | (digits + _OVER_NINE)) & _HIGH_BITS:
        return NOT_PLAIN
    pairs = _pairs(digits)
    upper, lower = (pairs & _FOURS) * _UPPER_FOURS, ((pairs >> np.uint64(16)) & _FOURS) * _LOWER_FOURS
    return int((upper + lower) >> np.uint64(32))


@njit(cache=True)
def number_of(begin: int, size: int, longest: int) -> int:
    """The number that `size` digits write, 0 for none; NOT_PLAIN where they are more than `longest` or not all digits.

    Reads the eight bytes before its end.
    """
    if size > longest:
        return NOT_PLAIN
    if size < 8:
        return _short_number(begin + size, size)
    number = 0
    for at in range(size):
        digit = np.uint8(byte_at(begin + at) - _ZERO_SIGN)
        if digit > _NINE:
            return NOT_PLAIN
        number = number * 10 + int(digit)
    return number
