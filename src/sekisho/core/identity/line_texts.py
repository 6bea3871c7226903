"""How lines are written. Most texts follow from the number and one of three forms, and need not be kept."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.digits.packed import digit_at, digit_count

TEXT: Final = "S32"  # a line as its input wrote it; longer texts are no numbers
_BYTES: Final = 32
# Not written at all; +81…; 0… for a Japanese number; 81…; otherwise, and then its text is kept.
UNWRITTEN, PLUS, NATIONAL, BARE, OTHERWISE = range(5)


@njit(cache=True)
def _write(number: Any, form: int, out: Any) -> int:
    """Write a number in a form, one of the three, to `out` (u8); how many bytes."""
    begin, length = 0, 0
    if form == PLUS:
        out[0], length = 43, 1
    elif form == NATIONAL:
        out[0], length, begin = 48, 1, 2
    for place in range(begin, digit_count(number)):
        out[length] = 48 + digit_at(number, place)
        length += 1
    return length


@njit(cache=True)
def _forms(numbers: Any, texts: Any, forms: Any) -> None:
    """The form of every text (u8 [line, width], zeros at the end) of a number."""
    out = np.empty(_BYTES, np.uint8)
    for line in range(numbers.size):
        number, form = numbers[line], BARE
        if texts[line, 0] == 43:
            form = PLUS
        elif texts[line, 0] == 48 and digit_at(number, 0) == 8 and digit_at(number, 1) == 1:
            form = NATIONAL
        length = _write(number, form, out)
        same = length <= texts.shape[1] and (length == texts.shape[1] or texts[line, length] == 0)
        for place in range(min(length, texts.shape[1])):
            same &= texts[line, place] == out[place]
        forms[line] = form if same else OTHERWISE


def forms_of(numbers: npt.NDArray[np.uint64], texts: npt.NDArray[np.bytes_]) -> npt.NDArray[np.uint8]:
    """The form of the text beside each packed number; OTHERWISE where the text does not follow from it."""
    forms, width = np.empty(numbers.size, np.uint8), max(texts.dtype.itemsize, 1)
    _forms(numbers, texts.astype(f"S{width}").view(np.uint8).reshape(-1, width), forms)
    return forms


def written(number: Any, form: int) -> str:
    """The packed number in this form, which is not OTHERWISE."""
    if form == UNWRITTEN:
        return ""
    out = np.empty(_BYTES, np.uint8)
    return out[: _write(number, form, out)].tobytes().decode()
