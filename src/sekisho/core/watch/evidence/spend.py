"""Evidence `spend`: the line spends more abroad than it ever does."""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.logarithms import log

NAME = "spend"
FACT = "yen"  # the number its sentences need
JA = "直近1日の国際通話料は約{yen:,.0f}円です"
EN = "About {yen:,.0f} yen of international charges within a day"
FIRES = "a hundred times the line's dearest day"
SILENT = "a dear day of a line that has them"
ACTION = "Tell the customer the sum."
BLIND = "Fraud that is small beside the line's own bill."

NATS_A_DOUBLING = 0.4
MOST_NATS = 3.0
FLOOR_YEN = 500.0  # what any line may spend in a day


@njit(cache=True)
def nats(yen: float, usual: float) -> float:
    """Nats of `yen` spent within a day (fading) against the line's usual dearest day."""
    return min(max(NATS_A_DOUBLING * log(max(yen, 1.0) / (usual + FLOOR_YEN)) * 1.4427, 0.0), MOST_NATS)
