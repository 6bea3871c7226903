"""What a carrier's lines are like without anybody's labels: the numbers of a policy that can be read off the calls.

- `honest_rate`, `honest_rate_hours`: calls abroad an hour by part of the week of a line that calls abroad at all, as a
  gamma law over lines (its mean; how many hours of watching it is worth), by moments, the busiest lines cut to the
  others so that one call centre does not stand for everybody.
- `new_country_doubt`: how readily lines call a country for the first time. After n calls the next one is to a country
  new to the line with chance doubt / (doubt + n) (Ewens, 1972); the doubt
  that makes what was seen likeliest.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.terms.instants import HOUR_MS
from sekisho.core.watch.calendar import PART_HOURS, PARTS, japanese_holidays, part_of_week
from sekisho.core.watch.policy import Policy
from sekisho.lab.tune.carrier import Carrier

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

LEAST_LINES: Final = 50  # that call abroad; with fewer, or fewer calls, the numbers stay as they are
LEAST_CALLS: Final = 1_000
CUT_AT: Final = 0.95  # quantile to which busier lines are cut
HOURS_WORTH: Final = (20.0, 1_000.0)
LEAST_RATE: Final = 1e-4  # calls an hour
DOUBTS: Final = np.geomspace(0.05, 20.0, 121)
WEEK_HOURS: Final = float(PART_HOURS.sum())


@njit(cache=True)
def _parts(start: Any, closed: Any, into: Any) -> None:
    for row in range(start.size):
        into[row] = part_of_week(start[row], closed)


def _rates(line: I64, start: I64, hours: float) -> F64:
    """Calls an hour [line, part of the week] of the lines that occur."""
    part = np.zeros(start.size, np.int64)
    _parts(start, japanese_holidays(), part)
    lines, place = np.unique(line, return_inverse=True)
    counts = np.bincount(place * PARTS + part, minlength=lines.size * PARTS).reshape(lines.size, PARTS)
    return counts / (hours * PART_HOURS / WEEK_HOURS)


def _gamma(rates: F64, hours: float) -> tuple[tuple[float, ...], float]:
    """(mean rate of each part, hours of watching it is worth)."""
    cut = np.minimum(rates, np.quantile(rates, CUT_AT, axis=0))
    means = tuple(round(max(float(mean), LEAST_RATE), 6) for mean in cut.mean(axis=0))
    week = cut @ (PART_HOURS / WEEK_HOURS)
    mean = float(week.mean())
    spread = float(week.var()) - mean / hours  # what is left when chance within a line is taken out
    worth = mean / spread if spread > 0 else HOURS_WORTH[1]
    return means, round(min(max(worth, HOURS_WORTH[0]), HOURS_WORTH[1]), 1)


def _doubt(line: I64, country: I64) -> float:
    """The likeliest doubt, of DOUBTS; calls are in order of time."""
    order = np.argsort(line, kind="stable")
    line, country = line[order], country[order]
    first = np.flatnonzero(np.diff(line, prepend=line[:1] - 1))
    before = np.arange(line.size) - np.repeat(first, np.diff(np.append(first, line.size)))  # calls the line made
    _, met = np.unique(line * (1 << 16) + country, return_index=True)
    new = np.zeros(line.size, np.bool_)
    new[met] = True
    tried = before > 0  # the first call of a line says nothing
    depths, counts = np.unique(before[tried], return_counts=True)
    fresh = int(new[tried].sum())
    likely = [fresh * np.log(doubt) - float(counts @ np.log(doubt + depths)) for doubt in DOUBTS]
    return round(float(DOUBTS[int(np.argmax(likely))]), 3)


def fitted(carrier: Carrier, policy: Policy) -> dict[str, Any]:
    """Fields of `policy` and their values for this carrier; empty where it has too few calls abroad to tell."""
    rows = carrier.abroad
    line = carrier.calls["line"][rows].astype(np.int64)
    hours = (carrier.ends - carrier.begins) / HOUR_MS
    if rows.size < LEAST_CALLS or np.unique(line).size < LEAST_LINES or hours < WEEK_HOURS:
        return {}
    rates, worth = _gamma(_rates(line, carrier.calls["start"][rows], hours), hours)
    found = {
        "honest_rate": rates,
        "honest_rate_hours": worth,
        "new_country_doubt": _doubt(line, carrier.calls["country"][rows].astype(np.int64)),
    }
    return {name: value for name, value in found.items() if hasattr(policy, name)}
