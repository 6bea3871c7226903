"""Kinds of honest lines: how often, when and how they call (FACTS §5, and guesses of the right order of size)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from sekisho.lab.simulator.days import Schedule


class Archetype(IntEnum):
    """What a line is, written into lines.csv in lower case."""

    HOME = 0
    OFFICE = 1
    TRADING = 2
    CALL_CENTRE = 3
    HOTEL = 4
    EXPATRIATE = 5
    CONFERENCE = 6
    FAX = 7
    BRANCH = 8
    PROJECT = 9
    RARE = 10


class Taste(IntEnum):
    """Which countries a line rings: rows of World.tastes."""

    POPULAR = 0
    BUSINESS = 1
    FAMILY = 2
    WIDE = 3
    GUESTS = 4
    DEAR = 5


@dataclass(frozen=True, slots=True)
class Habit:
    """One archetype. Rates are medians over its lines of an average day's calls, or of a week's tasks abroad.

    `share` of all lines; `out`, `incoming`: domestic calls a day; `tasks`: tasks abroad a week, of the lines that ring
    abroad, which are `abroad` of them (scaled by the world); `spread` and `tasks_spread`: log-normal sigma over lines;
    `reach`: how far down its own list of countries a line goes, 0 never beyond the first; `size`: mean calls a task;
    `channels`: least and most; `talk_s`: median talk abroad and `talk_sigma`; `serial`: one call after another.
    """

    share: float
    schedule: Schedule
    taste: Taste
    out: float
    incoming: float
    spread: float
    abroad: float
    tasks: float
    tasks_spread: float
    reach: tuple[float, float]
    size: float
    channels: tuple[int, int]
    talk_s: float = 110.0
    talk_sigma: float = 1.3
    serial: bool = False


HABITS: Final[dict[Archetype, Habit]] = {
    Archetype.HOME: Habit(
        share=0.40, schedule=Schedule.HOME, taste=Taste.POPULAR, out=1.3, incoming=1.0, spread=0.8, abroad=0.5,
        tasks=0.35, tasks_spread=1.2, reach=(0.02, 0.35), size=1.7, channels=(1, 2), talk_s=240.0, serial=True,
    ),
    Archetype.OFFICE: Habit(
        share=0.28, schedule=Schedule.OFFICE, taste=Taste.BUSINESS, out=5.0, incoming=3.6, spread=1.0, abroad=1.2,
        tasks=2.5, tasks_spread=1.3, reach=(0.03, 0.5), size=2.0, channels=(2, 24),
    ),
    Archetype.TRADING: Habit(
        share=0.035, schedule=Schedule.TRADING, taste=Taste.WIDE, out=9.0, incoming=7.0, spread=0.9, abroad=9.0,
        tasks=22.0, tasks_spread=0.9, reach=(0.3, 0.85), size=2.3, channels=(4, 30),
    ),
    Archetype.CALL_CENTRE: Habit(
        share=0.007, schedule=Schedule.DESK, taste=Taste.BUSINESS, out=270.0, incoming=140.0, spread=0.5, abroad=2.0,
        tasks=30.0, tasks_spread=1.3, reach=(0.05, 0.6), size=2.0, channels=(16, 60), talk_s=150.0, talk_sigma=1.0,
    ),
    Archetype.HOTEL: Habit(
        share=0.03, schedule=Schedule.HOTEL, taste=Taste.GUESTS, out=8.0, incoming=9.0, spread=0.8, abroad=9.0,
        tasks=6.0, tasks_spread=1.0, reach=(0.45, 1.1), size=1.9, channels=(4, 24), talk_s=130.0,
    ),
    Archetype.EXPATRIATE: Habit(
        share=0.05, schedule=Schedule.EVENING, taste=Taste.FAMILY, out=1.0, incoming=0.8, spread=0.7, abroad=9.0,
        tasks=3.5, tasks_spread=1.0, reach=(0.0, 0.3), size=1.9, channels=(1, 2), talk_s=420.0, talk_sigma=1.2,
        serial=True,
    ),
    Archetype.CONFERENCE: Habit(
        share=0.02, schedule=Schedule.OFFICE, taste=Taste.BUSINESS, out=4.0, incoming=3.0, spread=0.8, abroad=9.0,
        tasks=2.2, tasks_spread=0.8, reach=(0.05, 0.6), size=1.3, channels=(2, 12), talk_s=6_500.0, talk_sigma=0.6,
    ),
    Archetype.FAX: Habit(
        share=0.02, schedule=Schedule.OFFICE, taste=Taste.BUSINESS, out=6.0, incoming=4.0, spread=1.0, abroad=9.0,
        tasks=1.6, tasks_spread=0.9, reach=(0.05, 0.8), size=9.0, channels=(1, 4), talk_s=52.0, talk_sigma=0.5,
        serial=True,
    ),
    Archetype.BRANCH: Habit(
        share=0.02, schedule=Schedule.OFFICE, taste=Taste.WIDE, out=5.0, incoming=4.0, spread=0.9, abroad=9.0,
        tasks=1.0, tasks_spread=1.3, reach=(0.05, 0.5), size=1.8, channels=(2, 16),
    ),
    Archetype.PROJECT: Habit(
        share=0.04, schedule=Schedule.OFFICE, taste=Taste.WIDE, out=5.0, incoming=3.8, spread=0.9, abroad=9.0,
        tasks=0.7, tasks_spread=1.4, reach=(0.05, 0.5), size=1.8, channels=(2, 16),
    ),
    Archetype.RARE: Habit(
        share=0.10, schedule=Schedule.HOME, taste=Taste.POPULAR, out=1.0, incoming=1.1, spread=0.7, abroad=4.0,
        tasks=0.0, tasks_spread=0.5, reach=(0.1, 0.6), size=1.4, channels=(1, 2), talk_s=200.0, serial=True,
    ),
}  # fmt: skip
