"""How much each event counts in training, so that what is learnt is the loss before the first ask, not single calls.

A thief is stopped at the first of his events whose score is high enough; what follows costs nothing. An honest line-day
is disturbed once, by its highest score. So an incident and a line-day are what counts, and their events share it:

- incident: (its yen / the median incident's) to a moderate power, and more the more of its events could still catch
  the thief. Its events share that by what catching him there is worth: the yen still ahead, where each further event
  may catch him as well, times the chance that none before did. At first every event passes unseen with the same
  chance; from the second round on the chance comes from its score.
- honest line-day: 1. Its events share it alike at first, then by e^score: the highest takes nearly all.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

HONEST: Final = -1
YEN_POWER: Final = 0.5
MOST_OF_ONE: Final = 20.0  # no incident counts more than so many median ones
HARDEST: Final = 8.0  # nor more than so many that are caught at once, for being hard to catch
PASSES: Final = 0.8  # chance that an event passes unseen, where no score is known
SURE: Final = 0.1  # least chance of that, whatever the score
UNSURE: Final = 0.97  # and the most


@njit(cache=True)
def _worth(first: Any, yen: Any, passes: Any, into: Any, whole: Any) -> None:
    """`first[i] : first[i + 1]` are the rows of incident i, in order of time; `passes`: chance that a row goes unseen.

    `into`: the rows' shares of their incident, 1 in all; `whole`: how many events' worth each incident has.
    """
    for incident in range(first.size - 1):
        begin, end = first[incident], first[incident + 1]
        ahead = 0.0
        for row in range(end - 1, begin - 1, -1):
            ahead = yen[row] + (passes[row + 1] * ahead if row + 1 < end else 0.0)
            into[row] = ahead
        unseen, total = 1.0, 0.0
        for row in range(begin, end):
            into[row] *= unseen
            total += into[row]
            unseen *= passes[row]
        whole[incident] = total / ahead if ahead > 0.0 else 1.0
        for row in range(begin, end):
            into[row] = into[row] / total if total > 0.0 else 1.0 / (end - begin)


@njit(cache=True)
def _unseen(score: Any, aim: float, into: Any) -> None:
    for row in range(score.size):
        into[row] = min(max(1.0 / (1.0 + math.exp(min(score[row] - aim, 50.0))), SURE), UNSURE)


def passing(score: F64, aim: float) -> F64:
    """The chance that an event with this score passes unseen, where half of those at `aim` do."""
    chances = np.empty(score.size, np.float64)
    _unseen(score, aim, chances)
    return chances


def order_of_incidents(incident: I64) -> tuple[I64, I64]:
    """The rows of all incidents, incident by incident and in the order in which they came; where each begins.

    The second array has one entry more than there are incidents: the end.
    """
    rows = np.flatnonzero(incident != HONEST)
    rows = rows[np.argsort(incident[rows], kind="stable")]
    begins = np.flatnonzero(np.diff(incident[rows], prepend=HONEST)) if rows.size else np.zeros(0, np.int64)
    return rows, np.append(begins, rows.size).astype(np.int64)


def incident_weights(incident: I64, yen: F64, passes: F64 | None = None) -> F64:
    """Weight of every row; 0 for honest ones. Rows are in order of time within an incident.

    `yen`: what the incident goes on to cost from this event to its next one. `passes`: chance that a row goes unseen
    (`passing`). The mean incident weighs 1.
    """
    weights = np.zeros(incident.size, np.float64)
    rows, first = order_of_incidents(incident)
    if rows.size == 0:
        return weights
    ordered = np.maximum(yen[rows], 0.0)
    chances = np.full(rows.size, PASSES) if passes is None else passes[rows]
    shares, whole = np.zeros(rows.size, np.float64), np.zeros(first.size - 1, np.float64)
    _worth(first, ordered, chances, shares, whole)
    total = np.add.reduceat(ordered, first[:-1])
    median = float(np.median(total[total > 0])) if bool((total > 0).any()) else 1.0
    power = np.clip((total / median) ** YEN_POWER, 1.0 / MOST_OF_ONE, MOST_OF_ONE) * np.clip(whole, 1.0, HARDEST)
    power /= power.mean()
    weights[rows] = shares * np.repeat(power, np.diff(first))
    return weights


def _first_caught(caught: npt.NDArray[np.bool_], first: I64) -> I64:
    """For each incident its first row that is caught, else its last."""
    place = np.where(caught, np.arange(caught.size), caught.size)
    return np.minimum(np.minimum.reduceat(place, first[:-1]), first[1:] - 1).astype(np.int64)


def lost_yen(incident: I64, yen: F64, caught: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """(yen at stake, yen lost before the catch); arguments as for `incident_weights`."""
    rows, first = order_of_incidents(incident)
    if rows.size == 0:
        return 0.0, 0.0
    ordered = np.maximum(yen[rows], 0.0)
    stops = _first_caught(caught[rows], first)
    before = np.arange(rows.size) < np.repeat(stops, np.diff(first))
    never = ~np.logical_or.reduceat(caught[rows], first[:-1])
    lost = ordered[before | np.repeat(never, np.diff(first))].sum()
    return float(ordered.sum()), float(lost)


def groups(key: I64) -> tuple[I64, I64]:
    """(rows in order of `key`, where each key's rows begin), the end last in the second."""
    order = np.argsort(key, kind="stable")
    begins = np.flatnonzero(np.diff(key[order], prepend=key[order[:1]] - 1)) if key.size else np.zeros(0, np.int64)
    return order, np.append(begins, key.size).astype(np.int64)


def line_day_weights(line_day: I64, score: F64 | None = None) -> F64:
    """Weight of every row of honest traffic, 1 a line-day: shared alike, or by e^score where scores are known."""
    order, first = groups(line_day)
    if order.size == 0:
        return np.zeros(0, np.float64)
    sizes = np.diff(first)
    weights = np.empty(line_day.size, np.float64)
    if score is None:
        weights[order] = np.repeat(1.0 / sizes, sizes)
        return weights
    ordered = score[order]
    share = np.exp(ordered - np.repeat(np.maximum.reduceat(ordered, first[:-1]), sizes))
    weights[order] = share / np.repeat(np.add.reduceat(share, first[:-1]), sizes)
    return weights


def line_day_maxima(line_day: I64, score: F64) -> tuple[I64, F64]:
    """(row of the highest score of each line-day, that score), by line-day."""
    order, first = groups(line_day)
    if order.size == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.float64)
    ordered = score[order]
    top = np.maximum.reduceat(ordered, first[:-1])
    place = np.where(ordered == np.repeat(top, np.diff(first)), np.arange(order.size), order.size)
    return order[np.minimum.reduceat(place, first[:-1])], top
