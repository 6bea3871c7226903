"""Ordinary callers, live: what the history goes on with while somebody watches.

Calls abroad keep the pace that each line had in the history, for the watch knows it. Calls inside Japan come faster
than three hundred lines would make them, and are shorter, so that there is something to see at any hour.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sekisho.core.terms.instants import HOUR_MS, SECOND_MS
from sekisho.demo.callers import Caller, chosen, hourly
from sekisho.demo.habits import japanese_hour
from sekisho.demo.history import UNANSWERED_SHARE
from sekisho.demo.thief import PlannedCall

A_SECOND: Final = 1.0  # calls inside Japan of one company, at pace 1
QUIET_SHARE: Final = 0.05  # of its weight at noon that a line keeps while nobody is there
TALK_S: Final = (8.0, 90.0)
TALK_ABROAD_S: Final = (40.0, 400.0)
RING_S: Final = (1.0, 5.0)
_CAUSES: Final = (487, 486, 480)


class Ordinary:
    """Draws the honest calls of one company."""

    def __init__(self, rng: np.random.Generator, callers: tuple[Caller, ...], pace: float = 1.0) -> None:
        """`pace`: how much faster than by default calls inside Japan come."""
        self._rng, self._callers, self._pace = rng, callers, pace
        self._hour = -1
        self._weights = self._abroad = np.zeros(0)
        self._busy = np.array([caller.out for caller in callers])

    def gap_s(self, now_ms: int) -> float:
        """Seconds until the next call."""
        self._turn(now_ms)
        rate = A_SECOND * self._pace + float(self._abroad.sum())
        return float(self._rng.exponential(1.0 / rate))

    def next_call(self, now_ms: int) -> PlannedCall:
        """The next call."""
        self._turn(now_ms)
        rng, abroad = self._rng, float(self._abroad.sum())
        away = rng.random() < abroad / (A_SECOND * self._pace + abroad)
        weights = self._abroad / abroad if away else self._weights
        caller = self._callers[int(rng.choice(len(self._callers), p=weights))]
        numbers = caller.numbers_abroad if away else caller.numbers
        answered = rng.random() >= UNANSWERED_SHARE
        talk = rng.uniform(*(TALK_ABROAD_S if away else TALK_S))
        return PlannedCall(
            line=caller.line.national,
            number=numbers[int(chosen(rng, 1, len(numbers))[0])],
            ring_ms=int(rng.uniform(*RING_S) * SECOND_MS),
            talk_ms=int(talk * SECOND_MS) if answered else 0,
            cause=200 if answered else int(rng.choice(_CAUSES)),
        )

    def _turn(self, now_ms: int) -> None:
        """Take the weights of the hour that runs."""
        hour = japanese_hour(now_ms)
        if hour == self._hour:
            return
        self._hour = hour
        rates = hourly(self._callers, hour, 1)
        here = rates["out"][:, 0] + QUIET_SHARE * self._busy / 10
        self._weights = here / here.sum()
        self._abroad = rates["abroad"][:, 0] * SECOND_MS / HOUR_MS
