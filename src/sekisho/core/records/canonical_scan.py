"""Plain canonical CSV → typed columns, several times faster than a reader of any CSV: what the fast way of records is.

A block is plain where every byte is ASCII, nothing is quoted, lines end with a line feed alone, the columns stand in
the canonical order, every line has all of them, times are `2026-11-23T17:52:57Z` or have three decimals, and numbers
are digits. Whatever is not plain is not read here at all: `scan` says None, and `canonical_csv` has Arrow read the
block. So this file knows no errors, and a plain block gives the columns that Arrow would give (a test holds them
together).

1. The separators of the block are found, 64 bytes at a time.
2. Every line must have as many as the header; from their places follow the sizes of the text columns.
3. The fields are read, eight bytes at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sekisho.core.memory import CACHE_LINE, bit_count, byte_at, equal_signs, high_signs, lowest_bit, put_word, word_at
from sekisho.core.tables import CALL_FIELDS, CANONICAL_COLUMNS, INSTANT, WORD
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

_TALK: Final = CANONICAL_COLUMNS.index("talk_ms")
_MOST_BYTES: Final = 1 << 30
_CAUSE_DIGITS, _TALK_DIGITS = 3, 15
_LEAST_FIELD: Final = 4  # bytes a separator stands for, on average, in any line that can be a call
_MOST_WORDS: Final = 256  # of a column that repeats; more are no words
_AT_ONCE: Final = 8
_NOT_PLAIN: Final = -1
_COMMA, _LINE_FEED, _QUOTE, _RETURN = 44, 10, 34, 13

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
_DAY_BYTES: Final = np.uint64(0xFFFFFF)
_FINE_SIZE, _WHOLE_SIZE = 24, 20


@njit(cache=True)
def _separators(address: int, size: int, places: Any) -> tuple[int, int]:
    """The places of all commas and line feeds into `places`; (how many, how many are line feeds), or _NOT_PLAIN."""
    count, lines = 0, 0
    at = 0
    while at + CACHE_LINE <= size:
        here = address + at
        if equal_signs(here, _QUOTE) | equal_signs(here, _RETURN) | high_signs(here):
            return _NOT_PLAIN, 0
        feeds = equal_signs(here, _LINE_FEED)
        found = feeds | equal_signs(here, _COMMA)
        if count + CACHE_LINE > places.size:
            return _NOT_PLAIN, 0
        many = bit_count(found)
        for place in range(_AT_ONCE):  # mostly more than there are: without a branch it is faster
            places[count + place] = at + lowest_bit(found)
            found &= found - _ONE
        if many > _AT_ONCE:
            for place in range(_AT_ONCE, many):
                places[count + place] = at + lowest_bit(found)
                found &= found - _ONE
        count += many
        lines += bit_count(feeds)
        at += CACHE_LINE
    if count + CACHE_LINE > places.size:
        return _NOT_PLAIN, 0
    for last in range(at, size):
        sign = byte_at(address + last)
        if sign in (_QUOTE, _RETURN) or sign > 127:
            return _NOT_PLAIN, 0
        if sign in (_COMMA, _LINE_FEED):
            places[count] = last
            count += 1
            lines += sign == _LINE_FEED
    return count, lines


@njit(cache=True)
def _even(address: int, columns: int, places: Any) -> bool:
    """Whether each line has as many fields as there are columns; of as many separators every last is a line feed."""
    even = True
    for last in range(columns - 1, places.size, columns):
        even &= byte_at(address + places[last]) == _LINE_FEED
    return even


@njit(cache=True)
def _offsets(columns: int, column: int, places: Any, offsets: Any) -> None:
    """Where the texts of a column begin, once they stand behind one another."""
    total = 0
    before = -1
    offsets[0] = 0
    if column > 0:
        before = places[column - 1]
    for row in range(offsets.size - 1):
        at = row * columns + column
        total += places[at] - before - 1
        offsets[row + 1] = total
        before = places[min(at + columns - 1, places.size - 1)]


@njit(cache=True)
def _fill_texts(address: int, columns: int, column: int, places: Any, offsets: Any, data: Any) -> None:
    """The texts of a column into `data`, which has room for a word more."""
    target = np.int64(data.ctypes.data)
    last = address + places[places.size - 1] - 8  # from here on a word reaches behind the block
    for row in range(offsets.size - 1):
        size = offsets[row + 1] - offsets[row]
        begin = address + places[row * columns + column] - size
        if begin + size <= last:
            for at in range(0, size, 8):  # and a few bytes behind it, which the next text overwrites
                put_word(target + offsets[row] + at, word_at(begin + at))
        else:
            for at in range(size):
                data[offsets[row] + at] = byte_at(begin + at)


@njit(cache=True)
def _same(one: int, other: int, size: int) -> bool:
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
def _fill_words(address: int, columns: int, column: int, places: Any, out: Any, words: Any) -> int:
    """The words of a column, numbered as they come up, into `out`; `words` i64[n, 2] gets the place and size of each.

    Returns how many there are, _NOT_PLAIN where they are more than `words` holds.
    """
    known = 0
    for row in range(out.size):
        at = row * columns + column
        begin = address + places[at - 1] + 1
        size = address + places[at] - begin
        index = 0
        while index < known and not (words[index, 1] == size and _same(begin, address + words[index, 0], size)):
            index += 1
        if index == known:
            if known == words.shape[0]:
                return _NOT_PLAIN
            words[known, 0], words[known, 1] = begin - address, size
            known += 1
        out[row] = index
    return known


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
def _day_of(date: Any, hour: Any) -> int:
    """Milliseconds of the day that two words of a time begin with; _NOT_PLAIN where there is no such day after 1970."""
    first, second = date ^ _DATE, hour ^ _HOUR
    if not (_is_form(first, _DATE_FIXED) and _is_form(second, _HOUR_FIXED)):
        return _NOT_PLAIN
    year, month = _two(_pairs(first), 0) * 100 + _two(_pairs(first), 2), _two(_pairs(first), 5)
    day = _two(_pairs(second), 0)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30
    if month == 2:
        longest = 29 if leap else 28
    if year < 1970 or month < 1 or month > 12 or day < 1 or day > longest:
        return _NOT_PLAIN
    # Years that begin in March: the leap day is their last.
    moved = year - (month <= 2)
    era_day = moved * 365 + moved // 4 - moved // 100 + moved // 400
    year_day = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (era_day + year_day - 719_468) * DAY_MS


@njit(cache=True)
def _time_of(begin: int, size: int) -> int:
    """Milliseconds since midnight of a time at `begin`; _NOT_PLAIN where it has no such form or is none."""
    hour = word_at(begin + 8) ^ _HOUR
    if not _is_form(hour, _HOUR_FIXED):
        return _NOT_PLAIN
    hours = _pairs(hour)
    if size == _FINE_SIZE:
        rest = word_at(begin + 16) ^ _FINE
        plain = _is_form(rest, _FINE_FIXED)
        second = _two(_pairs(rest), 1)
        thousandths = int((rest >> np.uint64(32)) & _BYTE) * 100 + _two(_pairs(rest), 5)
    else:
        rest = word_at(begin + 12) ^ _WHOLE
        plain = _is_form(rest, _WHOLE_FIXED)
        second, thousandths = _two(_pairs(rest), 5), 0
    if not plain or _two(hours, 3) > 23 or _two(hours, 6) > 59 or second > 59:
        return _NOT_PLAIN
    return _two(hours, 3) * HOUR_MS + _two(hours, 6) * MINUTE_MS + second * SECOND_MS + thousandths


@njit(cache=True)
def _number_of(begin: int, size: int, longest: int) -> int:
    """The number that `size` digits write; _NOT_PLAIN where they are more than `longest` or not all digits."""
    if size > longest:
        return _NOT_PLAIN
    number = 0
    for at in range(size):
        digit = np.uint8(byte_at(begin + at) - _ZERO_SIGN)
        if digit > _NINE:
            return _NOT_PLAIN
        number = number * 10 + int(digit)
    return number


@njit(cache=True)
def _fill_instants(address: int, columns: int, column: int, places: Any, out: Any, bits: Any) -> int:
    """The times of a column into `out` (ms) and their validity into `bits`, which are zero before.

    Returns how many fields are empty, _NOT_PLAIN where one is not a plain time.
    """
    date, day, midnight = _NONE, _NONE, 0  # of the day read last
    empty = 0
    for row in range(out.size):
        at = row * columns + column
        begin = address + places[at - 1] + 1
        size = address + places[at] - begin
        if size == 0:
            empty += 1
            out[row] = 0
            continue
        if size not in (_FINE_SIZE, _WHOLE_SIZE):
            return _NOT_PLAIN
        first, second = word_at(begin), word_at(begin + 8)
        if first != date or second & _DAY_BYTES != day:
            midnight = _day_of(first, second)
            date, day = first, second & _DAY_BYTES
        time = _time_of(begin, size)
        if midnight < 0 or time < 0:
            return _NOT_PLAIN
        out[row] = midnight + time
        bits[row >> 3] |= np.uint8(1 << (row & 7))
    return empty


@njit(cache=True)
def _fill_numbers(address: int, columns: int, column: int, places: Any, longest: int, out: Any, bits: Any) -> int:
    """`_fill_instants` for whole numbers of at most `longest` digits."""
    empty = 0
    for row in range(out.size):
        at = row * columns + column
        begin = address + places[at - 1] + 1
        size = address + places[at] - begin
        number = _number_of(begin, size, longest)
        if number < 0:
            return _NOT_PLAIN
        out[row] = number
        empty += size == 0
        bits[row >> 3] |= np.uint8((size != 0) << (row & 7))
    return empty


class Scanner:
    """Reads the blocks of one file whose columns are the canonical ones in their order (talk_ms may be absent)."""

    def __init__(self, columns: Sequence[str]) -> None:
        """`columns`: the names in the file's header."""
        self._columns = len(columns)
        self._usable = tuple(columns) in (CANONICAL_COLUMNS, CANONICAL_COLUMNS[:_TALK])
        self._places: npt.NDArray[np.int32] = np.zeros(0, np.int32)

    def scan(self, block: Any) -> list[Any] | None:
        """The columns of a buffer of whole lines in the types of CALL_FIELDS; None where the block is not plain."""
        if not self._usable or not 0 < block.size < _MOST_BYTES:
            return None
        room = block.size // _LEAST_FIELD + 2 * CACHE_LINE
        if self._places.size < room:
            self._places = np.empty(room, np.int32)
        count, rows = _separators(block.address, block.size, self._places)
        places = self._places[: max(count, 0)]
        whole = count > 0 and count == rows * self._columns and places[-1] == block.size - 1
        if not whole or not _even(block.address, self._columns, places):
            return None
        where = (block.address, self._columns)
        columns: list[Any] = []
        for column, field in enumerate(CALL_FIELDS):
            if column == self._columns:
                array = pa.nulls(rows, field.type)
            elif field.type == pa.string():
                array = _text_column(where, column, places, rows)
            elif field.type == WORD:
                array = _word_column(where, column, places, rows, block)
            else:
                array = _figures(where, column, places, rows, field.type)
            if array is None:
                return None
            columns.append(array)
        return columns


