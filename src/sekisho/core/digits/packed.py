"""A string of up to 16 digits as one uint64: exact, comparable, and empty is 0.

Each digit is kept as digit + 1 in a nibble, the first digit in the highest nibble, and 0 ends the string. So `81` and
`810` differ, packed numbers sort like their texts, and all numbers with one prefix are one interval of integers.
(Zero-padded decimals are wrong: `81` would equal `810…`.)
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

MAX_DIGITS: Final = 16

_WORD_BITS: Final = 64
_ZERO: Final = np.uint64(0)
_ONE: Final = np.uint64(1)
_FOUR: Final = np.uint64(4)
_NIBBLE: Final = np.uint64(15)
_LOW_HALF: Final = np.uint64(0xFFFF_FFFF)
_LOW_QUARTER: Final = np.uint64(0xFFFF)
_LOW_EIGHTH: Final = np.uint64(0xFF)
_ASCII_ZERO: Final = 48
_NO_BYTES: Final[npt.NDArray[np.uint8]] = np.frombuffer(b"", np.uint8)

U64Array = npt.NDArray[np.uint64]


def pack(text: str) -> int:
    """Digits as a packed number; empty → 0. Raises ValueError for anything but 0 to 16 ASCII digits."""
    if len(text) > MAX_DIGITS or (text and not (text.isascii() and text.isdigit())):
        raise ValueError(f"{text!r} is not a string of at most {MAX_DIGITS} digits")
    number = 0
    for place, digit in enumerate(text):
        number |= (int(digit) + 1) << (_WORD_BITS - 4 - 4 * place)
    return number


def unpack(value: int) -> str:
    """The digits of a packed number; 0 → empty."""
    value = int(value)
    digits = []
    for shift in range(_WORD_BITS - 4, -4, -4):
        nibble = (value >> shift) & 15
        if not nibble:
            break
        digits.append(chr(_ASCII_ZERO - 1 + nibble))
    return "".join(digits)


def prefix_range(prefix: int) -> tuple[int, int]:
    """The lowest and highest packed value, both inclusive, that a number beginning with `prefix` can have."""
    prefix = int(prefix)
    return prefix, prefix | ((1 << (_WORD_BITS - 4 * len(unpack(prefix)))) - 1)


@njit(cache=True)
def digit_count(number: Any) -> Any:
    """How many digits a packed uint64 has, 0 to 16 (int64)."""
    if number == _ZERO:
        return 0
    count = 1
    rest = number
    if rest & _LOW_HALF:
        count += 8
        rest = rest & _LOW_HALF
    else:
        rest = rest >> np.uint64(32)
    if rest & _LOW_QUARTER:
        count += 4
        rest = rest & _LOW_QUARTER
    else:
        rest = rest >> np.uint64(16)
    if rest & _LOW_EIGHTH:
        count += 2
        rest = rest & _LOW_EIGHTH
    else:
        rest = rest >> np.uint64(8)
    if rest & _NIBBLE:
        count += 1
    return count


@njit(cache=True)
def digit_at(number: Any, place: Any) -> Any:
    """The digit (int64, 0 to 9) at `place`, counted from 0 at the left; -1 behind the last digit."""
    if place < 0 or place >= MAX_DIGITS:
        return -1
    return np.int64((number >> np.uint64(60 - 4 * place)) & _NIBBLE) - 1


@njit(cache=True)
def append_digit(number: Any, count: Any, digit: Any) -> Any:
    """`number`, which has `count` < 16 digits, with one more digit at its end."""
    return number | (np.uint64(digit + 1) << np.uint64(60 - 4 * count))


@njit(cache=True)
def first_digits(number: Any, count: Any) -> Any:
    """The first `count` digits (0 to 16) of a packed number."""
    if count <= 0:
        return _ZERO
    if count >= MAX_DIGITS:
        return number
    shift = np.uint64(64 - 4 * count)
    return (number >> shift) << shift


@njit(cache=True)
def without_first(number: Any, count: Any) -> Any:
    """A packed number without its first `count` digits (0 to 16)."""
    if count >= MAX_DIGITS:
        return _ZERO
    return number << np.uint64(4 * count)


@njit(cache=True)
def prepend(head: Any, head_count: Any, tail: Any) -> Any:
    """`head`, which has `head_count` digits, followed by `tail`; digits beyond the 16th are lost."""
    if head_count >= MAX_DIGITS:
        return head
    return head | (tail >> np.uint64(4 * head_count))


@njit(cache=True)
def prefix_high(prefix: Any) -> Any:
    """The highest packed value that begins with `prefix` (the lowest is `prefix` itself)."""
    count = digit_count(prefix)
    if count >= MAX_DIGITS:
        return prefix
    return prefix | ((~_ZERO) >> np.uint64(4 * count))


def text_bytes(column: Any) -> tuple[npt.NDArray[Any], npt.NDArray[np.uint8]]:
    """The raw form of an Arrow column of text, for kernels: (offsets, data); row i is `data[offsets[i]:offsets[i+1]]`.

    Takes string, large_string or dictionary-encoded arrays, chunked or sliced; a null reads as empty text. Offsets are
    int32 or int64 with one entry more than there are rows. Nothing is copied where the column is a plain array. Both
    arrays are read-only, always, so that a kernel is compiled once.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        column = column.cast(pa.string())
    if column.null_count:
        column = column.fill_null("")
    width = np.dtype(np.int64) if pa.types.is_large_string(column.type) else np.dtype(np.int32)
    _, offset_buffer, data_buffer = column.buffers()
    if len(column) == 0 or offset_buffer is None:
        return np.frombuffer(bytes(width.itemsize * (len(column) + 1)), width), _NO_BYTES
    offsets = np.frombuffer(offset_buffer, width, len(column) + 1, column.offset * width.itemsize)
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer else _NO_BYTES
    offsets.flags.writeable = data.flags.writeable = False
    return offsets, data


