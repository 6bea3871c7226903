"""The attack: somebody rings abroad through the hacked PBX of a small office, on as many channels as he finds.

Destinations are those of published cases (FACTS §4 and §5). The digits behind them are drawn at random.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sekisho.core.terms.instants import MINUTE_MS, SECOND_MS
from sekisho.demo.contacts import filled

# Digits behind 010, `#` any digit: Sierra Leone (twice as often), Latvia, Somalia, Guinea.
RANGES: Final = ("23276######", "23277######", "3712012####", "25261#######", "224628######")
WEIGHTS: Final = (0.3, 0.3, 0.2, 0.1, 0.1)
CHANNELS: Final = 12
MOST_CALLS: Final = 2_000
LONGEST_MS: Final = 3 * 60 * MINUTE_MS
BEGINS_S: Final = {"east": 10.0, "west": 18.0}  # after ordinary traffic has begun
GAP_S: Final = (2.0, 4.0)
RING_S: Final = (1.0, 3.0)
TALK_S: Final = (45.0, 110.0)  # one or two minutes are charged
UNANSWERED: Final = 0.05
SURE_CALLS: Final = 3  # his first calls are answered: the numbers were tested before


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call as the caller means it: it rings for `ring_ms` and, where `talk_ms` is not 0, is answered and talks."""

    line: str
    number: str
    ring_ms: int
    talk_ms: int
    attack: bool = False
    cause: int = 200


class Thief:
    """Draws the calls of one attack on one line."""

    def __init__(self, rng: np.random.Generator, line: str) -> None:
        """Through the PBX behind `line`."""
        self._rng, self._line, self._made = rng, line, 0

    def gap_s(self) -> float:
        """Seconds until he tries again."""
        return float(self._rng.uniform(*GAP_S))

    def next_call(self) -> PlannedCall:
        """His next call."""
        rng = self._rng
        pattern = str(rng.choice(RANGES, p=WEIGHTS))
        self._made += 1
        answered = rng.random() >= UNANSWERED or self._made <= SURE_CALLS
        return PlannedCall(
            line=self._line,
            number="010" + filled(rng, pattern),
            ring_ms=int(rng.uniform(*RING_S) * SECOND_MS),
            talk_ms=int(rng.uniform(*TALK_S) * SECOND_MS) if answered else 0,
            attack=True,
            cause=200 if answered else 480,
        )
