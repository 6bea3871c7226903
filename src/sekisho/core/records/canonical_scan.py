"""Plain canonical CSV → typed columns, several times faster than a reader of any CSV: what the fast way of records is.

A block is plain where every byte is ASCII, nothing is quoted, lines end with a line feed alone, the columns stand in
the canonical order, every line has all of them, times are `2026-11-23T17:52:57Z` or have three decimals, and numbers
are digits. Whatever is not plain is not read here at all: `scan` says None, and `canonical_csv` has Arrow read the
block. So this file knows no errors, and a plain block gives the columns that Arrow would give (a test holds them
together).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.memory import CACHE_LINE
from sekisho.core.records.plain_columns import GUESSES, LEAST_FIELD, NO_ROOM, PLACES, SPARE, Columns, read_block
from sekisho.core.tables import CALL_FIELDS, CANONICAL_COLUMNS, INSTANT, WORD

_TALK: Final = CANONICAL_COLUMNS.index("talk_ms")
_MOST_BYTES: Final = 1 << 30
_MOST_WORDS: Final = 256  # of a column that repeats; more are no words
_MORE, _A_FEW = 1.05, 256  # room of a block beyond what it needs if it is as the one before
_TEXTS, _WORDS, _INSTANTS = (
    [place for place, field in enumerate(CALL_FIELDS) if field.type == kind] for kind in (pa.string(), WORD, INSTANT)
)


class Scanner:
    """Reads the blocks of one file whose columns are the canonical ones in their order (talk_ms may be absent)."""

    def __init__(self, columns: Sequence[str]) -> None:
        """`columns`: the names in the file's header."""
        self._columns = len(columns)
        self._usable = tuple(columns) in (CANONICAL_COLUMNS, CANONICAL_COLUMNS[:_TALK])
        self._places: npt.NDArray[np.int32] = np.empty(PLACES, np.int32)
        self._shares: list[float] = []  # of the block before: rows, and bytes of each text, a byte

    def scan(self, block: Any) -> list[Any] | None:
        """The columns of a buffer of whole lines in the types of CALL_FIELDS; None where the block is not plain."""
        if not self._usable or not 0 < block.size < _MOST_BYTES:
            return None
        most = [(block.size // LEAST_FIELD + 2 * CACHE_LINE) // self._columns, *[block.size + SPARE] * len(_TEXTS)]
        likely = [int(share * block.size) + _A_FEW for share in self._shares] or most
        rows, out = self._read(block, [min(pair) for pair in zip(likely, most, strict=True)])
        if rows == NO_ROOM:
            rows, out = self._read(block, most)
        if rows < 0:
            return None
        self._shares = [_MORE * used / block.size for used in (rows, *(int(text[0][rows]) for text in out.texts))]
        return self._arrays(block, rows, out)

    def _read(self, block: Any, rooms: list[int]) -> tuple[int, Columns]:
        """What `read_block` says of a block, and the columns, which have room for rooms[0] rows."""
        out = _columns(rooms[0], rooms[1:])
        return int(read_block(block.address, block.size, self._columns, self._places, rooms[0], out)), out

    def _arrays(self, block: Any, rows: int, out: Columns) -> list[Any]:
        arrays: list[Any] = [pa.nulls(0)] * len(CALL_FIELDS)
        for place, text in zip(_TEXTS, out.texts, strict=True):
            arrays[place] = _text_column(text, rows)
        for place, word in zip(_WORDS, out.words, strict=True):
            arrays[place] = _word_column(word, int(out.found[place]), rows, block)
        figures = zip((*_INSTANTS, _TALK - 1, _TALK), (*out.instants, out.cause, out.talk), strict=True)
        for place, (values, bits) in figures:
            arrays[place] = _figures(values, bits, int(out.found[place]), rows, CALL_FIELDS[place].type)
        if self._columns == _TALK:
            arrays[_TALK] = pa.nulls(rows, CALL_FIELDS[_TALK].type)
        return arrays


def _columns(room: int, rooms: list[int]) -> Columns:
    """Columns with room for `room` rows and so many bytes of each text."""

    def figures(kind: type[np.signedinteger[Any]]) -> tuple[Any, Any]:
        return np.empty(room, kind), np.empty((room + 7) // 8, np.uint8)

    def text(size: int) -> tuple[Any, Any]:
        offsets = np.empty(room + 1, np.int32)
        offsets[0] = 0
        return offsets, np.empty(size, np.uint8)

    def word() -> tuple[Any, Any, Any]:
        return np.empty(room, np.int32), np.empty((_MOST_WORDS, 2), np.int64), np.zeros((GUESSES, 4), np.uint64)

    return Columns(
        (text(rooms[0]), text(rooms[1]), text(rooms[2])),
        (word(), word()),
        (figures(np.int64), figures(np.int64), figures(np.int64)),
        figures(np.int16),
        figures(np.int64),
        np.zeros(len(CALL_FIELDS), np.int64),
    )


def _cut(array: npt.NDArray[Any], size: int) -> Any:
    """The first `size` entries of an array as a buffer."""
    return pa.py_buffer(array[:size])


def _text_column(text: tuple[Any, Any], rows: int) -> Any:
    offsets, data = text
    used = int(offsets[rows])
    return pa.StringArray.from_buffers(rows, _cut(offsets, rows + 1), _cut(data, used), None, 0)


def _word_column(word: tuple[Any, Any, Any], known: int, rows: int, block: Any) -> Any:
    indices, words, _ = word
    texts = [bytes(block.slice(at, size)).decode() for at, size in words[:known].tolist()]
    places = pa.Array.from_buffers(pa.int32(), rows, [None, _cut(indices, rows)], 0)
    return pa.DictionaryArray.from_arrays(places, pa.array(texts, pa.string()))


def _figures(values: npt.NDArray[Any], bits: npt.NDArray[np.uint8], empty: int, rows: int, kind: Any) -> Any:
    valid = _cut(bits, (rows + 7) // 8) if empty else None
    return pa.Array.from_buffers(kind, rows, [valid, _cut(values, rows)], empty)
