"""What lines do all the time: domestic calls, incoming calls, and their habitual tasks abroad."""

from __future__ import annotations

from typing import Final

import numpy as np

from sekisho.core.terms.instants import SECOND_MS
from sekisho.lab.simulator.archetypes import HABITS, Archetype
from sekisho.lab.simulator.byte_rows import Words, mixed
from sekisho.lab.simulator.calls import HONEST, LINES_OWN, Planned, limited, outcome
from sekisho.lab.simulator.chance import F64, I64, Flags, heavy_rank
from sekisho.lab.simulator.countries import load_countries
from sekisho.lab.simulator.days import Calendar
from sekisho.lab.simulator.dialling import BARE, HOME, PLUS
from sekisho.lab.simulator.domestic import numbers_at_home
from sekisho.lab.simulator.lines import Lines
from sekisho.lab.simulator.tasks import LONGEST_TALK_S, Tasks, tasks_of
from sekisho.lab.simulator.world import World

WEEK_DAYS: Final = 7
_MEAN_FACTOR: Final = 0.75  # mean weight of a day in the schedules, near enough
_FAVOURITES: Final = 0.7
_AGAIN_AT_HOME: Final = 0.35
_CUT_SHORT: Final = 0.003  # of domestic calls: a digit is missing
_OVERDISPERSION: Final = 2.0


def habitual_tasks(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar) -> Tasks:
    """Tasks abroad of lines that ring abroad, at the hours of both ends."""
    mean = lines.tasks * calendar.days / WEEK_DAYS
    mean = mean * rng.gamma(_OVERDISPERSION, 1 / _OVERDISPERSION, len(lines))
    line = np.repeat(np.arange(len(lines)), rng.poisson(mean))
    return tasks_at_habit(rng, world, lines, calendar, line)


def tasks_at_habit(rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, line: I64) -> Tasks:
    """One task for each entry of `line`, as its archetype makes them; each line goes down its own list of countries."""
    kind = lines.archetype[line]

    def of(name: str) -> F64:
        return np.array([getattr(HABITS[each], name) for each in Archetype], np.float64)[kind]

    place = heavy_rank(rng.random(len(line)), lines.reach[line])
    country = lines.country(world, line, place)
    start = calendar.instants(rng, lines.schedule[line], _offsets(country))
    size = 1 + rng.geometric(1 / np.maximum(of("size") * world.task_size, 1.05)) - 1
    fax = kind == Archetype.FAX
    broadcast = fax & (rng.random(len(line)) < 0.5)
    size = np.where(broadcast, size * 3, size)
    hotel = kind == Archetype.HOTEL
    guest = rng.integers(0, 1 << 63, len(line), dtype=np.uint64)
    return tasks_of(
        lines,
        world,
        line,
        start=start + lines.turn_ms[line],
        country=country,
        book=np.where(hotel, guest, lines.word[line]),
        calls=np.minimum(size, 120),
        again=np.where(fax, 0.85, lines.again[line]),
        reach=np.where(broadcast, 2.5, np.where(hotel, 0.3, 0.15 + 0.6 * (lines.word[line] % np.uint64(97)) / 97)),
        gap_s=np.where(fax, 25.0, world.task_gap_s),
        serial=of("serial") > 0,
        talk_s=of("talk_s") * np.where(fax, 1.0, world.talk),
        talk_sigma=of("talk_sigma"),
    )


def _offsets(country: I64) -> I64:
    return load_countries().offset_h[country]


def calls_at_home(
    rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, scale: float, *, incoming: bool
) -> Planned:
    """Domestic calls out, or incoming ones; `scale` times the lines' own rates."""
    rate = (lines.incoming if incoming else lines.out) * scale * calendar.days * _MEAN_FACTOR
    counts = rng.poisson(rate * rng.gamma(4.0, 0.25, len(lines)))
    line = np.repeat(np.arange(len(lines)), counts)
    start = calendar.instants(rng, lines.schedule[line]) + lines.turn_ms[line]
    owner = lines.word[line] ^ np.uint64(0x5EED if incoming else 0xCA11)
    number = numbers_at_home(_contacts(rng, owner))
    answered = rng.random(len(line)) >= world.unanswered
    if not incoming:
        line, start, number, answered = _with_redials(rng, world, line, start, number, answered)
    return _planned(rng, world, line, start, number, answered, incoming=incoming)


def _contacts(rng: np.random.Generator, owner: Words) -> Words:
    """A few favourites again and again, and ever new ones."""
    rank = np.minimum((1 - rng.random(len(owner))) ** -_FAVOURITES - 1, 50_000).astype(np.uint64)
    return mixed(owner + rank * np.uint64(2))


def _with_redials(
    rng: np.random.Generator, world: World, line: I64, start: I64, number: Words, answered: Flags
) -> tuple[I64, I64, Words, Flags]:
    """The calls and, behind them, repeats of unanswered ones (twice at most)."""
    parts = [(line, start, number, answered)]
    for _ in range(2):
        last_line, last_start, last_number, last_answered = parts[-1]
        again = ~last_answered & (rng.random(len(last_line)) < _AGAIN_AT_HOME)
        count = int(again.sum())
        wait = (30.0 + world.again_after_s * np.exp(1.3 * rng.standard_normal(count))) * SECOND_MS
        repeated = rng.random(count) >= world.unanswered
        parts.append((last_line[again], last_start[again] + wait.astype(np.int64), last_number[again], repeated))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))  # type: ignore[return-value]


def _planned(
    rng: np.random.Generator,
    world: World,
    line: I64,
    start: I64,
    number: Words,
    answered: Flags,
    *,
    incoming: bool,
) -> Planned:
    size = len(line)
    form = np.full(size, HOME if incoming else LINES_OWN, np.int8)
    if incoming:
        hidden = rng.random(size) < world.anonymous
        form[hidden] = BARE
        number = np.where(hidden, np.uint64(0), number)
    short = np.zeros(size, np.bool_) if incoming else rng.random(size) < _CUT_SHORT
    number, answered = np.where(short, number // np.uint64(10), number), answered & ~short
    ring, cause = outcome(rng, answered, np.zeros(size, np.bool_), short)
    talk = world.talk_home_s * np.exp(world.talk_sigma * rng.standard_normal(size, np.float32))
    return Planned(
        line=line,
        start=start,
        number=number,
        abroad=np.zeros(size, np.bool_),
        outgoing=np.full(size, not incoming),
        form=form,
        ring_s=ring,
        talk_s=np.where(answered, limited(rng, talk, LONGEST_TALK_S), 0.0),
        cause=cause,
        incident=np.full(size, HONEST, np.int32),
    )


def callbacks(rng: np.random.Generator, world: World, abroad: Planned) -> Planned:
    """Incoming calls from the numbers that are rung abroad: some before the call out, some after it."""
    calls = abroad.taken(np.flatnonzero(abroad.abroad & (rng.random(len(abroad)) < world.callbacks)))
    size = len(calls)
    answered = rng.random(size) >= world.unanswered
    away = np.exp(rng.normal(np.log(40.0 * 60), 1.4, size)) * np.where(rng.random(size) < 0.5, -1, 1)
    calls.start = calls.start + (away * SECOND_MS).astype(np.int64)
    calls.outgoing, calls.abroad = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    calls.form = np.full(size, PLUS, np.int8)
    calls.ring_s, calls.cause = outcome(rng, answered, calls.abroad)
    talk = 150.0 * world.talk * np.exp(1.2 * rng.standard_normal(size))
    calls.talk_s = np.where(answered, limited(rng, talk, LONGEST_TALK_S), 0.0)
    return calls
