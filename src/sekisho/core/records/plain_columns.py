"""The columns of a block of plain records, slice by slice, so that a slice is still in the cache for its last column.

1. The separators of a slice are found, 64 bytes at a time.
2. Every line must have as many as the header.
3. The fields are read, column by column (plain_fields.py).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from sekisho.core.memory import (
    CACHE_LINE,
    address_of,
    bit_count,
    byte_at,
    equal_signs,
    high_signs,
    lowest_bit,
    prefetch,
    put_word,
    word_at,
)
from sekisho.core.records.plain_fields import (
    DAY_BYTES,
    FINE_SIZE,
    NOT_PLAIN,
    WHOLE_SIZE,
    day_of,
    number_of,
    same,
    time_of,
)
from sekisho.core.tables import CANONICAL_COLUMNS

NO_ROOM: Final = -2  # the columns have not enough of it
SPARE: Final = 16  # bytes behind the texts of a column that may be written
LEAST_FIELD: Final = 4  # bytes a separator stands for, on average, in any line that can be a call
GUESSES: Final = 256
_SLICE: Final = 1 << 18
_AHEAD: Final = 2_048  # bytes that are asked for early: the processor itself asks for nothing beyond a page
_SURE: Final = 16  # bytes of a word of which its ends say all
_TOGETHER: Final = 8  # rows whose validity is one byte
_AT_ONCE: Final = 8
_CAUSE_DIGITS, _TALK_DIGITS = 3, 15
_COMMA, _LINE_FEED, _QUOTE, _RETURN = 44, 10, 34, 13
_ID, _SOURCE, _DIRECTION, _LINE, _NUMBER, _START, _ANSWER, _END, _CAUSE, _TALK = range(len(CANONICAL_COLUMNS))
PLACES: Final = _SLICE // LEAST_FIELD + 2 * CACHE_LINE + (_TOGETHER + 1) * len(CANONICAL_COLUMNS)

_ONE: Final = np.uint64(1)
_NONE: Final = np.uint64(0)
_SLOT_BITS: Final = np.uint64(64 - 8)
_ODD: Final = np.uint64(29)
_MIX, _MIX_SIZE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


class Columns(NamedTuple):
    """Where the columns go.

    A text: `offsets` i32[rows + 1], of which the first is 0, and `data` u8 with room for SPARE bytes more. A word:
    `indices` i32, `words` i64[n, 2] for the place and size of each, `guesses` u64[GUESSES, 4] of zeros. Figures:
    values, and their validity bits.
    `found` i64, zeros at first: by column, how many words there are or how many figures are empty.
    """

    texts: Any  # (offsets, data) of call_id, line and number
    words: Any  # (indices, words, guesses) of source and direction
    instants: Any  # (values, bits) of start, answer and end
    cause: Any
    talk: Any
    found: Any


@njit(cache=True)
def _separators(address: int, begin: int, end: int, places: Any, count: int) -> tuple[int, int]:
    """The places of all commas and line feeds from `begin` to `end` into `places`, behind the `count` it has.

    Returns how many it has then, and how many of the new ones are line feeds; or NOT_PLAIN.
    """
    lines = 0
    at = begin
    while at + CACHE_LINE <= end:
        here = address + at
        if equal_signs(here, _QUOTE) | equal_signs(here, _RETURN) | high_signs(here):
            return NOT_PLAIN, 0
        prefetch(here + _AHEAD)
        feeds = equal_signs(here, _LINE_FEED)
        found = feeds | equal_signs(here, _COMMA)
        if count + CACHE_LINE > places.size:
            return NOT_PLAIN, 0
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
        return NOT_PLAIN, 0
    for last in range(at, end):
        sign = byte_at(address + last)
        if sign in (_QUOTE, _RETURN) or sign > 127:
            return NOT_PLAIN, 0
        if sign in (_COMMA, _LINE_FEED):
            places[count] = last
            count += 1
            lines += sign == _LINE_FEED
    return count, lines


@njit(cache=True)
def _even(address: int, columns: int, places: Any, rows: int) -> bool:
    """Whether each line has as many fields as there are columns: of as many separators every last is a line feed."""
    even = True
    for row in range(1, rows + 1):
        even &= byte_at(address + places[row * columns]) == _LINE_FEED
    return even


@njit(cache=True)
def _fill_texts(address: int, size: int, places: Any, step: tuple[int, int], span: tuple[int, int], out: Any) -> bool:
    """The texts of a column into `out`; whether there is room for them. `size` is the block's.

    As for all columns: `step` are how many columns there are and which this is, `span` is the first row of the slice
    and how many it has. A field begins behind the separator before it; before the first one stands that of the slice.
    """
    (columns, column), (first, rows), (offsets, data) = step, span, out
    target = address_of(data) + offsets[first]
    total = np.int64(offsets[first])
    last = address + size - SPARE  # from here on a copy may reach behind the block
    for row in range(rows):
        begin = address + places[row * columns + column] + 1
        length = address + places[row * columns + column + 1] - begin
        if total + length + SPARE > data.size:
            return False
        if begin + length <= last:
            put_word(target, word_at(begin))  # and a few bytes behind it, which the next text overwrites
            put_word(target + 8, word_at(begin + 8))
            for at in range(16, length, 8):
                put_word(target + at, word_at(begin + at))
        else:
            for at in range(length):
                data[total + at] = byte_at(begin + at)
        target += length
        total += length
        offsets[first + row + 1] = total
    return True


@njit(cache=True)
def _index_of(words: Any, known: int, address: int, begin: int, size: int) -> int:
    """Which of the `known` words this one is; `known` where it is none of them."""
    index = 0
    while index < known and not (words[index, 1] == size and same(begin, address + words[index, 0], size)):
        index += 1
    return index


@njit(cache=True)
def _fill_words(address: int, places: Any, step: tuple[int, int], span: tuple[int, int], known: int, out: Any) -> int:
    """The words of a column, numbered as they come up; `known` are known already.

    Returns how many there are then, NOT_PLAIN where they are more than there is room for. Which word stands in a field
    is first guessed from its ends, which say all of up to _SURE bytes, so that words in no order cost no wrong branch.
    """
    (columns, column), (first, rows), (indices, words, guesses) = step, span, out
    for row in range(rows):
        begin = address + places[row * columns + column] + 1
        size = address + places[row * columns + column + 1] - begin
        # Its first eight bytes, or as many as it has, and its last eight; of an empty one the byte before it.
        there = begin - int(size == 0)
        head, tail = word_at(there) << np.uint64(64 - 8 * min(max(size, 1), 8)), word_at(there + max(size, 8) - 8)
        tail = head if size < 8 else tail
        slot = ((head ^ (tail >> _ODD)) * _MIX + np.uint64(size) * _MIX_SIZE) >> _SLOT_BITS
        if guesses[slot, 0] == head and guesses[slot, 1] == tail and guesses[slot, 2] == np.uint64(size):
            indices[first + row] = guesses[slot, 3]
            continue
        index = _index_of(words, known, address, begin, size)
        if index == known:
            if known == words.shape[0]:
                return NOT_PLAIN
            words[known, 0], words[known, 1] = begin - address, size
            known += 1
        if 0 < size <= _SURE:
            guesses[slot, 0], guesses[slot, 1], guesses[slot, 2], guesses[slot, 3] = head, tail, size, index
        indices[first + row] = index
    return known


@njit(cache=True)
def _fill_instants(address: int, places: Any, step: tuple[int, int], span: tuple[int, int], out: Any) -> int:
    """The times of a column (ms), and their validity.

    Returns how many fields are empty, NOT_PLAIN where one is no plain time.
    """
    (columns, column), (first, rows), (values, bits) = step, span, out
    date, day, midnight = _NONE, _NONE, 0  # of the day read last
    empty, held = 0, 0
    for row in range(rows):
        begin = address + places[row * columns + column] + 1
        size = address + places[row * columns + column + 1] - begin
        instant = 0
        if size != 0:
            if size not in (FINE_SIZE, WHOLE_SIZE):
                return NOT_PLAIN
            one, two = word_at(begin), word_at(begin + 8)
            if one != date or two & DAY_BYTES != day:
                midnight = day_of(one, two)
                date, day = one, two & DAY_BYTES
            time = time_of(begin, size)
            if midnight < 0 or time < 0:
                return NOT_PLAIN
            instant = midnight + time
        values[first + row] = instant
        empty += size == 0
        held |= (size != 0) << (row & 7)
        if row & 7 == 7:
            bits[(first + row) >> 3], held = held, 0
    if rows & 7:
        bits[(first + rows) >> 3] = held
    return empty


@njit(cache=True)
def _fill_numbers(
    address: int, places: Any, step: tuple[int, int], span: tuple[int, int], longest: int, out: Any
) -> int:
    """`_fill_instants` for whole numbers of at most `longest` digits."""
    (columns, column), (first, rows), (values, bits) = step, span, out
    empty, held = 0, 0
    for row in range(rows):
        begin = address + places[row * columns + column] + 1
        size = address + places[row * columns + column + 1] - begin
        number = number_of(begin, size, longest)
        if number < 0:
            return NOT_PLAIN
        values[first + row] = number
        empty += size == 0
        held |= (size != 0) << (row & 7)
        if row & 7 == 7:
            bits[(first + row) >> 3], held = held, 0
    if rows & 7:
        bits[(first + rows) >> 3] = held
    return empty


@njit(cache=True)
def _read_figures(address: int, columns: int, places: Any, span: tuple[int, int], out: Columns) -> int:
    """Times and numbers of the rows of a slice into the columns: 0, or NOT_PLAIN."""
    for place in range(3):
        empty = _fill_instants(address, places, (columns, _START + place), span, out.instants[place])
        if empty < 0:
            return NOT_PLAIN
        out.found[_START + place] += empty
    empty = _fill_numbers(address, places, (columns, _CAUSE), span, _CAUSE_DIGITS, out.cause)
    if empty < 0:
        return NOT_PLAIN
    out.found[_CAUSE] += empty
    if columns > _TALK:
        empty = _fill_numbers(address, places, (columns, _TALK), span, _TALK_DIGITS, out.talk)
        if empty < 0:
            return NOT_PLAIN
        out.found[_TALK] += empty
    return 0


@njit(cache=True)
def _read_rows(address: int, size: int, columns: int, places: Any, span: tuple[int, int], out: Columns) -> int:
    """The rows of a slice into the columns: 0, or NOT_PLAIN or NO_ROOM."""
    for place in range(3):
        column = (_ID, _LINE, _NUMBER)[place]
        if not _fill_texts(address, size, places, (columns, column), span, out.texts[place]):
            return NO_ROOM
    for place in range(2):
        column = (_SOURCE, _DIRECTION)[place]
        known = _fill_words(address, places, (columns, column), span, out.found[column], out.words[place])
        if known < 0:
            return NOT_PLAIN
        out.found[column] = known
    return int(_read_figures(address, columns, places, span, out))


@njit(cache=True)
def read_block(address: int, size: int, columns: int, places: Any, room: int, out: Columns) -> int:
    """The block of `size` bytes at an address into the columns, which have room for `room` rows; how many rows it has.

    `places` i32[PLACES] is to work with. NOT_PLAIN where it is not plain, NO_ROOM where there is not enough of it; then
    what the columns hold means nothing.
    """
    row = lines = at = waiting = 0
    places[0] = -1  # the line feed before the first line
    while at < size:
        end = min(at + _SLICE, size)
        count, feeds = _separators(address, at, end, places, waiting + 1)
        if count < 0:
            return NOT_PLAIN
        at = end
        lines += feeds
        rows = (count - 1) // columns
        if end < size:
            rows -= rows % _TOGETHER
        elif count - 1 != rows * columns or places[count - 1] != size - 1:
            return NOT_PLAIN
        if not _even(address, columns, places, rows):
            return NOT_PLAIN
        said = _read_rows(address, size, columns, places, (row, rows), out) if row + rows <= room else NO_ROOM
        if said < 0:
            return said
        row += rows
        waiting = count - 1 - rows * columns
        for each in range(waiting + 1):
            places[each] = places[rows * columns + each]
    return row if lines == row else NOT_PLAIN
