"""A 128-bit hash of a text in an Arrow buffer: two independent lanes, eight bytes at a time.

Not for secrets. Two calls are taken for one only if all 128 bits agree, which at 10^9 calls happens with a chance of
about 10^-21.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from sekisho.core.memory import byte_at, load_word, turned_round

_A: Final = np.uint64(0x9E3779B97F4A7C15)
_B: Final = np.uint64(0xD6E8FEB86659FD93)
_C: Final = np.uint64(0xBF58476D1CE4E5B9)
_ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_SHIFT: Final = np.uint64(32)
_ODD: Final = np.uint64(29)


@njit(cache=True)
def mix(lane: Any, word: Any, factor: Any) -> Any:
    """One round of one lane."""
    lane = (lane ^ word) * factor
    return lane ^ (lane >> _SHIFT)


@njit(cache=True, forceinline=True)  # who wants one lane does not pay for two
def hash_bytes(address: Any, first: int, last: int, seed: Any) -> tuple[Any, Any]:
    """The two lanes of bytes first..last of those at `address` (uint64)."""
    one = seed ^ (np.uint64(last - first) * _C)
    two = (seed + _B) * _A
    at = first
    while at + 8 <= last:
        word = load_word(np.uint64(address) + np.uint64(at))
        one = mix(one, word, _A)
        two = mix(two, word, _B)
        at += 8
    if at < last:
        if at > first:  # the last eight bytes, without those that were read before
            behind = turned_round(load_word(np.uint64(address) + np.uint64(last - 8)))
            word = behind & (_ALL >> np.uint64(64 - 8 * (last - at)))
        else:
            word = np.uint64(0)
            for byte in range(at, last):
                word = (word << np.uint64(8)) | np.uint64(byte_at(np.int64(address) + byte))
        one = mix(one, word, _A)
        two = mix(two, word, _B)
    one = mix(one, one >> _ODD, _C)
    two = mix(two, two >> _ODD, _C)
    return one, two
