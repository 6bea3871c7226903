"""What the scorecard sees of a call abroad: one vector of single-precision numbers, in the order of NAMES.

Everything here is known at the instant of the event, from the line's record and the call's own, in constant time.
Counts, money and spans of time go in as logarithms: a tree asks for an order of magnitude, not for a number.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from sekisho.core.watch.evidence import catalogue as of
from sekisho.core.watch.logarithms import log
from sekisho.core.watch.state import EVIDENCES, I64, Records

_TABLE: Final = (
    ("free_fast", of.RATE),  # the label-free score for the fast thief, and so on
    ("free_slow", of.RATE),
    ("free_burst", of.RATE),
    ("gain", of.RATE),  # what this call added to it
    ("country_share", of.COUNTRY),  # -log of the country's honest share
    ("country_hours", of.COUNTRY),  # log(1 + hours since the line's first call to it)
    ("country_calls", of.COUNTRY),  # log(1 + honest calls to it)
    ("countries", of.COUNTRY),  # how many the line knows
    ("opened", of.COUNTRY),  # log(1 + countries opened lately)
    ("young_countries", of.COUNTRY),  # on probation now
    ("young_calls", of.COUNTRY),
    ("young_numbers", of.NUMBER),
    ("young_spend", of.SPEND),
    ("yen_a_minute", of.PRICE),
    ("dearer", of.PRICE),  # log(price / dearest the line knows)
    ("satellite", of.PRICE),  # satellite and other global services
    ("valid", of.VALIDITY),
    ("number_hours", of.NUMBER),  # log(1 + hours since the first call to it); -1 = new
    ("fresh_15m", of.NUMBER),
    ("fresh_day", of.NUMBER),
    ("fresh_share", of.NUMBER),  # of the day's calls
    ("fresh_more", of.NUMBER),  # than the line's usual share
    ("redials", of.NUMBER),
    ("walked", of.ADJACENT),
    ("prefixed", of.ENUMERATION),
    ("per_hour", of.RATE),  # log of the honest calls an hour, whole week
    ("part_quieter", of.PART_OF_WEEK),  # log(whole week / this part)
    ("part", of.PART_OF_WEEK),
    ("hour", of.PART_OF_WEEK),  # of the day in Japan
    ("calls_2m", of.RATE),
    ("calls_15m", of.RATE),
    ("calls_2h", of.RATE),
    ("calls_day", of.RATE),
    ("hours_usual", of.RATE),  # log(two hours / the line's usual most)
    ("calls_usual", of.RATE),  # log(day / the line's usual most)
    ("gap", of.RATE),  # log(1 + seconds since the last call abroad)
    ("age_days", of.RATE),  # log(1 + days since the line's first call abroad)
    ("known_days", of.RATE),  # log(1 + days since its contract's first call)
    ("learnt", of.RATE),  # log(1 + honest calls abroad)
    ("missed_2h", of.DURATION),
    ("missed_share", of.DURATION),
    ("talk", of.DURATION),  # log(1 + seconds this call has talked)
    ("talks_mean", of.DURATION),
    ("talks_spread", of.DURATION),
    ("talks_longer", of.DURATION),  # mean of the last ones less the line's usual mean
    ("event", of.DURATION),  # 0 start, 1 answer, 2 end, 3 look, 4 end of a call nobody saw begin
    ("open", of.CONCURRENCY),
    ("open_usual", of.CONCURRENCY),  # more than the line's usual most
    ("probes", of.PROBE),
    ("through", of.DIAL_THROUGH),  # this call
    ("through_day", of.DIAL_THROUGH),
    ("block", of.CAMPAIGN),
    ("hot", of.HOT_LIST),
    ("signal", of.SIGNAL),
    ("spend_2h", of.SPEND),
    ("spend_day", of.SPEND),
    ("spend_usual", of.SPEND),  # log(day / the line's usual most)
    ("silent_days", of.RATE),  # log(1 + days from the watch's first event to its contract's first call)
    ("suspect_block", of.SUSPECT_BLOCK),  # log(1 + other lines suspect because of the number's block)
    ("opened_share", of.COUNTRY),  # log of the country's share of the countries that the company's lines opened lately
    ("suspects_there", of.SUSPECT_COUNTRY),  # log(1 + other lines suspect because of the country)
    ("suspects_share", of.SUSPECT_COUNTRY),  # log(those / lines that opened it)
    ("suspects_all", of.SUSPECT_COUNTRY),  # log(1 + other suspect lines)
)
NAMES: Final = tuple(name for name, _ in _TABLE)
EVIDENCE_OF: Final = tuple(evidence for _, evidence in _TABLE)
FEATURES: Final = len(NAMES)
FREE_SCORES: Final = 4  # the first features: their nats are shared out as the label-free score itself is

NATS: Final = np.dtype([("x", np.float64, (EVIDENCES,))])
VECTOR: Final = np.dtype([("x", np.float32, (FEATURES,))])
TRACE: Final = np.dtype(
    [
        ("at", np.int64),
        ("row", np.int64),  # of the call
        ("line", np.int32),
        ("event", np.int8),
        ("segment", np.int8),
        ("free", np.float32),  # the label-free score in nats
        ("features", np.float32, (FEATURES,)),
    ],
    align=True,
)


class Traces(NamedTuple):
    """Room for traces of what was judged, for training; `filled[0]` rows are filled. No room: nothing is traced."""

    rows: Records
    filled: I64


def room_for_traces(size: int) -> Traces:
    """Empty room for `size` traces."""
    return Traces(np.zeros(size, TRACE), np.zeros(1, np.int64))


NO_TRACES: Final = room_for_traces(0)


@njit(cache=True)
def log_ratio(over: Any, under: Any) -> float:
    """log(over / under) within ±8; neither is below a hundredth."""
    return min(max(log(max(over, 0.01) / max(under, 0.01)), -8.0), 8.0)
