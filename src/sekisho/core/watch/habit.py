"""What a line is used to: its countries, its numbers, its week, its usual most. Learnt slowly, never from an attack."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from sekisho.core.terms.destination import NO_COUNTRY
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS
from sekisho.core.watch.calendar import PART_HOURS, PARTS
from sekisho.core.watch.evidence import number as number_evidence
from sekisho.core.watch.evidence import rate
from sekisho.core.watch.logarithms import exp
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.state import COUNTRIES_REMEMBERED, NUMBERS_FRESH, NUMBERS_KEPT, Record

UNKNOWN_COUNTRY: Final = -1  # abroad, but nobody knows where: remembered like a country (0 marks a free place)
WEEK_HOURS: Final = 168.0
PEAK_MINUTES: Final = 36 * 60  # the most of so long becomes part of the line's usual most
LEARNT_CALLS: Final = 0.2  # fewer left: forgotten
USUAL_FADES: Final = 0.03  # weight of the newest honest call
CALM_MINUTES: Final = 48 * 60  # after an ask or a hold the most of late is not the line's own
NEW_LINE_DAYS: Final = 7
RARE_A_DAY: Final = 0.15  # honest international calls
DAILY_A_DAY: Final = 2.0
NEW_LINE, RARE, SOMETIMES, DAILY = range(4)  # segments
_HOURS_KEPT: Final = 0xFFFF
_MIX: Final = np.uint64(0x9E37_79B9_7F4A_7C15)
_HALF: Final = np.uint64(32)
_KEPT_SHIFT: Final = np.uint64(48)
KEPT_HOURS: Final = 168.0


@njit(cache=True)
def fade(abroad: Record, at: int, dials: Dials) -> None:
    """Let what was learnt fade to `at`."""
    passed = at - abroad.counted_at
    if passed < HOUR_MS:  # an hour's fading is too little to pay for at every call
        return
    kept = exp(-passed / dials.forget_ms)
    abroad.counted_at = at
    for part in range(PARTS):
        abroad.calls[part] *= kept
    for slot in range(COUNTRIES_REMEMBERED):
        abroad.country_calls[slot] *= kept
    abroad.usual_hours *= kept
    abroad.usual_calls *= kept
    abroad.usual_spend *= kept
    abroad.usual_open *= kept
    abroad.opened *= kept


@njit(cache=True)
def turn_peaks(abroad: Record, at: int) -> None:
    """Now and then the most of late becomes part of the line's usual most."""
    minute = at // MINUTE_MS
    if minute - abroad.peak_since < PEAK_MINUTES:
        return
    abroad.peak_since = minute
    if minute - abroad.said_minute >= CALM_MINUTES:
        _raise_usual(abroad)
    abroad.peak_hours = abroad.peak_calls = abroad.peak_spend = 0.0
    abroad.peak_open = 0


@njit(cache=True)
def _raise_usual(abroad: Record) -> None:
    abroad.usual_hours = max(abroad.usual_hours, abroad.peak_hours)
    abroad.usual_calls = max(abroad.usual_calls, abroad.peak_calls)
    abroad.usual_spend = max(abroad.usual_spend, abroad.peak_spend)
    abroad.usual_open = max(abroad.usual_open, float(abroad.peak_open))


@njit(cache=True)
def named(country: int) -> int:
    """The country as it is remembered: 0 marks a free place, so one that nobody knows has a number of its own."""
    return UNKNOWN_COUNTRY if country == NO_COUNTRY else country


@njit(cache=True)
def country_slot(abroad: Record, country: int, at: int) -> int:
    """Where the line remembers this country; a new one takes the place of the one it rings least.

    Countries on probation yield first, so that an attack on many countries does not make the line forget its own.
    """
    country = named(country)
    least, least_calls = 0, 1e30
    for slot in range(COUNTRIES_REMEMBERED):
        if abroad.country[slot] == country:
            return slot
        if abroad.country[slot] == 0:
            least = slot
            break
        if abroad.country_calls[slot] < least_calls:
            least, least_calls = slot, abroad.country_calls[slot]
    abroad.country[least] = country
    abroad.country_since[least] = at // MINUTE_MS
    abroad.country_calls[least] = 0.0
    return least


@njit(cache=True)
def is_young(abroad: Record, slot: int, at: int, dials: Dials) -> bool:
    """Whether the country in `slot` is still on probation, or has taught nothing yet."""
    return abroad.country_calls[slot] < LEARNT_CALLS or at - abroad.country_since[slot] * MINUTE_MS < dials.probation_ms


@njit(cache=True)
def is_young_alone(abroad: Record, slot: int, at: int, dials: Dials) -> bool:
    """Whether the country in `slot` is young and none but it is on probation."""
    if not is_young(abroad, slot, at, dials):
        return False
    for other in range(COUNTRIES_REMEMBERED):
        on_probation = at - abroad.country_since[other] * MINUTE_MS < dials.probation_ms
        if other != slot and abroad.country[other] != 0 and on_probation:
            return False
    return True


@njit(cache=True)
def known_countries(abroad: Record, at: int, dials: Dials) -> tuple[int, int, float]:
    """How many countries the line knows, how many are on probation, and the honest calls to those it knows.

    One that it has forgotten is neither.
    """
    known, young, everywhere = 0, 0, 0.0
    for slot in range(COUNTRIES_REMEMBERED):
        if abroad.country[slot] != 0:
            if at - abroad.country_since[slot] * MINUTE_MS < dials.probation_ms:
                young += 1
            elif abroad.country_calls[slot] >= LEARNT_CALLS:
                known += 1
                everywhere += abroad.country_calls[slot]
    return known, young, everywhere


