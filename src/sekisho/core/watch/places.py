"""What is remembered of where lines call, whichever line it is: blocks of foreign numbers, and countries."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

BLOCKS: Final = 1 << 16  # blocks of numbers remembered, by their hash; the newer takes the place of the older
COMPANIES: Final = 64  # told apart
PLACES: Final = 1_024  # countries of one company, 0 = all of them together

BLOCK: Final = np.dtype(
    [
        ("key", np.int64),  # the number without its last three digits; 0 = free
        ("at", np.int64),
        ("lines", np.float32),  # lines new to the block that called it, fading over a day
        ("usual", np.float32),  # the same over a month
        ("suspects", np.float32),  # lines that are suspect because of it, fading over a month
        ("last_line", np.int32),
    ],
    align=True,
)
COUNTRY: Final = np.dtype(
    [
        ("at", np.int64),
        ("opened", np.float32),  # lines of a company that called the country for the first time, fading over a month
        ("suspects", np.float32),  # lines that are suspect because of it
        ("last_line", np.int32),  # that opened it
    ],
    align=True,
)


def new_places() -> tuple[npt.NDArray[np.void], npt.NDArray[np.void]]:
    """Blocks, and countries of all companies, of which nothing is known."""
    countries = np.zeros(COMPANIES * PLACES, COUNTRY)
    countries["last_line"] = -1
    return np.zeros(BLOCKS, BLOCK), countries
