"""Evidence `dial_through`: an incoming call of the same line spans the one abroad."""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.logarithms import log1p

NAME = "dial_through"
FACT = "through"  # the number its sentences need
JA = "着信中の通話をまたぐ国際発信が直近に{through:.3g}件あります"
EN = "{through:.3g} recent calls abroad began within an incoming call of the same line"
FIRES = "DISA or remote access: in from outside, out abroad (incident kind 2)"
SILENT = "an incoming call that ended before"
ACTION = "Find the incoming caller: only the carrier sees both legs. Ask the customer whether dial-through is wanted."
BLIND = "Lines with many channels, where some incoming call is always up."

NATS = 0.8
MOST_NATS = 2.5


@njit(cache=True)
def nats(through: float) -> float:
    """Nats for so many (fading) calls abroad that began while an incoming call was up."""
    return min(NATS * log1p(through) * 1.4427, MOST_NATS)
