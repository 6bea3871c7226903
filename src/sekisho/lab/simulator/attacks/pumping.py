"""The calls of one attack, laid on the channels of a line: one call after another on each, so never more at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sekisho.lab.simulator.attacks.scene import Scene
from sekisho.lab.simulator.byte_rows import Words
from sekisho.lab.simulator.calls import HONEST, LINES_OWN, Planned, limited, outcome
from sekisho.lab.simulator.chance import F64, Flags

LEAST_PAUSE_S = 2.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How a thief calls: median talk and its spread, chance of an answer, pauses on a channel, channels.

    `pause_s` is the median between the end of a call and the next one on its channel.
    """

    talk_s: float
    talk_sigma: float
    answered: float
    pause_s: float
    pause_sigma: float = 0.8
    channels: int = 1
    longest_s: float = 4 * 3_600.0


def answer_share(scene: Scene) -> float:
    """60 to 100 % of an attack's calls are answered."""
    return float(1.0 - 0.4 * scene.rng.beta(1.2, 1.6))


def planned(line: int, start: np.ndarray, number: Words, talk: F64, ring: F64, cause: np.ndarray) -> Planned:
    """Outgoing calls abroad of one line in its own form of dialling."""
    size = len(start)
    return Planned(
        line=np.full(size, line, np.int64),
        start=start.astype(np.int64),
        number=number.astype(np.uint64),
        abroad=np.ones(size, np.bool_),
        outgoing=np.ones(size, np.bool_),
        form=np.full(size, LINES_OWN, np.int8),
        ring_s=ring,
        talk_s=talk,
        cause=cause,
        incident=np.full(size, HONEST, np.int32),
    )


def pump(
    scene: Scene, line: int, first_ms: int, numbers: Words, manner: Manner, redial: float | None = None
) -> Planned:
    """One call for each of `numbers` from `first_ms` on, in order of start.

    Whichever channel is free takes the next number; where its call before was not answered it may repeat that one
    instead, as the thieves of this world do it (`redial` names another chance).
    """
    rng, channels = scene.rng, manner.channels
    rows = -(-len(numbers) // channels)
    size = rows * channels
    answered: Flags = rng.random(size) < manner.answered
    talk = manner.talk_s * np.exp(manner.talk_sigma * rng.standard_normal(size))
    talk = np.where(answered, limited(rng, talk, manner.longest_s), 0.0)
    ring, cause = outcome(rng, answered, np.ones(size, np.bool_))
    pause = LEAST_PAUSE_S + manner.pause_s * np.exp(manner.pause_sigma * rng.standard_normal(size))
    waits = (ring + talk + pause).reshape(rows, channels)
    begins = np.vstack([np.zeros(channels), np.cumsum(waits, axis=0)[:-1]])
    begins += np.concatenate([[0.0], rng.exponential(manner.pause_s + 5.0, channels - 1)])
    missed = np.vstack([np.zeros(channels, np.bool_), ~answered.reshape(rows, channels)[:-1]])
    again = missed & (rng.random((rows, channels)) < (scene.world.attack_redial if redial is None else redial))
    order = np.argsort(begins.ravel(), kind="stable")
    number = np.empty(size, np.uint64)
    number[order] = np.resize(numbers, size)[np.cumsum(~again.ravel()[order]) - 1]
    kept = np.maximum.accumulate(np.where(again, 0, np.arange(rows)[:, None]), axis=0)
    number = np.take_along_axis(number.reshape(rows, channels), kept, axis=0)
    order = order[: len(numbers)]
    start = first_ms + begins.ravel() * 1_000
    return planned(line, start[order], number.ravel()[order], talk[order], ring[order], cause[order])


def within(calls: Planned, first_ms: int, hours: float) -> Planned:
    """The calls that begin within so many hours, at least one."""
    inside = calls.start < first_ms + hours * 3_600_000
    inside[:1] = True
    return calls.taken(inside)


def pause_for(rate_h: float, channels: int, talk_s: float, answered: float) -> float:
    """Pause on a channel that gives so many calls an hour on all of them, as far as the channels can carry them."""
    return max(1.0, channels * 3_600.0 / rate_h - talk_s * answered - 10.0)
