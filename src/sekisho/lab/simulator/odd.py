"""Honest but odd: what a judge of calls must let pass, drawn at random over lines and days (FACTS §5)."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from sekisho.core.terms.instants import japanese_date
from sekisho.lab.simulator.archetypes import Archetype, Taste
from sekisho.lab.simulator.chance import I64, Flags, picked
from sekisho.lab.simulator.days import Calendar
from sekisho.lab.simulator.lines import Lines
from sekisho.lab.simulator.tasks import Tasks, tasks_of
from sekisho.lab.simulator.world import World

# Events a thousand lines and 60 days, before the world's factor.
RATES: Final = {
    "redial_storm": 2.0,
    "long_conference": 3.0,
    "night_call": 5.0,
    "traveller": 6.0,
    "survey": 0.5,
    "extensions": 1.5,
    "conference_call": 1.5,
}
# Family days besides New Year: the lunar New Year, from the almanac.
_LUNAR_NEW_YEARS: Final = (
    date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13),
)  # fmt: skip


def odd_tasks(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar) -> list[Tasks]:
    """All odd events of the period."""
    makers = {
        "redial_storm": _redial_storms,
        "long_conference": _long_conferences,
        "night_call": _night_calls,
        "traveller": _travellers,
        "survey": _surveys,
        "extensions": _extensions,
        "conference_call": _conference_calls,
    }
    scale = world.odd * len(lines) / 1_000 * calendar.days / 60
    parts = [make(rng, world, lines, calendar, int(rng.poisson(RATES[name] * scale))) for name, make in makers.items()]
    return [*parts, _festivals(rng, world, lines, calendar)]


def _some(rng: np.random.Generator, count: int, among: Flags) -> I64:
    """Lines by chance among some; an empty choice gives none."""
    rows = np.flatnonzero(among)
    return rng.choice(rows, count if len(rows) else 0)


def _business(lines: Lines) -> Flags:
    return ~lines.never & (lines.channels > 2)


def _fresh(rng: np.random.Generator, size: int) -> np.ndarray:
    return rng.integers(0, 1 << 63, size, dtype=np.uint64)


def _taste(rng: np.random.Generator, world: World, taste: Taste, size: int) -> I64:
    return picked(world.tastes[taste], rng.random(size))


def _day(rng: np.random.Generator, calendar: Calendar, size: int) -> I64:
    return rng.integers(0, calendar.days, size)


def _redial_storms(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, count: int) -> Tasks:
    """Twenty to eighty tries of a number that does not answer."""
    line = _some(rng, count, ~lines.never)
    return tasks_of(
        lines, world, line,
        start=calendar.instants(rng, lines.schedule[line]),
        country=_taste(rng, world, Taste.POPULAR, len(line)),
        calls=rng.integers(20, 81, len(line)),
        answered=0.04, again=0.97, gap_s=60.0, serial=True, talk_s=200.0, reach=0.0,
    )  # fmt: skip


def _long_conferences(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, count: int) -> Tasks:
    """Two to four hours with a dear country, by somebody who may never have rung it."""
    line = _some(rng, count, _business(lines))
    return tasks_of(
        lines, world, line,
        start=calendar.instant_on(rng, _day(rng, calendar, len(line)), rng.uniform(9.0, 23.0, len(line))),
        country=_taste(rng, world, Taste.DEAR, len(line)),
        calls=rng.integers(1, 4, len(line)),
        answered=0.9, serial=True, talk_s=10_000.0, talk_sigma=0.35, reach=0.0, gap_s=60.0,
    )  # fmt: skip


def _conference_calls(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, count: int) -> Tasks:
    """Several people of one office ring the same bridge within minutes and stay for an hour or two."""
    line = _some(rng, count, _business(lines))
    return tasks_of(
        lines, world, line,
        start=calendar.instants(rng, lines.schedule[line]),
        country=_taste(rng, world, Taste.WIDE, len(line)),
        calls=rng.integers(3, 9, len(line)),
        answered=0.95, talk_s=4_500.0, talk_sigma=0.3, reach=0.0, gap_s=45.0,
    )  # fmt: skip


def _night_calls(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, count: int) -> Tasks:
    """A country that is new to the line, at night."""
    line = _some(rng, count, ~lines.never)
    return tasks_of(
        lines, world, line,
        start=calendar.instant_on(rng, _day(rng, calendar, len(line)), rng.uniform(23.0, 30.0, len(line))),
        country=_taste(rng, world, Taste.GUESTS, len(line)),
        calls=rng.integers(1, 4, len(line)),
        serial=True, talk_s=300.0, gap_s=120.0,
    )  # fmt: skip


def _travellers(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, count: int) -> Tasks:
    """A business guest in a hotel: three to fifteen calls home over some days, at his hours."""
    guest = _some(rng, count, lines.archetype == Archetype.HOTEL)
    country = _taste(rng, world, Taste.GUESTS, len(guest))
    book, day = _fresh(rng, len(guest)), _day(rng, calendar, len(guest))
    of = np.repeat(np.arange(len(guest)), rng.integers(2, 7, len(guest)))
    return tasks_of(
        lines, world, guest[of],
        start=calendar.instant_on(rng, day[of] + rng.integers(0, 4, len(of)), rng.uniform(6.0, 27.0, len(of))),
        country=country[of], book=book[of],
        calls=rng.geometric(0.45, len(of)),
        serial=True, talk_s=260.0, reach=0.3, gap_s=90.0,
    )  # fmt: skip


def _surveys(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, count: int) -> Tasks:
    """An autodialler asks people in one country: many numbers, one or two a minute, for hours."""
    line = _some(rng, count, _business(lines))
    return tasks_of(
        lines, world, line,
        start=calendar.instants(rng, lines.schedule[line]),
        country=_taste(rng, world, Taste.WIDE, len(line)),
        book=_fresh(rng, len(line)),
        calls=rng.integers(60, 400, len(line)),
        answered=0.35, again=0.1, reach=4.0, talk_s=70.0, talk_sigma=0.8,
        gap_s=np.exp(rng.uniform(np.log(20.0), np.log(90.0), len(line))), gap_sigma=0.4, serial=True,
    )  # fmt: skip


def _extensions(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, count: int) -> Tasks:
    """Somebody tries the extensions of one office abroad, one after the other."""
    line = _some(rng, count, _business(lines))
    return tasks_of(
        lines, world, line,
        start=calendar.instants(rng, lines.schedule[line]),
        country=_taste(rng, world, Taste.WIDE, len(line)),
        calls=rng.integers(8, 41, len(line)),
        stride=True, answered=0.45, again=0.1, serial=True, talk_s=50.0, gap_s=25.0,
    )  # fmt: skip


def _festivals(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar) -> Tasks:
    """Calls home on New Year's night and day, on the lunar New Year and on birthdays."""
    family = np.flatnonzero(np.isin(lines.archetype, (Archetype.EXPATRIATE, Archetype.HOME)) & ~lines.never)
    first = japanese_date(calendar.first_ms)
    feasts = [day for day in range(calendar.days) if _is_feast(first, day)]
    chance = np.where(lines.archetype[family] == Archetype.EXPATRIATE, 0.5, 0.12) * world.festival
    parts = [family[rng.random(len(family)) < chance] for _ in feasts]
    birthdays = family[rng.random(len(family)) < 0.15 * world.festival]
    line = np.concatenate([*parts, birthdays])
    day = np.concatenate(
        [np.repeat(feasts, [len(part) for part in parts]), _day(rng, calendar, len(birthdays))]
    ).astype(np.int64)
    hour = np.where(rng.random(len(line)) < 0.3, 24.0, rng.uniform(7.0, 23.0, len(line)))
    other = rng.random(len(line)) < 0.3  # relatives elsewhere
    return tasks_of(
        lines, world, line,
        start=calendar.instant_on(rng, day, hour),
        country=lines.country(world, line, np.where(other, rng.integers(1, 4, len(line)), 0)),
        calls=1 + rng.geometric(0.3, len(line)),
        serial=True, again=0.8, reach=0.9, gap_s=70.0, talk_s=420.0, talk_sigma=1.0,
    )  # fmt: skip


def _is_feast(first: date, day: int) -> bool:
    today = date.fromordinal(first.toordinal() + day)
    return (today.month, today.day) in ((12, 31), (1, 1)) or today in _LUNAR_NEW_YEARS
