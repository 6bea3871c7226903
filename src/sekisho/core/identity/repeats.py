"""Which rows of a whole file can be of one call? Only they need to be told apart one after the other (`calls.py`).

A call's rows have one key: the first of the two lanes that `CallTable` knows a call by. So a row whose key no other row
has is a call on its own, and in most files that is every row. To find the others, the keys are parted by their highest
bits, so that the rows of a part are compared within the cache.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit, types

from sekisho.core.digits.packed import text_bytes
from sekisho.core.identity.segments import key_of
from sekisho.core.memory import address_of, element_reader

_PART: Final = 2_048  # keys of a part
_MOST_PARTS_BITS: Final = 14
_NONE: Final = np.uint64(0)
_ONE: Final = np.uint64(1)

_key_at = element_reader(types.uint64)

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


@njit(cache=True)
def _fill_keys(offsets: Any, address: Any, lines: Any, incoming: Any, out: Any) -> None:
    for row in range(out.size):
        key, _ = key_of(address, offsets[row], offsets[row + 1], lines[row], incoming[row])
        out[row] = max(key, _ONE)


def call_keys(call_id: pa.StringArray, lines: npt.NDArray[np.int32], incoming: npt.NDArray[np.bool_], out: U64) -> None:
    """Into `out` (u64), the key of every row's call, never 0; `lines` are the rows of the lines."""
    offsets, data = text_bytes(call_id)
    _fill_keys(offsets, np.uint64(data.ctypes.data), lines, incoming, out)


@njit(cache=True)
def _part(keys: Any, shift: Any, ends: Any, out: Any) -> None:
    """The keys in the order of their parts; `ends` (zeros, one a part) gets where each part ends."""
    for row in range(keys.size):
        ends[np.int64(keys[row] >> shift)] += 1
    total = 0
    for part in range(ends.size):
        begin = total
        total += int(ends[part])
        ends[part] = begin
    for row in range(keys.size):
        part = int(keys[row] >> shift)
        out[ends[part]] = keys[row]
        ends[part] += 1


@njit(cache=True)
def _place_of(table: int, size: int, key: Any) -> int:
    """Where a key stands in a table of `size` keys (0 = free, a power of two) at an address, or the free place."""
    at = np.int64(key & np.uint64(size - 1))
    while True:
        held = _key_at(table, at)
        if held in (_NONE, key):
            return int(at)
        at = (at + 1) & (size - 1)


@njit(cache=True)
def _again(parted: Any, ends: Any, out: Any) -> int:
    """The keys that come more than once into `out`, as often as they come again; returns how many."""
    count, begin = 0, 0
    room = 64
    table = np.zeros(room, np.uint64)
    for part in range(ends.size):
        size = ends[part] - begin
        while room < 2 * size:
            room *= 2
        if table.size < room:
            table = np.empty(room, np.uint64)
        table[:] = _NONE
        address = address_of(table)
        for at in range(begin, ends[part]):
            key = parted[at]
            place = _place_of(address, table.size, key)
            if table[place] == key:
                out[count] = key
                count += 1
            table[place] = key
        begin = ends[part]
    return count


@njit(cache=True)
def _mark(keys: Any, table: Any, out: Any) -> None:
    address = address_of(table)
    for row in range(keys.size):
        out[row] = table[_place_of(address, table.size, keys[row])] != _NONE


@njit(cache=True)
def _put_all(table: Any, keys: Any) -> None:
    address = address_of(table)
    for row in range(keys.size):
        table[_place_of(address, table.size, keys[row])] = keys[row]


def repeated(keys: U64) -> I64:
    """The rows, in their order, whose key (not 0) another row has as well."""
    bits = min(max((keys.size // _PART).bit_length(), 1), _MOST_PARTS_BITS)
    ends, parted = np.zeros(1 << bits, np.int64), np.empty_like(keys)
    _part(keys, np.uint64(64 - bits), ends, parted)
    again = np.empty_like(keys)
    again = again[: _again(parted, ends, again)]
    if not again.size:
        return np.zeros(0, np.int64)
    table = np.zeros(1 << (2 * again.size).bit_length(), np.uint64)
    _put_all(table, again)
    out = np.empty(keys.size, np.bool_)
    _mark(keys, table, out)
    return np.flatnonzero(out)
