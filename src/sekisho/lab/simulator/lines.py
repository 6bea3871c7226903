"""The lines of a world, each a contract of its own: what it is, how much it calls, which countries, how it dials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.instants import HOUR_MS
from sekisho.lab.simulator.archetypes import HABITS, Archetype, Taste
from sekisho.lab.simulator.byte_rows import Rows
from sekisho.lab.simulator.chance import F64, I64, Flags, picked, picked_in, shares_of, spread, steps_of, word_of
from sekisho.lab.simulator.dialling import DiallingHabits, draw_habits
from sekisho.lab.simulator.domestic import subscriber_numbers
from sekisho.lab.simulator.world import World

SOURCES: Final = ("sbc-east-1", "sbc-east-2", "sbc-west-1")
_SOURCE_SHARES: Final = (0.45, 0.25, 0.30)

_TURNS: Final = 2.0  # hours by which lines are early or late, at most


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """One entry a line. `text` u8[n, 13] is the line as written; rates are calls a day, `tasks` a week.

    `never` rings abroad on its own account; `reach` and `taste` say which countries, `turn_ms` shifts its hours.
    """

    text: Rows
    national: npt.NDArray[np.uint64]
    archetype: I64
    schedule: I64
    channels: I64
    source: npt.NDArray[np.int32]
    out: F64
    incoming: F64
    tasks: F64
    never: Flags
    taste: I64
    reach: F64
    turn_ms: I64
    again: F64
    answered: F64
    dialling: DiallingHabits
    word: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.archetype)

    def country(self, world: World, line: I64, place: I64) -> I64:
        """The country in a place of each line's own list: 0 is what it rings most, far places are ever new ones."""
        return picked_in(world.tastes, self.taste[line], shares_of(word_of(self.word[line], place + 1)))


def draw_lines(rng: np.random.Generator, world: World, count: int) -> Lines:
    """`count` lines of a world."""
    archetype = picked(steps_of(world.mix), rng.random(count))
    if count >= len(Archetype):  # whatever the size, every archetype is there
        archetype[: len(Archetype)] = list(Archetype)
    rng.shuffle(archetype)

    def of(name: str) -> npt.NDArray[np.generic]:
        return np.array([getattr(HABITS[kind], name) for kind in Archetype])[archetype]

    text, national = subscriber_numbers(rng, count)
    never = _never_abroad(rng, world, np.asarray(of("abroad"), np.float64))
    low, high = np.array([HABITS[kind].channels for kind in Archetype])[archetype].T
    least, most = np.array([HABITS[kind].reach for kind in Archetype])[archetype].T
    taste = np.asarray(of("taste"), np.int64)
    taste[rng.random(count) < world.dear_lines] = Taste.DEAR
    return Lines(
        text=text,
        national=national,
        archetype=archetype,
        schedule=np.asarray(of("schedule"), np.int64),
        channels=np.round(low * (high / low) ** rng.random(count)).astype(np.int64),
        source=picked(steps_of(np.array(_SOURCE_SHARES)), rng.random(count)).astype(np.int32),
        out=spread(rng, np.asarray(of("out")), np.asarray(of("spread")), count),
        incoming=spread(rng, np.asarray(of("incoming")), np.asarray(of("spread")), count),
        tasks=np.where(never, 0.0, spread(rng, np.asarray(of("tasks")), np.asarray(of("tasks_spread")), count)),
        never=never,
        taste=taste,
        reach=np.where(rng.random(count) < 0.04, 1.5, least + (most - least) * rng.random(count)) * world.novelty,
        turn_ms=(rng.uniform(-_TURNS, _TURNS, count) * rng.random(count) * HOUR_MS).astype(np.int64),
        again=np.clip(world.again * np.exp(rng.normal(0.0, 0.4, count)), 0.02, 0.92),
        answered=np.clip(1 - world.unanswered_abroad * np.exp(rng.normal(0.0, 0.45, count)), 0.25, 0.97),
        dialling=draw_habits(rng, count, world.plus, world.carrier, world.hiding),
        word=rng.integers(0, 1 << 63, count, dtype=np.uint64),
    )


def _never_abroad(rng: np.random.Generator, world: World, weight: F64) -> Flags:
    """Lines that never ring abroad, so that the world's share does; archetypes made for it nearly always do."""
    low, high = 0.0, 10.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if np.mean(1 - np.exp(-middle * weight)) > world.abroad_share else (middle, high)
    return np.asarray(rng.random(len(weight)) > 1 - np.exp(-high * weight))
