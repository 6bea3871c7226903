"""Evidence `rate`: international calls come faster than this line's own week would have them."""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.logarithms import log

NAME = "rate"
FACT = "per_hour"  # the number its sentences need
JA = "国際発信が平均して1時間に{per_hour:.3g}回の回線からの発信です"
EN = "An international call from a line that makes about {per_hour:.3g} an hour on average"
FIRES = "a flood on any line; any call of a line that hardly calls abroad"
SILENT = "a call centre's thousandth call of the day"
ACTION = "See the picture of the line's week."
BLIND = "A thief who keeps to the line's own hours and tempo."


@njit(cache=True)
def honest_rate(calls: float, watched: float, prior_rate: float, prior_ms: float) -> float:
    """Honest international calls a millisecond, of the whole week or of a part of it.

    `calls` (faded) seen in `watched` faded milliseconds of it, added to a prior guess `prior_rate` that is worth
    `prior_ms` of watching: the mean of the gamma posterior.
    """
    return (calls + prior_rate * prior_ms) / (watched + prior_ms)


@njit(cache=True)
def nats(thief_rate: float, honest: float) -> float:
    """log(λ_f / λ₀): how many times faster the thief calls than the honest line."""
    return log(thief_rate / honest)
