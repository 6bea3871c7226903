"""The rules of a call over whole columns: which rows of a typed batch break one. `call_row.check` gives the reason.

The columns come in the order and with the types of CALL_FIELDS. One kernel passes over their buffers once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sekisho.core.columns import figures, there
from sekisho.core.memory import CACHE_LINE, byte_at, equal_signs, high_signs
from sekisho.core.records.call_row import DIRECTIONS, LATEST, LONGEST_MS, MAX_CALL_ID, MAX_CAUSE, MAX_TEXT

Mask = npt.NDArray[np.bool_]
_LINE_FEED, _RETURN = 10, 13


def broken_rows(columns: Sequence[Any]) -> Mask:
    """For arrays in the types of CALL_FIELDS: True for every row that breaks a rule of a call."""
    call_id, source, direction, line, number, start, answer, end, cause, talk_ms = columns
    if not len(start):
        return np.zeros(0, np.bool_)
    bad = _bad_words(source, lambda word: 0 < len(word.encode()) <= MAX_TEXT)
    bad |= _bad_words(direction, lambda word: word in DIRECTIONS)
    for column in (call_id, line, number, start):
        if column.null_count:
            bad |= ~column.is_valid().to_numpy(zero_copy_only=False)
    _break(
        (_ends(call_id), _ends_of_words(line) if pa.types.is_dictionary(line.type) else _ends(line), _ends(number)),
        figures(start),
        *(part for column in (answer, end, cause, talk_ms) for part in (figures(column), there(column))),
        bad,
    )
    return bad


def begins_with(column: Any, sign: str) -> bool:
    """Whether a text of a string column begins with an ASCII sign (seldom: that an empty text stands before one)."""
    signs = column.buffers()[2]
    if signs is None or not signs.size:
        return False
    firsts = _view(signs, np.uint8).take(_ends(column)[:-1], mode="clip")
    return bool((firsts == ord(sign)).any())


def holds_break(column: Any) -> bool:
    """Whether any text of a string column holds a line break."""
    signs, ends = column.buffers()[2], _ends(column)
    if signs is None or not len(column):
        return False
    return bool(_any_break(signs.address + int(ends[0]), int(ends[-1] - ends[0])))


def is_ascii(column: Any) -> bool:
    """Whether every byte of a string column is ASCII, so that nothing in it needs to be looked at as UTF-8."""
    signs, ends = column.buffers()[2], _ends(column)
    if signs is None or not len(column):
        return True
    return bool(_all_ascii(signs.address + int(ends[0]), int(ends[-1] - ends[0])))


def plain(column: Any) -> Any:
    """A chunked column as one array."""
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
    return column


def _ends(column: Any) -> npt.NDArray[np.int32]:
    """The n + 1 offsets of a string column."""
    return _view(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]


def _ends_of_words(column: Any) -> npt.NDArray[np.int32]:
    """Offsets for words that keep the rules already (`are_plain`): as if each were a byte long."""
    return np.arange(len(column) + 1, dtype=np.int32)


def are_plain(words: Any) -> bool:
    """Whether every word of a dictionary column, each row having one, may be the line of a call."""
    sizes = np.diff(_ends(words.dictionary))
    if words.null_count or words.dictionary.null_count or not sizes.size:
        return False
    return bool(sizes.min() >= 1 and sizes.max() <= MAX_TEXT and not holds_break(words.dictionary))


def _view(buffer: Any, kind: type[np.generic]) -> npt.NDArray[Any]:
    """A buffer as a read-only array: always read-only, so that the kernel is compiled once."""
    view = np.frombuffer(buffer, kind)
    view.flags.writeable = False
    return view


def _bad_words(column: Any, good: Callable[[str], bool]) -> Mask:
    """True where a dictionary's word is null or not `good`."""
    wrong = [index for index, word in enumerate(column.dictionary.to_pylist()) if word is None or not good(word)]
    bad = np.isin(figures(column.indices), wrong) if wrong else np.zeros(len(column), np.bool_)
    return bad | ~column.is_valid().to_numpy(zero_copy_only=False) if column.null_count else bad


@njit(cache=True)
def _all_ascii(address: int, size: int) -> bool:
    at, high = 0, np.uint64(0)
    while at + CACHE_LINE <= size:
        high |= high_signs(address + at)
        at += CACHE_LINE
    for last in range(at, size):
        high |= np.uint64(byte_at(address + last) >> np.uint8(7))
    return bool(high == np.uint64(0))


@njit(cache=True)
def _any_break(address: int, size: int) -> bool:
    at, found = 0, np.uint64(0)
    while at + CACHE_LINE <= size:
        found |= equal_signs(address + at, _LINE_FEED) | equal_signs(address + at, _RETURN)
        at += CACHE_LINE
    for last in range(at, size):
        found |= np.uint64(byte_at(address + last) in (_LINE_FEED, _RETURN))
    return bool(found != np.uint64(0))


@njit(cache=True)
def _break(
    texts: Any,
    start: Any,
    answer: Any,
    answer_there: Any,
    end: Any,
    end_there: Any,
    cause: Any,
    cause_there: Any,
    talk: Any,
    talk_there: Any,
    bad: Any,
) -> None:
    """Sets `bad` where a row breaks a rule of `call_row.check` (words and nulls that may not be are dealt with).

    Without branches: which figures are there follows no order, and a branch that is guessed wrong costs more than all.
    """
    ids, lines, numbers = texts
    for row in range(len(start)):
        began = start[row]
        wrong = (began < 0) | (began >= LATEST)
        size = ids[row + 1] - ids[row]
        wrong |= (size < 1) | (size > MAX_CALL_ID)
        size = lines[row + 1] - lines[row]
        wrong |= (size < 1) | (size > MAX_TEXT)
        wrong |= numbers[row + 1] - numbers[row] > MAX_TEXT
        answered = answer_there[row]
        last = answer[row] if answered else began
        wrong |= (last < began) | (answered & (last >= LATEST))
        wrong |= end_there[row] & ((end[row] < last) | (end[row] - began > LONGEST_MS))
        wrong |= cause_there[row] & ((cause[row] < 0) | (cause[row] > MAX_CAUSE))
        wrong |= talk_there[row] & ((talk[row] < 0) | (talk[row] > LONGEST_MS))
        bad[row] |= wrong
