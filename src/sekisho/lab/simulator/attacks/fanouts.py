"""Long concurrent calls.

E of FACTS §5 (a weekend, up to 220 minutes of calls a minute), F (an 8-line PBX for 4 days) and
G (160 calls on 2 lines, Saturday and Sunday).
"""

from __future__ import annotations

from sekisho.lab.simulator.attacks.aim import take_aim
from sekisho.lab.simulator.attacks.pumping import Manner, answer_share, pump, within
from sekisho.lab.simulator.attacks.scene import FRIDAY, MOST_CHANNELS, SATURDAY, Scene
from sekisho.lab.simulator.calls import Planned
from sekisho.lab.simulator.chance import around

WEEKEND_TALK_S = (1_200.0, 5_400.0)
PBX_CHANNELS = 8
PBX_HOURS = (24.0, 96.0)
PBX_TALK_S = (240.0, 1_500.0)
SMALL_CALLS = (60.0, 260.0)
SMALL_TALK_S = (120.0, 700.0)


def weekend(scene: Scene, line: int) -> Planned:
    """From Friday evening to Monday morning on all channels, calls of half an hour to hours, many numbers."""
    rng = scene.rng
    first = scene.at(scene.day(64.0, FRIDAY), float(rng.uniform(17.5, 26.0)))
    hours = float(rng.uniform(20.0, 62.0))
    channels = scene.channels(line)
    talk = around(rng, *WEEKEND_TALK_S)
    manner = Manner(talk, float(rng.uniform(0.2, 0.8)), answer_share(scene), around(rng, 5.0, 120.0), 1.0, channels)
    count = int(channels * hours * 3_600 / (talk * 0.6)) + channels
    numbers = take_aim(scene, int(rng.integers(2, 10))).numbers(rng, count, float(rng.uniform(0.0, 0.3)))
    return within(pump(scene, line, first, numbers, manner), first, hours)


def small_pbx(scene: Scene, line: int) -> Planned:
    """Up to eight channels for days, any time of day."""
    rng = scene.rng
    hours = around(rng, *PBX_HOURS)
    first = scene.begin(hours)
    channels = scene.channels(line, min(PBX_CHANNELS, MOST_CHANNELS))
    talk = around(rng, *PBX_TALK_S)
    manner = Manner(talk, float(rng.uniform(0.2, 0.9)), answer_share(scene), around(rng, 5.0, 400.0), 1.0, channels)
    count = int(channels * hours * 3_600 / (talk * 0.5)) + channels
    numbers = take_aim(scene, int(rng.integers(1, 6))).numbers(rng, count, float(rng.uniform(0.0, 0.4)))
    return within(pump(scene, line, first, numbers, manner), first, hours)


def small(scene: Scene, line: int) -> Planned:
    """A few dozen to two hundred calls on at most two channels, Saturday to Sunday."""
    rng = scene.rng
    first = scene.at(scene.day(40.0, SATURDAY), float(rng.uniform(0.0, 20.0)))
    count, talk = int(around(rng, *SMALL_CALLS)), around(rng, *SMALL_TALK_S)
    channels = scene.channels(line, 2)
    manner = Manner(talk, float(rng.uniform(0.2, 0.9)), answer_share(scene), around(rng, 10.0, 240.0), 1.0, channels)
    numbers = take_aim(scene, int(rng.integers(1, 4))).numbers(rng, count, float(rng.uniform(0.0, 0.5)))
    return within(pump(scene, line, first, numbers, manner), first, 48.0)
