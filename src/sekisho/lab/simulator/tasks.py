"""Calls abroad come in tasks: a destination, few numbers there, several calls with gaps, redials and misdials.

All honest calls abroad, ordinary and odd, are tasks; `expand` is the only place that makes calls of them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from sekisho.lab.simulator.archetypes import Archetype
from sekisho.lab.simulator.byte_rows import Words, mixed
from sekisho.lab.simulator.calls import HONEST, LINES_OWN, Planned, limited, outcome
from sekisho.lab.simulator.chance import F64, I64, Flags, heavy_rank, shares_of, word_of
from sekisho.lab.simulator.countries import Countries
from sekisho.lab.simulator.dialling import FIRST_TRY, TRIES
from sekisho.lab.simulator.lines import Lines
from sekisho.lab.simulator.world import World

LONGEST_TALK_S: Final = 6 * 3_600.0
HOTEL_GUESTS: Final = 10.0  # times as often as others they dial what they would dial at home
_ADJACENT: Final = np.uint64(0xAD)


@dataclass(slots=True, eq=False)
class Tasks:
    """One entry a task. `book` is whose address book it is: equal words and countries, equal numbers.

    `calls` ≥ 1; `reach`: how far in the book (0: always the same number); `stride`: the book's numbers are adjacent and
    rung in order; `gap_s` median and `gap_sigma` between starts, or behind the end of the call before where `serial`;
    `talk_s`, `talk_sigma`; `answered`, `again` (repeats of unanswered calls), `misdial` and `wrong_prefix` are chances.
    """

    line: I64
    start: I64
    country: I64
    book: Words
    calls: I64
    reach: F64
    stride: Flags
    gap_s: F64
    gap_sigma: F64
    serial: Flags
    talk_s: F64
    talk_sigma: F64
    answered: F64
    again: F64
    misdial: F64
    wrong_prefix: F64

    def __len__(self) -> int:
        return len(self.line)


_DEFAULTS: Final = {"reach": 0.5, "stride": False, "gap_sigma": 1.1, "serial": False, "talk_sigma": 1.2}


def tasks_of(lines: Lines, world: World, line: I64, **columns: object) -> Tasks:
    """Tasks of `line` i64[n]; what is not given is the line's or the world's own. Single values hold for all."""
    given: dict[str, object] = {
        **_DEFAULTS,
        "book": lines.word[line],
        "answered": lines.answered[line],
        "again": lines.again[line],
        "misdial": world.misdial,
        "wrong_prefix": world.wrong_prefix * np.where(lines.archetype[line] == Archetype.HOTEL, HOTEL_GUESTS, 1.0),
        "gap_s": world.task_gap_s,
        **columns,
    }
    kinds = {
        "start": np.int64,
        "country": np.int64,
        "calls": np.int64,
        "book": np.uint64,
        "stride": np.bool_,
        "serial": np.bool_,
    }
    names = [field.name for field in fields(Tasks)][1:]
    full: dict[str, Any] = {
        name: np.broadcast_to(np.asarray(given[name]), line.shape).astype(kinds.get(name, np.float64)) for name in names
    }
    return Tasks(line=line, **full)


def all_tasks(parts: list[Tasks]) -> Tasks:
    """Several lists of tasks behind each other."""
    return Tasks(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Tasks)))


def chosen_tasks(tasks: Tasks, kept: Flags) -> Tasks:
    """The tasks whose flag is set."""
    return Tasks(*(getattr(tasks, field.name)[kept] for field in fields(Tasks)))


def expand(rng: np.random.Generator, world: World, countries: Countries, tasks: Tasks) -> Planned:
    """The calls of the tasks, task by task."""
    of = np.repeat(np.arange(len(tasks)), tasks.calls)
    size, opening = len(of), np.cumsum(tasks.calls) - tasks.calls
    first = np.zeros(size, np.bool_)
    first[opening] = True
    nowhere = rng.random(size) < tasks.wrong_prefix[of]
    slipped = rng.random(size) < tasks.misdial[of]
    answered = ~nowhere & (rng.random(size) < tasks.answered[of] * np.where(slipped, 0.25, 1.0))
    missed = _after(~answered) & (rng.random(size) < tasks.again[of])
    same = ~first & (missed | _after(slipped | nowhere))
    chosen = np.maximum.accumulate(np.where(same, 0, np.arange(size)))  # the call whose number is dialled
    place = np.where(tasks.stride[of], np.arange(size) - opening[of], heavy_rank(rng.random(size), tasks.reach[of]))[
        chosen
    ]
    number = _numbers(world, countries, tasks.book[of], tasks.country[of], place, tasks.stride[of])
    number = np.where(slipped, _slip(rng, number), number)
    ring, cause = outcome(rng, answered, ~nowhere, nowhere)
    talk = limited(rng, _spread(rng, tasks.talk_s[of], tasks.talk_sigma[of] * world.talk_spread), LONGEST_TALK_S)
    talk = np.where(answered, talk, 0.0)
    gap = _spread(rng, np.where(same, world.again_after_s, tasks.gap_s[of]), tasks.gap_sigma[of])
    waits = gap + np.where(tasks.serial[of] | same, np.concatenate([[0.0], (ring + talk)[:-1]]), 0.0) + 2.0
    waits[first] = 0.0
    total = np.cumsum(waits)
    return Planned(
        line=tasks.line[of],
        start=tasks.start[of] + ((total - total[opening][of]) * 1_000).astype(np.int64),
        number=number,
        abroad=~nowhere,
        outgoing=np.ones(size, np.bool_),
        form=np.where(nowhere, FIRST_TRY + rng.integers(0, len(TRIES), size), LINES_OWN).astype(np.int8),
        ring_s=ring,
        talk_s=talk,
        cause=cause,
        incident=np.full(size, HONEST, np.int32),
    )


def _after(flags: Flags) -> Flags:
    """Whether the call before was one."""
    return np.concatenate([[False], flags[:-1]])


def _spread(rng: np.random.Generator, median: F64, sigma: F64) -> F64:
    return np.asarray(median * np.exp(sigma * rng.standard_normal(len(median))))


def _numbers(world: World, countries: Countries, book: Words, country: I64, place: I64, stride: Flags) -> Words:
    """The number in a place of an address book: some are everybody's, some are extensions of one office."""
    office = word_of(book, country, world.salt)
    adjacent = stride | (shares_of(office) < world.adjacent_offices)
    contact = mixed(office + place.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    shared = ~stride & (shares_of(mixed(contact)) < world.shared_contacts)
    contact = np.where(shared, word_of(country, world.salt, contact % np.uint64(40)), contact)
    contact = np.where(adjacent & ~shared, mixed(office ^ _ADJACENT), contact)
    unknown = shares_of(mixed(contact ^ np.uint64(world.salt))) < world.unknown_ranges
    number = np.empty(len(book), np.uint64)
    for unallocated in (False, True):
        here = unknown == unallocated
        number[here] = countries.numbers(country[here], contact[here], unallocated=unallocated)
    return np.where(adjacent & ~shared, number - number % np.uint64(100) + _extension(number, place), number)


def _extension(number: Words, place: I64) -> Words:
    """The last two digits of an office's extension."""
    return (number + place.astype(np.uint64)) % np.uint64(100)


def _slip(rng: np.random.Generator, number: Words) -> Words:
    """A number with one digit wrong among the last seven, or one of them missing."""
    place = np.uint64(10) ** rng.integers(0, 7, len(number)).astype(np.uint64)
    digit = number // place % np.uint64(10)
    wrong = (digit + rng.integers(1, 10, len(number)).astype(np.uint64)) % np.uint64(10)
    changed = number - digit * place + wrong * place
    short = number // (place * np.uint64(10)) * place + number % place
    return np.where(rng.random(len(number)) < 0.3, short, changed)
