"""Attacks in phases.

FACTS §5: tests, a pause of 30 minutes to 24 hours, the pumping; walks through a range; one number
behind many prefixes within seconds.
"""

from __future__ import annotations

import numpy as np

from sekisho.core.terms.instants import HOUR_MS
from sekisho.lab.simulator.attacks.aim import Aim, take_aim
from sekisho.lab.simulator.attacks.pumping import LEAST_PAUSE_S, Manner, answer_share, planned, pump, within
from sekisho.lab.simulator.attacks.scene import Scene
from sekisho.lab.simulator.calls import LINES_OWN, Planned, outcome, together
from sekisho.lab.simulator.chance import around
from sekisho.lab.simulator.dialling import FIRST_TRY, TRIES

PROBES = (1, 7)
PROBE_TALK_S = (4.0, 40.0)
PAUSE_H = (0.5, 24.0)
PUMP_CALLS = (60.0, 1_200.0)
PUMP_HOURS = 36.0
PUMP_TALK_S = (50.0, 700.0)
WALK_CALLS = (80.0, 1_600.0)
WALK_TALK_S = (8.0, 150.0)
PREFIXES = (6, len(TRIES) + 1)


def _pump_phase(scene: Scene, line: int, first: int, numbers_of: Aim | None = None) -> Planned:
    """The pumping itself, a few dozen to hundreds of calls."""
    rng = scene.rng
    aim = numbers_of if numbers_of is not None else take_aim(scene, int(rng.integers(1, 4)))
    channels = scene.channels(line, int(rng.integers(2, 17)))
    manner = Manner(
        around(rng, *PUMP_TALK_S),
        float(rng.uniform(0.1, 0.8)),
        answer_share(scene),
        around(rng, 4.0, 90.0),
        0.9,
        channels,
    )
    numbers = aim.numbers(rng, int(around(rng, *PUMP_CALLS)), float(rng.uniform(0.0, 0.5)))
    return within(pump(scene, line, first, numbers, manner), first, PUMP_HOURS)


def probe_pump(scene: Scene, line: int) -> Planned:
    """A few test calls to test numbers, a pause, then the pumping of the same or the neighbouring numbers."""
    rng = scene.rng
    pause = around(rng, *PAUSE_H)
    first = scene.begin(pause + 8.0)
    aim = take_aim(scene, int(rng.integers(1, 4)))
    manner = Manner(around(rng, *PROBE_TALK_S), 0.5, answer_share(scene), around(rng, 10.0, 300.0), 1.0, 1)
    probes = pump(scene, line, first, aim.numbers(rng, int(rng.integers(*PROBES))), manner)
    begin = int(probes.end.max()) + int(pause * HOUR_MS)
    return together([probes, _pump_phase(scene, line, begin, aim if rng.random() < 0.75 else None)])


def sequence(scene: Scene, line: int) -> Planned:
    """A walk through a range: adjacent numbers one after the other, up or down, at times one left out or rung again."""
    rng = scene.rng
    count = int(around(rng, *WALK_CALLS))
    step = np.where(rng.random(count) < 0.85, 1, rng.integers(0, 4, count)).astype(np.int64)
    place = np.cumsum(step) * (1 if rng.random() < 0.8 else -1)
    head = int(take_aim(scene).numbers(rng, 1)[0]) // 10_000 * 10_000 + 5_000
    numbers = (head + place).astype(np.uint64)
    channels = scene.channels(line, int(rng.integers(1, 9)))
    manner = Manner(
        around(rng, *WALK_TALK_S),
        float(rng.uniform(0.1, 0.7)),
        answer_share(scene),
        around(rng, 2.0, 40.0),
        0.8,
        channels,
    )
    return pump(scene, line, scene.begin(6.0), numbers, manner, redial=0.1)


def enumeration(scene: Scene, line: int) -> Planned:
    """One number behind many prefixes within seconds, until one gets through; then the pumping."""
    rng = scene.rng
    first = scene.begin(8.0)
    aim = take_aim(scene, int(rng.integers(1, 4)))
    probe = _tries(scene, line, first, int(aim.numbers(rng, 1)[0]))
    begin = int(probe.end.max()) + int(around(rng, 0.01, 12.0) * HOUR_MS)
    return together([probe, _pump_phase(scene, line, begin, aim if rng.random() < 0.7 else None)])


def _tries(scene: Scene, line: int, first: int, number: int) -> Planned:
    """The number behind one prefix after another, as fast as the line's channels take them; the last one is right."""
    rng = scene.rng
    tries = int(rng.integers(*PREFIXES))
    order = rng.permutation(len(TRIES)) if rng.random() < 0.5 else np.arange(len(TRIES))
    form = np.append(FIRST_TRY + order[: tries - 1], LINES_OWN).astype(np.int8)
    right = form == LINES_OWN
    answered = right & (rng.random(tries) < 0.5)
    ring, cause = outcome(rng, answered, right, ~right)
    talk = np.where(answered, rng.uniform(*PROBE_TALK_S, tries), 0.0)
    channels = scene.channels(line)
    free = np.zeros(channels)
    begins = np.zeros(tries)
    for each in range(tries):
        channel = int(free.argmin())
        begins[each] = max(free[channel], begins[each - 1] + rng.exponential(0.4) if each else 0.0)
        free[channel] = begins[each] + ring[each] + talk[each] + LEAST_PAUSE_S
    start = first + (begins * 1_000).astype(np.int64)
    calls = planned(line, start, np.full(tries, number, np.uint64), talk, ring, cause)
    calls.form, calls.abroad = form, right
    return calls
