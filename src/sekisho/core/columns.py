"""Arrow columns as kernels take them: views of their buffers, with nulls filled in where a kernel wants no bits.

Views are always read-only, so that a kernel is compiled once.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sekisho.core.digits.packed import text_bytes

_KINDS: Final[dict[int, type[np.signedinteger[Any]]]] = {16: np.int16, 32: np.int32, 64: np.int64}


def figures(column: Any) -> npt.NDArray[Any]:
    """The figures of a column of fixed width (16, 32 or 64 bits); what stands under a null means nothing."""
    kind = _KINDS[column.type.bit_width]
    view = np.zeros(0, kind)
    if len(column):  # a column of none may have no buffer
        view = np.frombuffer(column.buffers()[1], kind, len(column) + column.offset)[column.offset :]
    view.flags.writeable = False
    return view


@njit(cache=True)
def _fill(values: Any, bits: Any, first: int, null: int, out: Any) -> None:
    """`null` where a row has no bit. A bit is made a mask of 64: a branch would be guessed, and often wrong."""
    whole = 0
    if first & 7 == 0:
        whole = out.size >> 3
        for byte in range(whole):
            held, at = np.int64(bits[(first >> 3) + byte]), byte << 3
            for place in range(8):
                kept = -((held >> place) & 1)
                out[at + place] = (values[at + place] & kept) | (null & ~kept)
    for row in range(whole << 3, out.size):
        kept = -((np.int64(bits[(first + row) >> 3]) >> ((first + row) & 7)) & 1)
        out[row] = (values[row] & kept) | (null & ~kept)


def filled(column: Any, null: int) -> npt.NDArray[np.int64]:
    """The figures of a column of 64 bits as i64, read-only; `null` where nothing is known."""
    values, bits = figures(column), column.buffers()[0]
    if not column.null_count or bits is None:
        return values
    out: npt.NDArray[np.int64] = np.empty(len(column), np.int64)
    _fill(values, np.frombuffer(bits, np.uint8), column.offset, null, out)
    out.flags.writeable = False
    return out


def among(column: Any, wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Whether each word of a dictionary column without nulls is one of `wanted`."""
    if not isinstance(column, pa.DictionaryArray):
        column = column.dictionary_encode()
    known = np.array([word in wanted for word in column.dictionary.to_pylist()], np.bool_)
    if not known.any():
        return np.zeros(len(column), np.bool_)
    return known.take(figures(column.indices))


@njit(cache=True)
def _pad(offsets: Any, data: Any, out: Any) -> None:
    for row in range(out.shape[0]):
        begin = offsets[row]
        for at in range(offsets[row + 1] - begin):
            out[row, at] = data[begin + at]


def padded(texts: Any) -> npt.NDArray[np.bytes_]:
    """Texts as numpy byte strings (UTF-8), as wide as the longest; a null is empty."""
    offsets, data = text_bytes(texts)
    width = max(int(np.diff(offsets).max(initial=0)), 1)
    out = np.zeros((len(texts), width), np.uint8)
    _pad(offsets, data, out)
    return out.view(f"S{width}").ravel()