def _text_column(where: tuple[int, int], column: int, places: npt.NDArray[np.int32], rows: int) -> Any:
    offsets = np.empty(rows + 1, np.int32)
    _offsets(where[1], column, places, offsets)
    data = np.empty(int(offsets[-1]) + 8, np.uint8)
    _fill_texts(*where, column, places, offsets, data)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data[:-8]), None, 0)


def _word_column(where: tuple[int, int], column: int, places: npt.NDArray[np.int32], rows: int, block: Any) -> Any:
    indices, words = np.empty(rows, np.int32), np.empty((_MOST_WORDS, 2), np.int64)
    known = _fill_words(*where, column, places, indices, words)
    if known < 0:
        return None
    texts = [bytes(block.slice(at, size)).decode() for at, size in words[:known].tolist()]
    return pa.DictionaryArray.from_arrays(pa.array(indices), pa.array(texts, pa.string()))


def _figures(where: tuple[int, int], column: int, places: npt.NDArray[np.int32], rows: int, kind: Any) -> Any:
    out = np.empty(rows, np.int16 if kind.bit_width == 16 else np.int64)
    bits = np.zeros((rows + 7) // 8, np.uint8)
    if kind == INSTANT:
        empty = _fill_instants(*where, column, places, out, bits)
    else:
        longest = _CAUSE_DIGITS if kind.bit_width == 16 else _TALK_DIGITS
        empty = _fill_numbers(*where, column, places, longest, out, bits)
    if empty < 0:
        return None
    return pa.Array.from_buffers(kind, rows, [pa.py_buffer(bits) if empty else None, pa.py_buffer(out)], empty)
