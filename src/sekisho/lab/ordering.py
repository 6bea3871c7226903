"""Events of a whole file in the order of time: a stable radix sort, linear in the number of events."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

I64 = npt.NDArray[np.int64]
_BITS: Final = 11
_BUCKETS: Final = 1 << _BITS


@njit(cache=True)
def _pass(keys: Any, values: Any, shift: int, out_keys: Any, out_values: Any) -> None:
    starts = np.zeros(_BUCKETS + 1, np.int64)
    for index in range(keys.size):
        starts[((keys[index] >> shift) & (_BUCKETS - 1)) + 1] += 1
    for bucket in range(_BUCKETS):
        starts[bucket + 1] += starts[bucket]
    for index in range(keys.size):
        bucket = (keys[index] >> shift) & (_BUCKETS - 1)
        place = starts[bucket]
        starts[bucket] = place + 1
        out_keys[place] = keys[index]
        out_values[place] = values[index]


def in_order(at: I64, what: I64) -> tuple[I64, I64]:
    """`at` sorted, and `what` beside it; equal instants keep their order. The arguments are not changed."""
    if at.size <= 1 or bool((at[1:] >= at[:-1]).all()):
        return at, what
    first = int(at.min())
    keys, values = at - first, what.copy()
    spare_keys, spare_values = np.empty_like(keys), np.empty_like(values)
    for shift in range(0, max(int(keys.max()).bit_length(), 1), _BITS):
        _pass(keys, values, shift, spare_keys, spare_values)
        keys, spare_keys = spare_keys, keys
        values, spare_values = spare_values, values
    return keys + first, values