@njit(cache=True)
def _hours_since(hour: int, since: Any) -> int:
    """Hours from `since` to `hour`, of both the low 16 bits; 0 where an event comes late, before `since`."""
    passed = (hour - int(since)) & _HOURS_KEPT
    return passed if passed <= _HOURS_KEPT // 2 else 0


@njit(cache=True)
def number_hours(abroad: Record, number: Any, at: int) -> float:
    """Hours since the line's first call to this number (packed), -1 where it is new; the number is remembered.

    What is called again after a day and a half is kept apart, so that an attack does not wash it out; how long ago its
    first call was is then forgotten, and KEPT_HOURS is said.
    """
    mixed = number * _MIX
    kept = max(np.uint16(mixed >> _KEPT_SHIFT), np.uint16(1))
    for place in range(NUMBERS_KEPT):
        if abroad.kept[place] == kept:
            return KEPT_HOURS
    hashed = max(np.uint32(mixed >> _HALF), np.uint32(1))
    hour = (at // HOUR_MS) & _HOURS_KEPT
    for place in range(NUMBERS_FRESH):
        if abroad.number[place] == hashed:
            age = _hours_since(hour, abroad.number_since[place])
            if age >= number_evidence.PROVEN_HOURS:
                following = int(abroad.next_places) // NUMBERS_FRESH
                abroad.kept[following] = kept
                step = 1 if following + 1 < NUMBERS_KEPT else 1 - NUMBERS_KEPT
                abroad.next_places += step * NUMBERS_FRESH
                abroad.number[place] = 0
            return float(age)
    fresh = int(abroad.next_places) % NUMBERS_FRESH
    abroad.next_places += 1 if fresh + 1 < NUMBERS_FRESH else 1 - NUMBERS_FRESH
    abroad.number[fresh], abroad.number_since[fresh] = hashed, hour
    return -1.0


@njit(cache=True)
def honest_rates(abroad: Record, part: int, at: int, dials: Dials) -> tuple[float, float]:
    """Honest international calls a ms: over the whole week, and in this part of it (means of gamma posteriors)."""
    age = max(at - abroad.first_minute * MINUTE_MS, 0)
    faded = dials.forget_ms * (1.0 - exp(-age / dials.forget_ms))
    calls, guess = 0.0, 0.0
    for each in range(PARTS):
        calls += abroad.calls[each]
        guess += dials.prior_rate[each] * PART_HOURS[each] / WEEK_HOURS
    week = rate.honest_rate(calls, faded, guess, dials.prior_ms)
    watched = PART_HOURS[part] / WEEK_HOURS * faded
    return week, rate.honest_rate(abroad.calls[part], watched, dials.prior_rate[part], dials.prior_ms)


@njit(cache=True)
def segment_of(abroad: Record, at: int, dials: Dials) -> int:
    """The segment of a line: new to calls abroad, or by how many of them it makes a day."""
    age = max(at - abroad.first_minute * MINUTE_MS, 0)
    calls = abroad.calls[0] + abroad.calls[1] + abroad.calls[2] + abroad.calls[3]
    if age < NEW_LINE_DAYS * DAY_MS:
        return NEW_LINE
    a_day = calls / (dials.forget_ms * (1.0 - exp(-age / dials.forget_ms)) / DAY_MS)
    if a_day < RARE_A_DAY:
        return RARE
    return SOMETIMES if a_day < DAILY_A_DAY else DAILY


@njit(cache=True)
def learn(abroad: Record, slot: int, part: int, yen_a_minute: float, fresh: bool, at: int, dials: Dials) -> None:
    """One more honest call to the country in `slot`, in this part of the week. Its first begins the probation."""
    abroad.calls[part] += 1.0
    if abroad.country_calls[slot] < LEARNT_CALLS:
        abroad.opened += 1.0
        abroad.country_since[slot] = at // MINUTE_MS
    abroad.country_calls[slot] += 1.0
    learnt = abroad.calls[0] + abroad.calls[1] + abroad.calls[2] + abroad.calls[3]  # this one among them
    weight = max(USUAL_FADES, 1.0 / max(learnt, 1.0))
    abroad.fresh_usual += weight * ((1.0 if fresh else 0.0) - abroad.fresh_usual)
    if not is_young(abroad, slot, at, dials):
        abroad.dear = max(abroad.dear, yen_a_minute)


@njit(cache=True)
def forget_unproven(abroad: Record, at: int, dials: Dials) -> None:
    """At an ask or a hold: what is still on probation teaches nothing, nor does the most of late."""
    for slot in range(COUNTRIES_REMEMBERED):
        if is_young(abroad, slot, at, dials):
            abroad.country_calls[slot] = 0.0
    abroad.peak_hours = abroad.peak_calls = abroad.peak_spend = 0.0
    abroad.peak_open = 0
    hour = (at // HOUR_MS) & _HOURS_KEPT
    for place in range(NUMBERS_FRESH):
        if _hours_since(hour, abroad.number_since[place]) < number_evidence.PROVEN_HOURS:
            abroad.number_since[place] = hour
