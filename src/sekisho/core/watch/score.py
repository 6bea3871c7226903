"""The label-free score: CUSUMs on the superposition of honest calls and a thief's (docs/algorithms/watch.md).

    S ← max(0, S − λ Δt) + log(1 + e^x),   x = the sum of the evidences' nats

for a fast and a slow thief, and for their rival, an odd but honest burst. The score is the likelier thief's, less what
the rival explains of it. Every nat is kept by its evidence, so that a verdict can say what it was made of.
"""

from __future__ import annotations

from typing import Final

from numba import njit

from sekisho.core.terms.instants import HOUR_MS
from sekisho.core.watch import recent
from sekisho.core.watch.evidence import (
    adjacent,
    concurrency,
    country,
    dial_through,
    duration,
    enumeration,
    hot_list,
    number,
    part_of_week,
    price,
    probe,
    rate,
    signal,
    spend,
    suspect_block,
    validity,
)
from sekisho.core.watch.evidence import catalogue as of
from sekisho.core.watch.logarithms import exp, log, softplus
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.state import EVIDENCES, HYPOTHESES, Record

FAST, SLOW, BURST = range(HYPOTHESES)
BURST_NEW_COUNTRY: Final = 0.35  # share of an honest burst's first calls that go to a country new to the line
MOST_NATS: Final = 40.0  # of one hypothesis: beyond it nothing is surer, and silence should still tell


@njit(cache=True)
def cool(abroad: Record, passed: int, dials: Dials) -> None:
    """Silence of `passed` ms speaks against a thief: let the scores sink."""
    if passed <= 0:
        return
    before = top_thief(abroad)
    abroad.score[FAST] = max(abroad.score[FAST] - dials.thief_fast * passed, 0.0)
    abroad.score[SLOW] = max(abroad.score[SLOW] - dials.thief_slow * passed, 0.0)
    abroad.score[BURST] = max(abroad.score[BURST] - dials.burst * passed, 0.0)
    if before > 0.0:
        _scale(abroad, top_thief(abroad) / before)


@njit(cache=True)
def _scale(abroad: Record, by: float) -> None:
    for evidence in range(EVIDENCES):
        abroad.shares[evidence] *= by


@njit(cache=True)
def top_thief(abroad: Record) -> float:
    """Nats of the likelier thief."""
    return max(abroad.score[FAST], abroad.score[SLOW])


@njit(cache=True)
def free_score(abroad: Record, dials: Dials) -> float:
    """The label-free score in nats: the likelier thief's, less what an odd honest burst explains of it."""
    rival = abroad.score[BURST] - dials.burst_odds_nats
    return max(top_thief(abroad) - softplus(rival), 0.0)


@njit(cache=True)
def signal_nats(line: Record, at: int) -> float:
    """Nats of what the line's PBX has told, as they are at `at`."""
    return signal.nats(line.signal / 100.0, (at - line.signalled_at) / HOUR_MS) if line.signal > 0 else 0.0


@njit(cache=True)
def weigh(line: Record, abroad: Record, sight: Record, nats: Record, at: int) -> None:
    """Fill `nats` with those evidences that do not depend on which thief it is, for a call that begins.

    Rate, country, price and part of the week are the caller's: `meet` knows what they need.
    """
    x = nats.x
    x[of.NUMBER] = number.nats(sight.number_hours, x[of.PRICE] == 0.0)
    x[of.VALIDITY] = validity.nats(sight.valid)
    x[of.ADJACENT] = adjacent.nats(abroad.walked_2h)
    x[of.ENUMERATION] = enumeration.nats(abroad.prefixed_2h)
    x[of.CONCURRENCY] = concurrency.nats(float(abroad.open), abroad.usual_open)
    x[of.DURATION] = duration.nats(recent.talks_spread(abroad), abroad.talks)
    x[of.PROBE] = probe.nats(abroad.probes_2d)
    x[of.DIAL_THROUGH] = dial_through.nats(abroad.through_day) if sight.through != 0 else 0.0
    x[of.CAMPAIGN] = sight.block
    x[of.HOT_LIST] = hot_list.nats(sight.hot)
    x[of.SIGNAL] = signal_nats(line, at)
    x[of.SUSPECT_BLOCK] = suspect_block.nats(sight.suspect_block)
    x[of.SUSPECT_COUNTRY] = sight.suspects_nats
    x[of.SPEND] = spend.nats(abroad.spend_day, abroad.usual_spend)


