"""Arrays that grow without being copied: address space is reserved at once, memory is taken when a row is first used.

A judge of ten million lines holds gigabytes. Were an array doubled by copying it, a decision would wait for seconds.
"""

from __future__ import annotations

import mmap
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.errors import LogDamaged

_NO_RESERVE: Final = 0x4000  # MAP_NORESERVE of Linux: what is reserved counts against no limit before it is used
_SMALL: Final = 4 << 20  # bytes at the beginning that come in small pages: most arrays never become longer


def reserve(kind: npt.DTypeLike, rows: int) -> npt.NDArray[Any]:
    """An array of `rows` rows of `kind`, all bytes zero, of which only what is touched takes memory."""
    dtype = np.dtype(kind)
    size = max(rows * dtype.itemsize, 1)
    space = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE)
    if size > 2 * _SMALL:
        space.madvise(mmap.MADV_HUGEPAGE, _SMALL)  # faster look-ups
    return np.frombuffer(space, dtype, rows)


def _in_large_pages(whole: npt.NDArray[Any]) -> None:
    """The beginning of a reserved array, as far as it is not used yet, comes in large pages too."""
    space: Any = memoryview(whole.base).obj  # type: ignore[arg-type]
    space.madvise(mmap.MADV_HUGEPAGE, 0, min(_SMALL, len(space)))


def longer(rows: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """The first `size` rows of the reserved array of which `rows` are the first few; nothing is copied.

    Raises LogDamaged where so many were not reserved.
    """
    whole = rows if rows.base is None or not isinstance(rows.base, np.ndarray) else rows.base
    if size > whole.size:
        raise LogDamaged(f"one judge holds {whole.size:,} rows of a kind; the journal must be split over several")
    if rows.nbytes <= _SMALL < size * rows.itemsize:
        _in_large_pages(whole)
    return whole[:size]
