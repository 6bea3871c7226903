"""Evidence `probe`: short test calls to new numbers came before."""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.logarithms import log1p

NAME = "probe"
FACT = "probes"  # the number its sentences need
JA = "過去2日間に新しい番号への短い試験的な通話が{probes:.3g}件あります"
EN = "{probes:.3g} short test calls to new numbers in the last two days"
FIRES = "a call of ten seconds to a test number, and hours later the same country again"
SILENT = "a wrong number"
ACTION = "Hold the destination: the pumping begins 30 minutes to a day after the tests."
BLIND = "A thief who tests on another line."

NATS_A_DOUBLING = 0.9
MOST_NATS = 2.5
SHORT_S = 45.0


@njit(cache=True)
def nats(probes: float) -> float:
    """Nats for so many (fading) answered calls below SHORT_S seconds to numbers new to the line."""
    return min(NATS_A_DOUBLING * log1p(probes) * 1.4427, MOST_NATS)
