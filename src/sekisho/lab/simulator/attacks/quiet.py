"""Attacks that hide: slow ones, ones in office hours, in a call centre's load, in the line's own habits."""

from __future__ import annotations

import numpy as np

from sekisho.core.terms.instants import DAY_MS, SECOND_MS
from sekisho.lab.simulator.archetypes import HABITS, Archetype
from sekisho.lab.simulator.attacks.aim import Aim, aim_at, medium_country, take_aim
from sekisho.lab.simulator.attacks.pumping import Manner, answer_share, planned, pump
from sekisho.lab.simulator.attacks.scene import WORKING_DAYS, Scene
from sekisho.lab.simulator.byte_rows import Words
from sekisho.lab.simulator.calls import Planned, limited, outcome
from sekisho.lab.simulator.chance import F64, I64, around
from sekisho.lab.simulator.days import Schedule
from sekisho.lab.simulator.lines import Lines
from sekisho.lab.simulator.world import World

SLOW_DAYS = (2.0, 12.0)
SLOW_CALLS_DAY = (4.0, 20.0)
SLOW_TALK_S = (240.0, 3_000.0)
DAYTIME_DAYS = (1.0, 5.0)
DAYTIME_CALLS = (15.0, 150.0)
HIDDEN_CALLS = (12.0, 80.0)
HIDDEN_HOURS = (1.0, 9.0)
MIMIC_DAYS = (1.0, 6.0)
MIMIC_CALLS = (30.0, 220.0)
MIMIC_LEAST_YEN = 15.0
OWN_COUNTRIES = 2
KNOWN_COUNTRY = 0.25  # of the attacks in office hours or hidden


def _one_by_one(
    scene: Scene, line: int, start: I64, numbers: Words, talk_s: float, sigma: float, longest: float
) -> Planned:
    """Calls near the given instants, each after the one before has ended: never two at once."""
    rng, count = scene.rng, len(start)
    answered = rng.random(count) < answer_share(scene)
    ring, cause = outcome(rng, answered, np.ones(count, np.bool_))
    talk: F64 = limited(rng, talk_s * np.exp(sigma * rng.standard_normal(count)), longest)
    talk = np.where(answered, talk, 0.0)
    length = ((ring + talk + 4.0) * SECOND_MS).astype(np.int64)
    before = np.cumsum(length) - length  # start[i] >= start[j] + length of all between
    begins = np.maximum.accumulate(np.sort(start) - before) + before
    return planned(line, begins, numbers, talk, ring, cause)


def slow(scene: Scene, line: int) -> Planned:
    """One call at a time over days, at medium prices mostly."""
    rng = scene.rng
    days = around(rng, *SLOW_DAYS)
    count = max(6, int(days * around(rng, *SLOW_CALLS_DAY)))
    dear = rng.random() < 0.25
    aim = take_aim(scene) if dear else aim_at(scene, medium_country(scene), int(rng.integers(1, 4)))
    first = scene.begin(days * 24)
    start = first + (np.sort(rng.random(count)) * days * DAY_MS).astype(np.int64)
    start[0] = first
    talk = min(around(rng, *SLOW_TALK_S), 0.6 * days * 86_400 / count)
    numbers = aim.numbers(rng, count, float(rng.uniform(0, 0.5)))
    return _one_by_one(scene, line, start, numbers, talk, float(rng.uniform(0.2, 0.8)), 7_200.0)


def daytime(scene: Scene, line: int) -> Planned:
    """In office hours, on a line that rings abroad every day."""
    rng = scene.rng
    days = round(around(rng, *DAYTIME_DAYS))
    count = int(around(rng, *DAYTIME_CALLS))
    start = scene.calendar.instants_within(rng, Schedule.OFFICE, scene.day(days * 24.0, WORKING_DAYS), days, count)
    aim = _known_or_not(scene, line, int(rng.integers(1, 4)))
    numbers = aim.numbers(rng, count, float(rng.uniform(0.0, 0.5)))
    return _one_by_one(scene, line, start, numbers, around(rng, 60.0, 900.0), float(rng.uniform(0.2, 0.9)), 5_400.0)


def hidden(scene: Scene, line: int) -> Planned:
    """A few dozen calls within the busiest hours of a call centre."""
    rng = scene.rng
    count, hours = int(around(rng, *HIDDEN_CALLS)), around(rng, *HIDDEN_HOURS)
    channels = scene.channels(line, int(rng.integers(1, 7)))
    talk = min(around(rng, 60.0, 900.0), channels * hours * 2_700 / count)
    pause = max(2.0, channels * hours * 3_600 / count - talk - 10)
    manner = Manner(talk, float(rng.uniform(0.2, 0.9)), answer_share(scene), pause * 0.7, 0.9, channels)
    first = scene.at(scene.day(hours, WORKING_DAYS), float(rng.uniform(9.0, 18.0 - 0.7 * hours)))
    aim = _known_or_not(scene, line, int(rng.integers(1, 3)))
    return pump(scene, line, first, aim.numbers(rng, count, float(rng.uniform(0.0, 0.4))), manner)


def _known_or_not(scene: Scene, line: int, blocks: int) -> Aim:
    """Blocks as thieves choose them, or of a country that the line rings and that pays."""
    paying = _paying(scene, line)
    if scene.rng.random() < KNOWN_COUNTRY and len(paying):
        return aim_at(scene, int(paying[0]), blocks)
    return take_aim(scene, blocks)


def _paying(scene: Scene, line: int) -> I64:
    """Those of the line's first own countries that pay a thief."""
    own = own_countries(scene.world, scene.lines, np.array([line]))[0]
    return own[scene.countries.yen[own] >= MIMIC_LEAST_YEN]


def own_countries(world: World, lines: Lines, line: I64) -> I64:
    """The first countries of each line's own list, i64[n, OWN_COUNTRIES]."""
    place = np.tile(np.arange(OWN_COUNTRIES), len(line))
    return lines.country(world, np.repeat(line, OWN_COUNTRIES), place).reshape(-1, OWN_COUNTRIES)


def mimic(scene: Scene, line: int) -> Planned:
    """The line's own country, hours and durations; more calls, or numbers that it never rang."""
    rng, lines = scene.rng, scene.lines
    days = round(around(rng, *MIMIC_DAYS))
    count = int(around(rng, *MIMIC_CALLS))
    paying = _paying(scene, line)
    country = int(paying[0]) if len(paying) else medium_country(scene)
    habit = HABITS[Archetype(int(lines.archetype[line]))]
    start = scene.calendar.instants_within(rng, habit.schedule, scene.day(days * 24.0), days, count)
    word = rng.integers(0, 1 << 63, int(rng.integers(2, 30)), dtype=np.uint64)
    head = scene.countries.numbers(np.full(len(word), country), word)
    aim = Aim(np.full(len(word), country), head, np.ones(len(word), np.int64))
    numbers = aim.numbers(rng, count, float(rng.uniform(0.0, 0.3)))
    talk = min(habit.talk_s * scene.world.talk, 0.5 * days * 36_000 / count)
    return _one_by_one(scene, line, start, numbers, talk, min(habit.talk_sigma, 1.0), 5 * 3_600.0)
