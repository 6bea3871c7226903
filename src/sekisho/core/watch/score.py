"""The score of a line: two CUSUMs on the superposition of honest calls and a thief's (docs/algorithms/watch.md).

    S ← max(floor, S − λ_f Δt) + log(1 + e^x),   x = rate + country + price  (nats)

Every nat is kept by its evidence, so that a verdict can say what it was made of.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numba import njit

from sekisho.core.terms.destination import NO_COUNTRY
from sekisho.core.terms.instants import HOUR_MS
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.calendar import PART_HOURS, PARTS, part_of_week
from sekisho.core.watch.evidence import country as country_evidence
from sekisho.core.watch.evidence import price as price_evidence
from sekisho.core.watch.evidence import rate as rate_evidence
from sekisho.core.watch.evidence.catalogue import COUNTRY, PRICE, RATE
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.state import COUNTRIES_REMEMBERED, EVIDENCES, HYPOTHESES, NEVER, Record

UNKNOWN_COUNTRY: Final = -1  # abroad, but nobody knows where: remembered like a country (0 marks a free place)


@njit(cache=True)
def _cool(line: Record, at: int, dials: Dials) -> None:
    """Silence speaks against a thief: let the score sink to `at`, but not below the floor that a hold leaves."""
    passed = max(at - line.scored_at, 0)
    held = line.held_until
    raised = dials.hold_nats - 1.0 if held != NEVER and at < held + dials.raised_ms else 0.0
    for hypothesis in range(HYPOTHESES):
        old = line.score[hypothesis]
        if old <= 0.0:
            continue
        thief = dials.thief_fast if hypothesis == 0 else dials.thief_slow
        # A line that is held for its money only has no score to keep up. (Single precision: hence not exactly.)
        floor = min(raised, old) if old > raised - 1e-3 else 0.0
        new = max(old - thief * passed, floor)
        line.score[hypothesis] = new
        for evidence in range(EVIDENCES):
            line.shares[hypothesis, evidence] *= new / old
    line.scored_at = max(at, line.scored_at)


@njit(cache=True)
def _fade(line: Record, at: int, dials: Dials) -> None:
    """Let what was learnt fade to `at`."""
    if line.first_seen == NEVER:
        line.first_seen = at
        line.counted_at = at
        return
    passed = at - line.counted_at
    if passed <= 0:
        return
    kept = math.exp(-passed / dials.forget_ms)
    line.counted_at = at
    for part in range(PARTS):
        line.calls[part] *= kept
    for slot in range(COUNTRIES_REMEMBERED):
        line.country_calls[slot] *= kept


@njit(cache=True)
def _slot_of(line: Record, country: int, at: int) -> int:
    """Where the line remembers this country; a new one takes the place of the one it rings least."""
    if country == NO_COUNTRY:
        country = UNKNOWN_COUNTRY
    least = 0
    for slot in range(COUNTRIES_REMEMBERED):
        if line.country[slot] == country:
            return slot
        if line.country[slot] == 0:
            least = slot
            break
        if line.country_calls[slot] < line.country_calls[least]:
            least = slot
    line.country[least] = country
    line.country_since[least] = at
    line.country_calls[least] = 0.0
    return least


@njit(cache=True)
def _share(line: Record, mine: int, at: int, popularity: float, dials: Dials) -> tuple[float, bool]:
    """The honest share of the country in slot `mine`, and whether the line knows it (it is past probation)."""
    there = 0.0
    everywhere = 0.0
    for slot in range(COUNTRIES_REMEMBERED):
        if line.country[slot] != 0 and at - line.country_since[slot] >= dials.probation_ms:
            everywhere += line.country_calls[slot]
            if slot == mine:
                there = line.country_calls[slot]
    share = country_evidence.honest_share(there, everywhere, dials.new_country_doubt, popularity)
    return share, there >= 0.5


@njit(cache=True)
def top_score(line: Record) -> float:
    """The line's score in nats: that of the likelier thief."""
    return max(line.score[0], line.score[1])


@njit(cache=True)
def score_call(
    line: Record, at: int, start: int, number: Any, country: int, milliyen_a_minute: float, dials: Dials
) -> tuple[float, tuple[float, float, float]]:
    """Judge one international attempt that became known at `at` and began at `start`; returns the new score in nats.

    Beside it, what the sentences need: the honest rate an hour, the country's honest share, the price a minute in yen.
    Learns from the call only while the score stood below `learn_nats` before it.
    """
    _cool(line, at, dials)
    _fade(line, at, dials)
    before = top_score(line)
    part = part_of_week(start, dials.closed)
    age = max(at - line.first_seen, 0)
    watched = PART_HOURS[part] / 168.0 * dials.forget_ms * (1.0 - math.exp(-age / dials.forget_ms))
    honest = rate_evidence.honest_rate(line.calls[part], watched, dials.prior_rate[part], dials.prior_ms)
    mine = _slot_of(line, country, at)
    share, known = _share(line, mine, at, price_evidence.popularity(milliyen_a_minute), dials)
    where = country_evidence.nats(share, dials.thief_countries)
    price = 0.0 if known else price_evidence.nats(milliyen_a_minute)
    again = number != np.uint64(0) and number == line.last_number
    ceiling = dials.redial_nats if again else dials.call_nats
    _add(line, 0, rate_evidence.nats(dials.thief_fast, honest), where, price, ceiling)
    _add(line, 1, rate_evidence.nats(dials.thief_slow, honest), where, price, ceiling)
    line.last_number = number
    if before < dials.learn_nats:
        line.calls[part] += 1.0
        line.country_calls[mine] += 1.0
    return top_score(line), (honest * HOUR_MS, share, milliyen_a_minute / MILLIYEN)


@njit(cache=True)
def _add(line: Record, hypothesis: int, rate: float, where: float, price: float, ceiling: float) -> None:
    """Add one call's log(1 + e^x), at most `ceiling` nats, shared out among the evidences.

    With p = e^x / (1 + e^x), the chance that this call is the thief's, log(1 + e^x) = p x + H(p). Each evidence gets p
    times its own nats; H(p), at most 0.7, is what the call says by being there, and goes to `rate`.
    """
    x = rate + where + price
    p = 1.0 / (1.0 + math.exp(-x))
    whole = x if x > 30.0 else math.log1p(math.exp(x))
    gain = min(whole, ceiling)
    if gain <= 0.0:
        return
    kept = gain / whole
    line.score[hypothesis] += gain
    line.shares[hypothesis, RATE] += kept * (whole - p * (where + price))
    line.shares[hypothesis, COUNTRY] += kept * p * where
    line.shares[hypothesis, PRICE] += kept * p * price


@njit(cache=True)
def forget_unproven(line: Record, at: int, dials: Dials) -> None:
    """At a hold: what is still on probation teaches nothing."""
    for slot in range(COUNTRIES_REMEMBERED):
        if at - line.country_since[slot] < dials.probation_ms:
            line.country_calls[slot] = 0.0
