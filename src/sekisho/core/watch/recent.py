"""What a line did lately: counts and sums that fade, so that no window ends at midnight or anywhere else."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from sekisho.core.terms.instants import DAY_MS, SECOND_MS
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.evidence import adjacent, probe
from sekisho.core.watch.logarithms import exp, log1p
from sekisho.core.watch.state import Record

LONGEST_FADES_MS: Final = 3 * DAY_MS
TALK_USUAL_FADES: Final = 0.03
MOST_TALKS: Final = 255  # counted; every weight has long reached its least by then
TALKS_FADE: Final = 0.25  # weight of the newest talk time
TRIED_LEAST: Final = 10**10  # ten digits at least: a prefix and a number abroad
TAIL: Final = 10_000_000  # the last seven digits: the same number behind another prefix
SOON_S: Final = 120.0  # a try behind another prefix comes within two minutes


@njit(cache=True)
def digits_of(number: np.uint64) -> int:
    """A packed number (core/digits/packed.py) as an integer of its digits."""
    return _digits_behind(0, number)


@njit(cache=True)
def tried_of(number: np.uint64) -> int:
    """The same of digits that lead nowhere, behind a 1: so that those before them count, noughts too."""
    return _digits_behind(1, number)


@njit(cache=True)
def _digits_behind(value: int, number: np.uint64) -> int:
    for place in range(16):
        nibble = (int(number >> np.uint64(60 - 4 * place))) & 15
        if nibble == 0:
            break
        value = 10 * value + nibble - 1
    return value


@njit(cache=True)
def fade(abroad: Record, at: int) -> None:
    """Let what is recent fade to `at`; an earlier instant changes nothing."""
    passed = at - abroad.at
    if passed <= 0:
        return
    abroad.at = at
    # One exponential for all: what is left of a span of three days, and its powers; k36 is what is left of two hours.
    k1 = exp(-passed / LONGEST_FADES_MS)
    k2 = k1 * k1
    k3 = k2 * k1
    k9 = k3 * k3 * k3
    k36 = (k9 * k9) * (k9 * k9)
    k144 = (k36 * k36) * (k36 * k36)
    k288 = k144 * k144
    k576 = k288 * k288
    young, day, two_hours, quarter = k2, k3, k36, k288
    abroad.calls_2m *= k144 * k288 * k576 * (k576 * k576)
    abroad.calls_15m *= quarter
    abroad.fresh_15m *= quarter
    abroad.calls_2h *= two_hours
    abroad.missed_2h *= two_hours
    abroad.walked_2h *= two_hours
    abroad.prefixed_2h *= two_hours
    abroad.spend_2h *= two_hours
    abroad.calls_day *= day
    abroad.fresh_day *= day
    abroad.through_day *= day
    abroad.spend_day *= day
    abroad.probes_2d *= young
    abroad.young_calls *= young
    abroad.young_numbers *= young
    abroad.young_spend *= young


@njit(cache=True)
def is_prefixed(digits: int, before: int, gap_s: float) -> bool:
    """Whether these digits are those dialled `gap_s` before, behind another prefix."""
    return digits != before and digits % TAIL == before % TAIL and gap_s <= SOON_S


@njit(cache=True)
def count_call(abroad: Record, digits: int, sight: Record, young: bool) -> None:
    """One more call begins: to the number of these digits, to a country on probation or not."""
    fresh = sight.number_hours < 0.0
    step = abs(digits - abroad.last_digits)
    if step == 0:
        abroad.redials = min(abroad.redials + 1, 1_000)
    else:
        abroad.redials = 0
        if step <= adjacent.REACH:
            abroad.walked_2h += 1.0
        elif is_prefixed(digits, int(abroad.last_digits), sight.gap_s):
            abroad.prefixed_2h += 1.0
    abroad.last_digits = digits
    abroad.calls_2m += 1.0
    abroad.calls_15m += 1.0
    abroad.calls_2h += 1.0
    abroad.calls_day += 1.0
    if fresh:
        abroad.fresh_15m += 1.0
        abroad.fresh_day += 1.0
    if young:
        abroad.young_calls += 1.0
        if fresh:
            abroad.young_numbers += 1.0
    if sight.through != 0:
        abroad.through_day += 1.0
    abroad.peak_hours = max(abroad.peak_hours, abroad.calls_2h)
    abroad.peak_calls = max(abroad.peak_calls, abroad.calls_day)


@njit(cache=True)
def count_try(abroad: Record, tried: int, gap_s: float) -> None:
    """Somebody dials digits that lead nowhere (`tried_of`): those of the call `gap_s` before, behind another prefix?"""
    if is_prefixed(tried, int(abroad.last_digits), gap_s):
        abroad.prefixed_2h += 1.0
        abroad.redials = 0
    abroad.last_digits = tried


@njit(cache=True)
def count_charge(abroad: Record, charge: int, young: bool) -> None:
    """A call has cost `charge` milli-yen; `young`: to a country on probation."""
    yen = charge / MILLIYEN
    abroad.spend_2h += yen
    abroad.spend_day += yen
    abroad.peak_spend = max(abroad.peak_spend, abroad.spend_day)
    if young:
        abroad.young_spend += yen


@njit(cache=True)
def count_end(abroad: Record, talk_ms: int, charge: int, sight: Record, young: bool) -> None:
    """A call is over: `talk_ms` -1 where nobody answered, `charge` in milli-yen."""
    if talk_ms < 0:
        abroad.missed_2h += 1.0
        return
    count_charge(abroad, charge, young)
    seconds = talk_ms / SECOND_MS
    if seconds < probe.SHORT_S and sight.number_hours < 0.0:
        abroad.probes_2d += 1.0
    logged = log1p(seconds)
    abroad.talks = min(abroad.talks + 1, MOST_TALKS)
    weight = max(TALKS_FADE, 1.0 / abroad.talks)
    abroad.talk += weight * (logged - abroad.talk)
    abroad.talk_square += weight * (logged * logged - abroad.talk_square)
    if not young:  # the first such talk is what is usual, for want of others
        fades = TALK_USUAL_FADES if abroad.talk_usual > 0.0 else 1.0
        abroad.talk_usual += max(fades, 1.0 / abroad.talks) * (logged - abroad.talk_usual)


@njit(cache=True)
def talks_spread(abroad: Record) -> float:
    """Standard deviation of the logarithm of the last talk times; 1 before there are two."""
    if abroad.talks < 2:
        return 1.0
    return math.sqrt(max(abroad.talk_square - abroad.talk * abroad.talk, 0.0))
