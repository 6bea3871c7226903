"""Evidence `duration`: talk times are all alike, as a machine's are."""

from __future__ import annotations

from numba import njit

NAME = "duration"
FACT = "spread"  # the number its sentences need
JA = "直近の通話時間のばらつき(対数)は{spread:.2f}です"
EN = "The spread of the last talk times is {spread:.2f} (of the logarithm)"
FIRES = "ten calls of 58 to 62 seconds"
SILENT = "people talking"
ACTION = "Listen to nothing: look at the durations in the call list."
BLIND = "A pump that varies its durations; faxes, which are alike and honest."

FEW_TALKS = 4.0  # before so many nothing is said
NATS_ALIKE = 1.5
USUAL_SPREAD = 0.8  # honest durations vary by a factor of three


@njit(cache=True)
def nats(spread: float, talks: float) -> float:
    """Nats of `talks` recent calls whose logarithms of talk time have this standard deviation."""
    if talks < FEW_TALKS or spread >= USUAL_SPREAD:
        return 0.0
    return NATS_ALIKE * (1.0 - spread / USUAL_SPREAD)