@njit(cache=True)
def untaught(line: Record, sight: Record, at: int, dials: Dials) -> tuple[float, float]:
    """Nats of hot lists and of signals where the scorecard has never seen any: they count beside it, as they stand."""
    return dials.untaught_hot * hot_list.nats(sight.hot), dials.untaught_signal * signal_nats(line, at)


@njit(cache=True)
def add_call(
    abroad: Record, nats: Record, whole_week: float, share: float, known: bool, again: bool, dials: Dials
) -> float:
    """Add one call's log(1 + e^x) to each hypothesis and share it out; returns what the score gained, in nats.

    `whole_week`: honest international calls a ms; `share`: the country's honest share; `known`: past its probation;
    `again`: the very number of the call before.

    With p = e^x / (1 + e^x), the chance that this call is the thief's, log(1 + e^x) = p x + H(p). Each evidence gets p
    times its own nats; H(p), at most 0.7, is what the call says by being there, and goes to `rate`.
    """
    ceiling = dials.redial_nats if again else dials.call_nats
    others = 0.0
    for evidence in range(EVIDENCES):
        if evidence != of.RATE:
            others += nats.x[evidence]
    before = top_thief(abroad)
    likelier = FAST if abroad.score[FAST] >= abroad.score[SLOW] else SLOW
    gained, chance, kept, burst_kept, beyond = 0.0, 0.0, 0.0, 0.0, 0.0
    for thief in (FAST, SLOW):
        pace = rate.nats(dials.thief_fast if thief == FAST else dials.thief_slow, whole_week)
        x = pace + others
        whole = softplus(x)
        allowed = min(whole, ceiling)
        gain = min(allowed, MOST_NATS - abroad.score[thief])
        abroad.score[thief] += gain
        beyond = max(beyond, allowed - gain)
        if thief == FAST:
            burst_kept = allowed / max(whole, 1e-9)
        if thief == likelier:
            gained, kept, chance = gain, gain / max(whole, 1e-9), 1.0 / (1.0 + exp(-x))
    for evidence in range(EVIDENCES):
        if evidence != of.RATE:
            part = kept * chance * nats.x[evidence]
            abroad.shares[evidence] += part
            gained -= part
    abroad.shares[of.RATE] += gained
    after = top_thief(abroad)
    told = 0.0
    for evidence in range(EVIDENCES):
        told += abroad.shares[evidence]
    if told > 0.0 and told != after:  # the other thief has overtaken, or the most is reached
        _scale(abroad, after / told)
    _add_burst(abroad, nats, whole_week, share, known, burst_kept, beyond, dials)
    return after - before


@njit(cache=True)
def _add_burst(
    abroad: Record,
    nats: Record,
    whole_week: float,
    share: float,
    known: bool,
    kept: float,
    beyond: float,
    dials: Dials,
) -> None:
    """The rival: honest callers in a burst open countries as honest callers do, and call numbers that can be.

    `kept`: what a call's ceiling has left of the fast thief's gain. The rival keeps as much of his own, or a ceiling
    would make the two alike and the fastest attack silent. `beyond`: what a thief would have gained past MOST_NATS; it
    comes off the rival, or he would catch up once the thief can rise no more.
    """
    x = rate.nats(dials.burst, whole_week) + nats.x[of.PART_OF_WEEK] * 0.5
    if not known:
        x += log(BURST_NEW_COUNTRY / max(share * 10.0, 0.01))
    x += 0.5 * nats.x[of.ADJACENT]
    x -= max(nats.x[of.VALIDITY], 0.0)
    whole = softplus(x)
    abroad.score[BURST] = max(min(abroad.score[BURST] + kept * whole - beyond, MOST_NATS), 0.0)


@njit(cache=True)
def place_nats(share: float, known: bool, milliyen_a_minute: float, nats: Record, dials: Dials) -> None:
    """Country and price of a call: the price counts only where the line's own habit says nothing."""
    nats.x[of.COUNTRY] = country.nats(share, dials.thief_countries)
    nats.x[of.PRICE] = 0.0 if known else price.nats(milliyen_a_minute)


@njit(cache=True)
def time_nats(whole_week: float, part: float, nats: Record) -> None:
    """Part of the week of a call, from honest calls a ms."""
    nats.x[of.PART_OF_WEEK] = part_of_week.nats(whole_week, part)