@njit(cache=True)
def _pack_rows(offsets: Any, data: Any, out: Any) -> None:
    for row in range(out.size):
        begin, end = offsets[row], offsets[row + 1]
        number = _ZERO
        if 0 < end - begin <= MAX_DIGITS:
            for at in range(begin, end):
                digit = np.int64(data[at]) - _ASCII_ZERO
                if digit < 0 or digit > 9:
                    number = _ZERO
                    break
                number |= np.uint64(digit + 1) << np.uint64(60 - 4 * (at - begin))
        out[row] = number


def pack_all(column: Any) -> U64Array:
    """An Arrow column of text as packed numbers, one a row; 0 where the text is not 1 to 16 plain digits."""
    offsets, data = text_bytes(column)
    out: U64Array = np.empty(len(column), np.uint64)
    _pack_rows(offsets, data, out)
    return out


@njit(cache=True)
def _unpacked_offsets(numbers: Any, offsets: Any) -> None:
    total = 0
    offsets[0] = 0
    for row in range(numbers.size):
        total += digit_count(numbers[row])
        offsets[row + 1] = total


@njit(cache=True)
def _unpack_rows(numbers: Any, offsets: Any, data: Any) -> None:
    for row in range(numbers.size):
        rest = numbers[row]
        for at in range(offsets[row], offsets[row + 1]):
            data[at] = np.uint8((rest >> np.uint64(60)) + np.uint64(_ASCII_ZERO - 1))
            rest = rest << _FOUR


def unpack_all(numbers: U64Array) -> Any:
    """Packed numbers as a pa.StringArray of their digits (0 → empty), at most 2^31 digits in all."""
    offsets = np.empty(numbers.size + 1, np.int32)
    _unpacked_offsets(numbers, offsets)
    data = np.empty(int(offsets[-1]), np.uint8)
    _unpack_rows(numbers, offsets, data)
    return pa.StringArray.from_buffers(numbers.size, pa.py_buffer(offsets), pa.py_buffer(data))
