"""Evidence `price`: the call is dear, where the country is new to the line.

Price shapes the thief's choice only where the line's own habit says nothing: in a known country it adds nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from sekisho.core.watch.logarithms import log

NAME = "price"
FACT = "yen"  # the number its sentences need
JA = "1分{yen:,.6g}円の通話先です"
EN = "The destination costs {yen:,.6g} yen a minute"
FIRES = "satellite, West Africa, small islands, on a line that never rang there"
SILENT = "the United States; any price in a country the line rings"
ACTION = "Hold first: every minute costs. Then ask."
BLIND = "Fraud to cheap destinations, and to a country the line already rings."

# Upper bounds in milli-yen a minute, and the share of honest first calls to a country, and of a thief's, up to each.
# A guess from FACTS §2 and §5 (bills of 2015 at 175 yen a minute); `tune` will fit it to a carrier.
BOUNDS: Final = np.array([12_000.0, 35_000.0, 60_000.0, 120_000.0, 200_000.0, np.inf])
HONEST: Final = np.array([0.34, 0.42, 0.14, 0.05, 0.04, 0.01])
THIEF: Final = np.array([0.05, 0.10, 0.15, 0.20, 0.25, 0.25])


@njit(cache=True)
def nats(milliyen_a_minute: float) -> float:
    """log(g_f / g₀) of the price band."""
    band = 0
    while milliyen_a_minute >= BOUNDS[band] and band < BOUNDS.size - 1:
        band += 1
    return log(THIEF[band] / HONEST[band])


@njit(cache=True)
def popularity(milliyen_a_minute: float) -> float:
    """Share of honest first calls that go to one country of this price: the cheap ones are many people's business."""
    if milliyen_a_minute < 12_000:
        return 0.15
    if milliyen_a_minute < 35_000:
        return 0.03
    return 0.004 if milliyen_a_minute < 60_000 else 0.001
