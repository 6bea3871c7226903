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


def there(column: Any) -> npt.NDArray[np.bool_]:
    """Which rows are not null: a byte a row, for a kernel that gathers bits cannot look at many rows at once."""
    bits, last = column.buffers()[0], column.offset + len(column)
    if bits is None:
        return np.ones(len(column), np.bool_)
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=last, bitorder="little")[column.offset :].view(np.bool_)


@njit(cache=True)
def _fill(values: Any, known: Any, null: int, out: Any) -> None:
    for row in range(out.size):
        out[row] = values[row] if known[row] else null


def filled(column: Any, null: int) -> npt.NDArray[np.int64]:
    """The figures of a column of 64 bits as i64, read-only; `null` where nothing is known."""
    values = figures(column)
    if not column.null_count:
        return values
    out: npt.NDArray[np.int64] = np.empty(len(column), np.int64)
    _fill(values, there(column), null, out)
    out.flags.writeable = False
    return out


@njit(cache=True)
def _pick(values: Any, places: Any, out: Any) -> bool:
    for row in range(out.size):
        place = places[row]
        if place < 0 or place >= values.size:
            return False
        out[row] = values[place]
    return True


def picked(values: npt.NDArray[Any], places: npt.NDArray[np.int32]) -> npt.NDArray[Any]:
    """`values` at `places`, which numpy's `take` would first make 64-bit numbers of.

    Raises IndexError where there is no such place, below 0 either.
    """
    out = np.empty(places.size, values.dtype)
    if not _pick(values, places, out):
        raise IndexError(f"a place is beyond the {values.size:,} there are")
    return out


def among(column: Any, wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Whether each word of a dictionary column without nulls is one of `wanted`."""
    if not isinstance(column, pa.DictionaryArray):
        column = column.dictionary_encode()
    known = np.array([word in wanted for word in column.dictionary.to_pylist()], np.bool_)
    if not known.any():
        return np.zeros(len(column), np.bool_)
    return picked(known, figures(column.indices))


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
