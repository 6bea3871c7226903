"""The longest prefix of a number, by disjoint intervals of packed values.

Nested prefixes are cut into intervals that do not overlap and together cover every uint64. A table over the first five
digits (the top 20 bits) says where to start; what is left is a search among the few intervals of those five digits.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit, types

from sekisho.core.digits.packed import U64Array, prefix_high
from sekisho.core.memory import address_of, element_reader

NO_VALUE: Final = -1
_TOP_BITS: Final = 20
_TOP_SHIFT: Final = np.uint64(64 - _TOP_BITS)
_TOP_SIZE: Final = 1 << _TOP_BITS
_DEEPEST: Final = 18  # prefixes of 0 to 16 digits can lie inside each other

I32Array = npt.NDArray[np.int32]
_i32_at, _u64_at = element_reader(types.int32), element_reader(types.uint64)


class PrefixIndex(NamedTuple):
    """Arrays only, so that kernels take it as it is.

    Interval i is `starts[i]` up to, not including, `starts[i + 1]`, and means `values[i]` (-1: no prefix). `top[t]` is
    the interval that holds the first packed value whose top 20 bits are t; it has one entry more than there are t.
    """

    starts: U64Array
    values: I32Array
    top: I32Array


@njit(cache=True)
def _cut(prefixes: Any, values: Any, starts: Any, meanings: Any) -> Any:
    """Sorted prefixes → intervals in `starts`, `meanings` (room for 2n + 1); returns how many."""
    highs = np.empty(_DEEPEST, np.uint64)
    inner = np.empty(_DEEPEST, np.int32)
    depth = 0
    inner[0] = NO_VALUE
    starts[0], meanings[0] = np.uint64(0), np.int32(NO_VALUE)
    count = 1
    for entry in range(prefixes.size + 1):
        # Leave every prefix that ends before this one begins; behind its end its parent goes on.
        while depth > 0 and (entry == prefixes.size or highs[depth] < prefixes[entry]):
            after = highs[depth] + np.uint64(1)
            depth -= 1
            if after == np.uint64(0):  # the empty prefix reaches to the end of all values
                continue
            if starts[count - 1] != after:
                starts[count] = after
                count += 1
            meanings[count - 1] = inner[depth]
        if entry == prefixes.size:
            break
        depth += 1
        highs[depth] = prefix_high(prefixes[entry])
        inner[depth] = values[entry]
        if starts[count - 1] != prefixes[entry]:
            starts[count] = prefixes[entry]
            count += 1
        meanings[count - 1] = values[entry]
    return count


@njit(cache=True)
def _fill_top(starts: Any, top: Any) -> None:
    interval = 0
    for entry in range(_TOP_SIZE):
        first = np.uint64(entry) << _TOP_SHIFT
        while interval + 1 < starts.size and starts[interval + 1] <= first:
            interval += 1
        top[entry] = interval
    top[_TOP_SIZE] = starts.size - 1


def build_index(prefixes: U64Array, values: I32Array) -> PrefixIndex:
    """An index of `prefixes` (packed, any order; 0 = the empty prefix, which every number has) with their `values`.

    Both arrays have one entry a prefix; values are ≥ 0. Of equal prefixes the last one given wins. Raises ValueError
    where the lengths differ or a value is negative.
    """
    if prefixes.shape != values.shape:
        raise ValueError(f"{prefixes.size} prefixes but {values.size} values: give one value a prefix")
    if values.size and int(values.min()) < 0:
        raise ValueError("a value is negative: -1 is kept for 'no prefix'")
    order = np.argsort(prefixes, kind="stable")
    ordered = prefixes[order].astype(np.uint64)
    last = np.append(ordered[1:] != ordered[:-1], np.ones(min(1, ordered.size), np.bool_))
    ordered, meant = ordered[last], values[order][last].astype(np.int32)
    starts = np.empty(2 * ordered.size + 1, np.uint64)
    meanings = np.empty(2 * ordered.size + 1, np.int32)
    count = int(_cut(ordered, meant, starts, meanings))
    top = np.empty(_TOP_SIZE + 1, np.int32)
    starts, meanings = starts[:count].copy(), meanings[:count].copy()
    _fill_top(starts, top)
    return PrefixIndex(starts, meanings, top)


@njit(cache=True)
def find_value(starts: Any, values: Any, top: Any, number: Any) -> Any:
    """`longest_prefix` of an index that was taken apart (`starts, values, top = index`)."""
    if number == np.uint64(0):
        return np.int32(NO_VALUE)
    entry = np.int64(number >> _TOP_SHIFT)
    low, high = np.int64(top[entry]), np.int64(top[entry + 1])
    while low < high:
        middle = (low + high + 1) >> 1
        if starts[middle] <= number:
            low = middle
        else:
            high = middle - 1
    return values[low]


class PrefixPlaces(NamedTuple):
    """Where the arrays of an index lie; whoever has it holds the arrays too."""

    starts: int
    values: int
    top: int


@njit(cache=True)
def places_of(starts: Any, values: Any, top: Any) -> PrefixPlaces:
    """The places of the arrays of an index, for `find_at`."""
    return PrefixPlaces(address_of(starts), address_of(values), address_of(top))


@njit(cache=True)
def find_at(places: PrefixPlaces, number: Any) -> Any:
    """`longest_prefix` by places, for a loop over many numbers: no references are counted. Never 0 as `number`."""
    entry = np.int64(number >> _TOP_SHIFT)
    low, high = np.int64(_i32_at(places.top, entry)), np.int64(_i32_at(places.top, entry + 1))
    while low < high:
        middle = (low + high + 1) >> 1
        if _u64_at(places.starts, middle) <= number:
            low = middle
        else:
            high = middle - 1
    return _i32_at(places.values, low)


@njit(cache=True)
def longest_prefix(index: Any, number: Any) -> Any:
    """The value (int32) of the longest prefix of a packed uint64, -1 where none fits or `number` is 0 (no number)."""
    return find_value(index.starts, index.values, index.top, number)


@njit(cache=True)
def _lookup_rows(index: Any, numbers: Any, out: Any) -> None:
    starts, values, top = index
    for row in range(numbers.size):
        out[row] = find_value(starts, values, top, numbers[row])


def lookup_all(index: PrefixIndex, numbers: U64Array) -> I32Array:
    """`longest_prefix` for every packed number: int32, one a row."""
    out: I32Array = np.empty(numbers.size, np.int32)
    _lookup_rows(index, numbers, out)
    return out
