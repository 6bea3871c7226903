"""Floods of calls.

A of FACTS §5 (Japan 2015: 14-15 k short calls in 4 days, ~150 an hour, one charged minute each) and
B (11,000 calls in 46 hours for A$ 120,000).
"""

from __future__ import annotations

import math

from sekisho.lab.simulator.attacks.aim import take_aim
from sekisho.lab.simulator.attacks.pumping import Manner, answer_share, pause_for, pump, within
from sekisho.lab.simulator.attacks.scene import MOST_CHANNELS, Scene
from sekisho.lab.simulator.calls import Planned
from sekisho.lab.simulator.chance import around

FLOOD_CALLS_H = (80.0, 240.0)
FLOOD_HOURS = (6.0, 96.0)
FLOOD_TALK_S = (28.0, 62.0)
BLITZ_CALLS_H = (180.0, 420.0)
BLITZ_HOURS = (3.0, 46.0)
BLITZ_TALK_S = (90.0, 420.0)


def flood(scene: Scene, line: int) -> Planned:
    """Short calls without end to one or two countries."""
    rng = scene.rng
    hours, rate = around(rng, *FLOOD_HOURS), around(rng, *FLOOD_CALLS_H)
    talk, answered = float(rng.uniform(*FLOOD_TALK_S)), answer_share(scene)
    need = math.ceil(rate * (talk + 14) / 3_600 * 1.2)
    channels = max(1, min(need, int(scene.lines.channels[line]), MOST_CHANNELS))
    manner = Manner(
        talk, float(rng.uniform(0.06, 0.35)), answered, pause_for(rate, channels, talk, answered), 0.7, channels
    )
    first = scene.begin(hours)
    numbers = take_aim(scene, int(rng.integers(1, 5))).numbers(rng, int(rate * hours) + 1, float(rng.uniform(0, 0.5)))
    return within(pump(scene, line, first, numbers, manner), first, hours)


def blitz(scene: Scene, line: int) -> Planned:
    """Every channel busy for hours or days with calls of some minutes."""
    rng = scene.rng
    hours, rate = around(rng, *BLITZ_HOURS), around(rng, *BLITZ_CALLS_H)
    talk, answered = around(rng, *BLITZ_TALK_S), answer_share(scene)
    channels = max(1, min(int(scene.lines.channels[line]), MOST_CHANNELS))
    manner = Manner(
        talk, float(rng.uniform(0.2, 0.7)), answered, pause_for(rate, channels, talk, answered), 0.7, channels
    )
    first = scene.begin(hours)
    numbers = take_aim(scene, int(rng.integers(1, 8))).numbers(rng, int(rate * hours) + 1, float(rng.uniform(0, 0.3)))
    return within(pump(scene, line, first, numbers, manner), first, hours)
