"""Evidence `concurrency`: more calls abroad at once than this line ever has."""

from __future__ import annotations

from numba import njit

NAME = "concurrency"
FACT = "open"  # the number its sentences need
JA = "国際通話が同時に{open:.0f}件進行中です"
EN = "{open:.0f} international calls are in progress at once"
FIRES = "eight calls at once on a line that never had two"
SILENT = "a call centre's usual load"
ACTION = "Hold: every minute costs as many times."
BLIND = "One call at a time."

NATS_A_CALL = 0.7
MOST_NATS = 3.5


@njit(cache=True)
def nats(open_calls: float, usual: float) -> float:
    """Nats for calls in progress beyond the line's usual most (and beyond one)."""
    return min(max(open_calls - max(usual, 1.0), 0.0) * NATS_A_CALL, MOST_NATS)
