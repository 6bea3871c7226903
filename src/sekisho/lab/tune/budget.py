"""From a false-alarm budget to thresholds: which score do honest line-days reach so rarely.

The highest score of every honest line-day is what would have disturbed that line. A budget of `per_million` asks that
the share of line-days at or above the threshold be per_million / 10^6. Where the data hold enough such days they are
counted. Beyond that the tail is drawn on: the excesses over a high level follow a generalised Pareto law (Pickands,
1975), fitted by probability-weighted moments (Hosking and Wallis, 1987), or an exponential one where there are few.
What is not known is told: the 95 % range of the true rate at the threshold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

MILLION: Final = 1e6
COUNTED: Final = 100  # as many days at or above the threshold are counted; fewer are drawn from the tail
TAIL: Final = 200  # excesses a tail is drawn from, at least, where there are so many
TAIL_SHARE: Final = 0.1  # and never more than this share of the line-days
FOR_PARETO: Final = 100  # excesses
LEAST: Final = 30  # excesses, or all there are
SHAPE_DOUBT: Final = 150.0
SHAPES: Final = (-0.5, 0.5)
FLAT: Final = 1e-3  # a shape this near to 0 is 0
WIDE: Final = 1.96  # standard errors either side: 95 %
NOBODY: Final = 1e3  # nats that no line-day has: where there are no honest days to learn from


@dataclass(frozen=True, slots=True)
class Threshold:
    """`nats`, and the rate per million line-days there: as drawn, and its 95 % range; how it was found.

    `found`: counted, pareto, exponential or nothing.
    """

    nats: float
    per_million: float
    low: float
    high: float
    line_days: int
    found: str


def _tail(excesses: F64) -> tuple[float, float, str]:
    """(scale, shape, name) of the law of the excesses, ascending."""
    mean = max(float(excesses.mean()), 1e-6)
    place = 1.0 - (np.arange(1, excesses.size + 1) - 0.35) / excesses.size
    moment = float((place * excesses).mean())
    if excesses.size < FOR_PARETO or mean <= 2.0 * moment:  # no Pareto law has these moments
        return mean, 0.0, "exponential"
    # Scores that are likelihood ratios have nearly exponential tails: a shape of 0 is worth so many excesses.
    shape = (2.0 - mean / (mean - 2.0 * moment)) * _own_share(excesses.size)
    shape = min(max(shape, SHAPES[0]), SHAPES[1])
    return mean * (1.0 - shape), shape, "pareto"


def _own_share(size: int) -> float:
    """How much the excesses themselves decide on the shape of their tail."""
    return size / (size + SHAPE_DOUBT)


def _beyond(scale: float, shape: float, share: float) -> float:
    """The excess that this share of the tail passes."""
    if abs(shape) < FLAT:
        return -scale * math.log(share)
    return scale / shape * (share**-shape - 1.0)


def _error(size: int, share: float) -> float:
    """Standard error of the logarithm of the rate drawn at `share` of a tail of `size` excesses.

    Chance in how many pass the level, in the scale, and in the shape (which moves it by half the square of -log share);
    the last two as for maximum likelihood, with their covariance.
    """
    far, own = -math.log(share), _own_share(size)
    return math.sqrt((1.0 + 2.0 * far**2 - own * far**3 + own**2 * far**4 / 4.0) / size)


def threshold(maxima: F64, line_days: int, per_million: float) -> Threshold:
    """The threshold for the highest scores of `line_days` honest line-days (days without a score may be left out)."""
    ordered = np.sort(np.asarray(maxima, np.float64))
    wanted = per_million / MILLION * line_days
    if ordered.size == 0 or line_days <= 0 or per_million <= 0:
        most = math.inf if line_days <= 0 else 3.0 * MILLION / line_days  # none in so many: 95 % below three
        return Threshold(NOBODY, 0.0, 0.0, most, line_days, "nothing")
    if wanted >= ordered.size:
        return Threshold(float(ordered[0]), MILLION * ordered.size / line_days, 0.0, math.inf, line_days, "counted")
    if wanted >= COUNTED:
        above = int(wanted)
        nats = float(ordered[-above - 1] + ordered[-above]) / 2.0
        off = math.exp(WIDE / math.sqrt(above))
        return Threshold(nats, per_million, per_million / off, per_million * off, line_days, "counted")
    size = int(min(max(TAIL, 4.0 * wanted), max(TAIL_SHARE * ordered.size, LEAST), ordered.size - 1))
    level = float(ordered[-size - 1])
    excesses = ordered[-size:] - level
    scale, shape, name = _tail(excesses)
    beyond = max(_beyond(scale, shape, min(wanted / size, 1.0)), 0.0)
    off = math.exp(WIDE * _error(size, min(wanted / size, 1.0)))
    return Threshold(level + beyond, per_million, per_million / off, per_million * off, line_days, name)


def thresholds(
    maxima_by_segment: Mapping[int, F64], line_days_by_segment: Mapping[int, int], budget: float
) -> dict[int, Threshold]:
    """The threshold that all segments together reach with the rate `budget`, each told with the rate of its own.

    A score's nats mean the same in every segment, so at one height a false alarm buys as much in one as in another.
    The budget is kept by all line-days together; what a segment bears of it is counted there, with its 95 % range.
    """
    everything = np.concatenate([np.zeros(0), *(maxima_by_segment[key] for key in sorted(maxima_by_segment))])
    together = threshold(everything, sum(line_days_by_segment.values()), budget)
    found = {}
    for segment, days in sorted(line_days_by_segment.items()):
        above = int((maxima_by_segment.get(segment, np.zeros(0)) >= together.nats).sum())
        off = math.exp(WIDE / math.sqrt(max(above, 1)))
        rate = MILLION * above / days if days else 0.0
        most = rate * off if above else together.high if days == 0 else 3.0 * MILLION / days  # see NOBODY
        found[segment] = Threshold(together.nats, rate, rate / off, most, days, together.found)
    return found
