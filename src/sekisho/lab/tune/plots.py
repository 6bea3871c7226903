"""A made-up thief's plan: what he would do on a line if nobody stopped him. A wide family, drawn at random.

The law is deliberately broader than any list of known attacks: every quantity is drawn on its own, most of them evenly
on a logarithmic scale, so that what is learnt from such thieves is what thieves have in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, SECOND_MS

I64 = npt.NDArray[np.int64]
Rng = np.random.Generator

ANY, NIGHT, WEEKEND, BUSINESS, OFF_HOURS = range(5)  # when he calls
HOURS_ODDS: Final = (0.45, 0.18, 0.15, 0.12, 0.10)
MOST_CALLS: Final = 800
MOST_TALK_S: Final = 6 * 3_600.0
ATTEMPT, PROBE, PUMP = range(3)  # what a call is for


@dataclass(frozen=True, slots=True)
class Plot:
    """What a thief sets out to do.

    `rate`: calls an hour; `channels`: calls at once; `talk_s`, `talk_spread`: median and spread of the logarithm;
    `answered`: share; `hours`: ANY ...; `span_h`: how long he goes on; `gap_shape`: 1 = at random, more = regular.

    `countries`, `numbers`: how many ranges, how many numbers in each; `redial`: chance to dial the last number again;
    `step`: of a walk through numbers, 0 = none; `sticks`: chance to stay in the range of the call before; `dear`: how
    much he prefers dear ranges (a power of the price); `made_up`: chance that a number is in no allocated range.
    `mimic`: he calls the ranges the line calls; `probes`, `pause_h`: short calls first, then he waits; `prefixes`: how
    many prefixes he tries one number behind; `through`: he comes in from outside; `lines`, `each`: of a campaign.
    """

    rate: float
    channels: int
    talk_s: float
    talk_spread: float
    answered: float
    hours: int
    span_h: float
    gap_shape: float
    countries: int
    numbers: int
    redial: float
    step: int
    sticks: float
    dear: float
    made_up: float
    mimic: bool
    probes: int
    pause_h: float
    prefixes: int
    through: bool
    lines: int
    each: int

    @property
    def kind(self) -> str:
        """One word for tables: what is most particular about it."""
        marks = (
            (self.lines > 1, "campaign"),
            (self.mimic, "mimic"),
            (self.through, "through"),
            (self.prefixes > 0, "prefixes"),
            (self.probes > 0, "probe"),
            (self.step != 0, "walk"),
            (self.rate < 4.0, "slow"),
            (self.rate > 300.0, "blitz"),
            (self.countries >= 10, "wide"),
        )
        return next((name for is_so, name in marks if is_so), "pump")


def even(rng: Rng, low: float, high: float) -> float:
    """A number between the two, even on a logarithmic scale."""
    return float(low * (high / low) ** rng.random())


def draw_plot(rng: Rng) -> Plot:
    """One thief's plan."""
    campaign = rng.random() < 0.08
    return Plot(
        rate=even(rng, 0.2, 2_000.0),
        channels=int(even(rng, 1.0, 31.0)),
        talk_s=even(rng, 4.0, 7_200.0),
        talk_spread=even(rng, 0.03, 1.2),
        answered=float(1.0 - 0.9 * rng.random() ** 2),
        hours=int(rng.choice(len(HOURS_ODDS), p=HOURS_ODDS)),
        span_h=even(rng, 0.3, 120.0),
        gap_shape=even(rng, 0.3, 12.0),
        countries=int(even(rng, 1.0, 41.0)),
        numbers=int(even(rng, 1.0, 200.0)),
        redial=float(rng.choice([0.0, 0.05, 0.3, 0.7, 0.95], p=[0.3, 0.25, 0.2, 0.15, 0.1])),
        step=int(rng.integers(1, 4)) if rng.random() < 0.15 else 0,
        sticks=float(rng.choice([0.0, 0.6, 0.95])),
        dear=float(rng.uniform(-0.3, 2.0)),
        made_up=float(rng.choice([0.0, 0.3, 0.9], p=[0.5, 0.3, 0.2])),
        mimic=bool(rng.random() < 0.12),
        probes=int(rng.integers(1, 6)) if rng.random() < 0.3 else 0,
        pause_h=even(rng, 0.4, 26.0),
        prefixes=int(rng.integers(3, 16)) if rng.random() < 0.1 else 0,
        through=bool(rng.random() < 0.12),
        lines=int(even(rng, 4.0, 41.0)) if campaign else 1,
        each=int(rng.integers(2, 7)) if campaign else MOST_CALLS,
    )


