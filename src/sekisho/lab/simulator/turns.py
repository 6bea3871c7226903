"""Honest turns in what a line does abroad: a new supplier, a new branch, a first call ever, a line that wakes up."""

from __future__ import annotations

import numpy as np

from sekisho.core.terms.instants import DAY_MS
from sekisho.lab.simulator.archetypes import Archetype, Taste
from sekisho.lab.simulator.chance import F64, I64, picked
from sekisho.lab.simulator.countries import Countries
from sekisho.lab.simulator.days import Calendar, Schedule
from sekisho.lab.simulator.habitual import tasks_at_habit
from sekisho.lab.simulator.lines import Lines
from sekisho.lab.simulator.tasks import Tasks, chosen_tasks, tasks_of
from sekisho.lab.simulator.world import World


def turn_tasks(
    rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, countries: Countries
) -> list[Tasks]:
    """All turns of the period."""
    scale = calendar.days / 60
    abroad = np.flatnonzero(~lines.never)
    suppliers = np.concatenate(
        [
            _of(lines, Archetype.PROJECT),
            rng.choice(abroad, rng.poisson(world.projects * scale * len(abroad))),
        ]
    )
    again = rng.random(len(suppliers)) < 0.35  # some open several in the period
    return [
        _projects(rng, world, lines, calendar, countries, np.concatenate([suppliers, suppliers[again]])),
        _branches(rng, world, lines, calendar, countries, _of(lines, Archetype.BRANCH)),
        _rare(rng, world, lines, calendar),
        _awakened(rng, world, lines, calendar),
    ]


def _of(lines: Lines, archetype: Archetype) -> I64:
    return np.flatnonzero((lines.archetype == archetype) & ~lines.never)


def _country(rng: np.random.Generator, world: World, line: I64, taste: Taste) -> I64:
    return picked(world.tastes[taste], rng.random(len(line)))


def _projects(
    rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, countries: Countries, line: I64
) -> Tasks:
    """A new supplier: 5 to 30 calls to a new country within days, some at night, then now and then."""
    country = _country(rng, world, line, Taste.WIDE)
    first = rng.integers(0, calendar.days, len(line))
    tasks = 2 + rng.geometric(0.22, len(line))
    later = rng.poisson(1.5, len(line))
    total = tasks + later
    of = np.repeat(np.arange(len(line)), total)
    step = np.arange(len(of)) - (np.cumsum(total) - total)[of]
    days = np.where(
        step < tasks[of], rng.exponential(rng.uniform(0.4, 3.0, len(line))[of]), 5 + rng.exponential(12.0, len(of))
    )
    days[step == 0] = 0.0
    hour = _hours_there(rng, countries, country[of])
    return tasks_of(
        lines,
        world,
        line[of],
        start=calendar.instant_on(rng, calendar.working(rng, first[of] + days.astype(np.int64)), hour),
        country=country[of],
        calls=rng.geometric(0.45, len(of)),
        reach=0.45,
        talk_s=np.exp(rng.normal(np.log(150.0), 0.5, len(line)))[of],
    )


def _hours_there(rng: np.random.Generator, countries: Countries, country: I64) -> F64:
    """Hours of the Japanese day: mostly our office hours, at times the office hours there."""
    ours = rng.uniform(9.0, 18.5, len(country))
    theirs = (rng.uniform(9.0, 17.5, len(country)) + 9 - countries.offset_h[country]) % 24
    return np.where(rng.random(len(country)) < 0.65, ours, theirs)


def _branches(
    rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, countries: Countries, line: I64
) -> Tasks:
    """A new branch: from some day on its country is rung daily."""
    dear = rng.random(len(line)) < 0.3
    country = np.where(dear, _country(rng, world, line, Taste.DEAR), _country(rng, world, line, Taste.WIDE))
    first = rng.integers(0, calendar.days, len(line))
    daily = np.exp(rng.normal(0.2, 0.7, len(line)))
    counts = 1 + rng.poisson(daily * (calendar.days - first))
    of = np.repeat(np.arange(len(line)), counts)
    day = first[of] + (rng.random(len(of)) * (calendar.days - first[of])).astype(np.int64)
    day[np.cumsum(counts) - counts] = first
    return tasks_of(
        lines,
        world,
        line[of],
        start=calendar.instant_on(rng, calendar.working(rng, day, 0.97), _hours_there(rng, countries, country[of])),
        country=country[of],
        calls=rng.geometric(0.5, len(of)),
        reach=0.35,
        talk_s=170.0,
    )


def _rare(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar) -> Tasks:
    """One to three calls in the whole period; the first ever may be at night, for the time there is another."""
    line = _of(lines, Archetype.RARE)
    times = rng.integers(1, 4, len(line))
    of = np.repeat(line, times)
    country = _country(rng, world, line, Taste.FAMILY)
    country = np.where(rng.random(len(of)) < 0.85, np.repeat(country, times), _country(rng, world, of, Taste.POPULAR))
    day = rng.integers(0, calendar.days, len(of))
    hour = np.where(rng.random(len(of)) < 0.25, rng.uniform(22.0, 30.0, len(of)), rng.uniform(8.0, 22.0, len(of)))
    return tasks_of(
        lines,
        world,
        of,
        start=calendar.instant_on(rng, day, hour),
        country=country,
        calls=rng.geometric(0.7, len(of)),
        serial=True,
        talk_s=240.0,
    )


def _awakened(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar) -> Tasks:
    """Lines that only called in Japan until one day, and ring abroad regularly from then on."""
    quiet = np.flatnonzero(lines.never & (lines.schedule != Schedule.DESK))
    line = quiet[rng.random(len(quiet)) < world.first_abroad]
    first = rng.integers(0, max(calendar.days - 1, 1), len(line))
    weekly = np.exp(rng.normal(0.8, 0.9, len(line)))
    of = np.repeat(np.arange(len(line)), 1 + rng.poisson(weekly * calendar.days / 7))
    tasks = tasks_at_habit(rng, world, lines, calendar, line[of])
    return chosen_tasks(tasks, tasks.start >= calendar.first_ms + first[of] * DAY_MS)
