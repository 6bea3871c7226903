"""Evidence `suspect_block`: other lines that called this block of numbers are suspect."""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.logarithms import log

NAME = "suspect_block"
FACT = "suspects"
JA = "この番号帯への発信で最近止められた回線がほかにあります({suspects:.3g}回線)"
EN = "Other lines were stopped lately on calls to this block of numbers ({suspects:.3g})"
JA_NONE = "この番号帯への発信で最近止められた回線はほかにありません"  # said where the fact is nought
EN_NONE = "No other line was stopped lately on a call to this block of numbers"
FIRES = "a test number that a thief whom the watch has asked or held rang from another line"
SILENT = "a block whose callers gave the right PIN, or were released as honest"
ACTION = "See the other lines' cases: the same thieves, or the same list of test numbers."
BLIND = "The first line of all; blocks of another company's customers; who was suspect two months ago."

FIRST_NATS = 2.0
NATS_A_DOUBLING = 0.7
MOST_NATS = 4.0
LEAST_LINES = 0.3  # fewer are left: one line, suspect for more than a month


@njit(cache=True)
def nats(lines: float) -> float:
    """Nats where `lines` other lines (fading over a month) are suspect because of calls to the block."""
    if lines < LEAST_LINES:
        return 0.0
    return min(FIRST_NATS + NATS_A_DOUBLING * max(log(lines) * 1.4427, 0.0), MOST_NATS)
