"""Millions of short texts at once: a row of bytes a text, zero where nothing stands; no Python object a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

Rows = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]

ANY_DIGIT: Final = ord("#")
TWO_TO_NINE: Final = ord("@")

_ZERO: Final = ord("0")
_HEX: Final = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), np.uint8).reshape(256, 2)
_UUID_GROUPS: Final = ((0, 8), (9, 13), (14, 18), (19, 23), (24, 36))  # the columns between hyphens


def rows_of(texts: Sequence[str], width: int) -> Rows:
    """ASCII texts as u8[len(texts), width], filled with zeros. A text longer than `width` raises ValueError."""
    if max(map(len, texts)) > width:
        raise ValueError(f"a text is longer than {width}")
    return np.array(texts, f"S{width}").view(np.uint8).reshape(len(texts), width)


def text_column(rows: Rows) -> pa.StringArray:
    """u8[n, width] as n texts; zeros are left out wherever they stand, an all-zero row is an empty text."""
    there = rows != 0
    offsets = np.zeros(len(rows) + 1, np.int32)
    np.cumsum(there.sum(axis=1, dtype=np.int32), out=offsets[1:])
    return pa.StringArray.from_buffers(len(rows), pa.py_buffer(offsets), pa.py_buffer(rows[there]))


def mixed(words: Words) -> Words:
    """SplitMix64's finisher: spreads u64[n] over all 64 bits, one to one (so distinct words stay distinct)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def digits_filled(rows: Rows, words: Words) -> Rows:
    """Templates with their blanks filled, the same word always the same way.

    `#` becomes any digit, `@` one of 2 to 9; at most 16 columns may hold blanks. Changes `rows` and returns it.
    """
    words = mixed(words)
    for column in range(rows.shape[1]):
        here = rows[:, column]
        any_digit, upper_digit = here == ANY_DIGIT, here == TWO_TO_NINE
        if not (any_digit.any() or upper_digit.any()):
            continue
        rest = words // np.uint64(10)
        words, digit = rest, (words - rest * np.uint64(10)).astype(np.uint8)
        here[any_digit] = _ZERO + digit[any_digit]
        here[upper_digit] = _ZERO + 2 + digit[upper_digit] % 8
    return rows


def uuid_rows(high: Words, low: Words) -> Rows:
    """Two u64[n] as u8[n, 36] in the form of a UUID; distinct pairs give distinct texts."""
    binary = np.empty((len(high), 16), np.uint8)
    binary[:, :8] = high.astype(">u8").view(np.uint8).reshape(-1, 8)
    binary[:, 8:] = low.astype(">u8").view(np.uint8).reshape(-1, 8)
    rows = np.full((len(high), 36), ord("-"), np.uint8)
    digits = _HEX[binary].reshape(-1, 32)
    for hyphens, (first, end) in enumerate(_UUID_GROUPS):
        rows[:, first:end] = digits[:, first - hyphens : end - hyphens]
    return rows


def instant_rows(instants: npt.NDArray[np.int64]) -> Rows:
    """Milliseconds since the epoch, i64[n], as u8[n, 24]: `2026-11-23T17:52:57.123Z`. Dear over many years."""
    rows = np.empty((len(instants), 24), np.uint8)
    if not len(instants):
        return rows
    days = instants // DAY_MS
    within = (instants - days * DAY_MS).astype(np.uint32)
    first = int(days.min())
    calendar = np.datetime_as_string(np.arange(first, int(days.max()) + 1).astype("datetime64[D]"))
    rows[:, :10] = calendar.astype("S10").view(np.uint8).reshape(-1, 10)[days - first]
    for column, mark in ((10, "T"), (13, ":"), (16, ":"), (19, "."), (23, "Z")):
        rows[:, column] = ord(mark)
    for column, unit, digits in ((11, HOUR_MS, 2), (14, MINUTE_MS, 2), (17, SECOND_MS, 2), (20, 1, 3)):
        count = within // np.uint32(unit)
        within -= count * np.uint32(unit)
        for place in reversed(range(digits)):
            rest = count // np.uint32(10)  # numpy divides by a constant much faster than it takes divmod
            rows[:, column + place] = _ZERO + (count - rest * np.uint32(10))
            count = rest
    return rows
