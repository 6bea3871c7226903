"""Evidence `adjacent`: numbers are walked one after the other."""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.logarithms import log1p

NAME = "adjacent"
FACT = "walked"  # the number its sentences need
JA = "直近に{walked:.3g}回、前の番号に隣り合う番号へ発信しています"
EN = "{walked:.3g} recent calls went to the number beside the one before"
FIRES = "..01, ..02, ..03 in a row"
SILENT = "the same number again; numbers of one company far apart"
ACTION = "Compare with the block: honest callers of several extensions of one company do this too."
BLIND = "Walks in steps of more than twenty; walks mixed with other numbers."

NATS_A_STEP = 1.2
MOST_NATS = 3.0
REACH = 20  # numbers this near are beside each other


@njit(cache=True)
def nats(walked: float) -> float:
    """Nats for so many (fading) calls to a number beside the last: the first says little, the third much."""
    return min(NATS_A_STEP * log1p(walked) * 1.4427, MOST_NATS)
