"""Evidence `part_of_week`: the hour is one at which this line does not call abroad."""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.logarithms import log

NAME = "part_of_week"
FACT = "per_hour"  # the number its sentences need
JA = "国際発信が1時間に{per_hour:.3g}回の時間帯の発信です"
EN = "A call in a part of the week with about {per_hour:.3g} international calls an hour"
FIRES = "a night call of an office that works by day"
SILENT = "Monday morning on an office line"
ACTION = "Ask whether anybody works at this hour."
BLIND = "Fraud in office hours; firms that work at night."


@njit(cache=True)
def nats(whole_week: float, this_part: float) -> float:
    """log(λ / λ_part): how many times quieter this part of the week is than the line's week as a whole.

    A thief rings at any hour. Both are the line's honest international calls a millisecond.
    """
    return log(whole_week / this_part)
