"""Wide and narrow.

C of FACTS §5 (111 calls, 37 countries, 89 numbers, mean gap 8.8 s, 16 minutes) and D (45 calls to
one Gambian mobile in less than a day).
"""

from __future__ import annotations

import numpy as np

from sekisho.lab.simulator.attacks.aim import pumped_country, take_aim
from sekisho.lab.simulator.attacks.pumping import Manner, answer_share, pump
from sekisho.lab.simulator.attacks.scene import Scene
from sekisho.lab.simulator.calls import Planned
from sekisho.lab.simulator.chance import around

WIDE_CALLS = (70.0, 500.0)
WIDE_COUNTRIES = (18, 45)
WIDE_GAP_S = (5.0, 16.0)
WIDE_NEW_NUMBER = 0.8
ONE_NUMBER_CALLS = (20.0, 90.0)
ONE_NUMBER_HOURS = (4.0, 23.0)
ONE_NUMBER_TALK_S = (60.0, 1_200.0)


def wide(scene: Scene, line: int) -> Planned:
    """Many countries within minutes: somebody looks for the numbers that pay."""
    rng = scene.rng
    count = int(around(rng, *WIDE_CALLS))
    gap = around(rng, *WIDE_GAP_S)
    channels = scene.channels(line)
    talk = max(4.0, channels * gap * float(rng.uniform(0.5, 0.9)) - 8.0)
    countries = np.array([pumped_country(scene) for _ in range(int(rng.integers(*WIDE_COUNTRIES)))])
    country = countries[rng.integers(0, len(countries), count)]
    words = rng.integers(0, 1 << 63, count, dtype=np.uint64)
    number = scene.countries.numbers(country, words)
    other = rng.random(count) < 0.5
    number[other] = scene.countries.numbers(country[other], words[other], unallocated=True)
    kept = np.where(rng.random(count) < WIDE_NEW_NUMBER, np.arange(count), 0)
    number = number[np.maximum.accumulate(kept)]
    manner = Manner(talk, 0.6, answer_share(scene), max(0.5, channels * gap * 0.15), 0.8, channels, 900.0)
    return pump(scene, line, scene.begin(2.0), number, manner)


def one_number(scene: Scene, line: int) -> Planned:
    """One number all night, one call after another or two at once."""
    rng = scene.rng
    count, hours = int(around(rng, *ONE_NUMBER_CALLS)), float(rng.uniform(*ONE_NUMBER_HOURS))
    talk = min(around(rng, *ONE_NUMBER_TALK_S), hours * 3_600 / count)
    number = np.repeat(take_aim(scene).numbers(rng, 1), count)
    channels = scene.channels(line, int(rng.integers(1, 3)))
    pause = max(2.0, channels * hours * 3_600 / count - talk)
    manner = Manner(
        talk, float(rng.uniform(0.1, 0.8)), answer_share(scene), pause * 0.7, float(rng.uniform(0.5, 1.5)), channels
    )
    return pump(scene, line, scene.begin(hours), number, manner)