@njit(cache=True)
def _is_his_hour(at: int, hours: int) -> bool:
    local = at + JST_OFFSET_MS
    day = local // DAY_MS
    hour = (local - day * DAY_MS) // HOUR_MS
    weekday = (day + 3) % 7  # 0 = Monday
    if hours == NIGHT:
        return hour >= 22 or hour < 6
    if hours == WEEKEND:
        return weekday >= 5 or (weekday == 4 and hour >= 18) or (weekday == 0 and hour < 8)
    if hours == BUSINESS:
        return weekday < 5 and 9 <= hour < 18
    if hours == OFF_HOURS:
        return hour >= 18 or hour < 8 or weekday >= 5
    return True


@njit(cache=True)
def _starts(begins: int, until: int, gaps: Any, holds: Any, channels: int, hours: int, into: Any) -> int:
    """Instants at which calls start, a gap after the one before, when a channel is free and it is his hour; how many.

    The next of his hours begins at its own odd minute, not on the clock's stroke.
    """
    free = np.full(channels, begins)
    at = begins
    for call in range(gaps.size):
        at += gaps[call]
        channel = int(np.argmin(free))
        at = max(at, free[channel])
        while not _is_his_hour(at, hours):
            at += HOUR_MS // 4
        if at > until and call > 0:
            return call
        into[call] = at
        free[channel] = at + holds[call]
    return int(gaps.size)


@dataclass(frozen=True, slots=True)
class Timeline:
    """One entry a call, in order of time: instants in ms; `answer` is -1 where nobody answers; `purpose`: ATTEMPT..."""

    start: I64
    answer: I64
    end: I64
    purpose: npt.NDArray[np.int8]


def _phase(
    plot: Plot, purpose: int, count: int, begins: int, until: int, looks: tuple[I64, I64, I64], rng: Rng
) -> Timeline:
    """The calls of one phase. `looks`: rings of answered calls, of others, milliseconds of talk times."""
    answered_ring, missed_ring, talk_ms = looks
    rate, talk, spread, shape = plot.rate, plot.talk_s, plot.talk_spread, plot.gap_shape
    answered = rng.random(count) < plot.answered
    if purpose == PROBE:
        rate, talk, spread, shape = even(rng, 12.0, 400.0), even(rng, 2.0, 40.0), 0.5, 1.0
    elif purpose == ATTEMPT:
        rate, shape = even(rng, 1_200.0, 7_200.0), 6.0
        answered = (np.arange(count) == count - 1) & (rng.random() < 0.5)  # the last prefix tried may be the right one
        talk, spread = even(rng, 2.0, 30.0), 0.5
    gaps = (rng.gamma(shape, HOUR_MS / rate / shape, count)).astype(np.int64)
    gaps[0] = 0
    seconds = np.clip(talk * np.exp(spread * rng.normal(size=count)), 1.0, MOST_TALK_S)
    talks = np.maximum(seconds.astype(np.int64) * SECOND_MS + rng.choice(talk_ms, count), 1)
    rings = np.where(answered, rng.choice(answered_ring, count), rng.choice(missed_ring, count))
    holds = rings + np.where(answered, talks, 0)
    start = np.zeros(count, np.int64)
    channels = plot.channels if purpose == PUMP else max(plot.channels, 4 if purpose == ATTEMPT else 1)
    made = _starts(begins, until, gaps, holds, channels, plot.hours if purpose == PUMP else ANY, start)
    start, holds = start[:made], holds[:made]
    answer = np.where(answered[:made], start + rings[:made], -1)
    return Timeline(start, answer, start + holds, np.full(made, purpose, np.int8))


def timeline(plot: Plot, begins: int, last: int, looks: tuple[I64, I64, I64], rng: Rng) -> Timeline:
    """His calls on one line from `begins` on; none starts after `last`. At most MOST_CALLS of them, `each` at most."""
    parts, at = [], begins
    if plot.prefixes:
        parts.append(_phase(plot, ATTEMPT, plot.prefixes, at, last, looks, rng))
        at = int(parts[-1].end.max()) + int(even(rng, 5.0, 1_800.0) * SECOND_MS)
    if plot.probes:
        parts.append(_phase(plot, PROBE, plot.probes, at, last, looks, rng))
        at = int(parts[-1].end.max()) + int(plot.pause_h * HOUR_MS)
    count = min(plot.each, MOST_CALLS, int(plot.rate * plot.span_h) + 1)
    if at <= last:
        parts.append(_phase(plot, PUMP, count, at, min(last, at + int(plot.span_h * HOUR_MS)), looks, rng))
    return Timeline(
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.answer for part in parts]),
        np.concatenate([part.end for part in parts]),
        np.concatenate([part.purpose for part in parts]),
    )
