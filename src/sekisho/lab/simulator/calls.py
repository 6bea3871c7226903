"""Calls as they are planned: who, when, whom, and what comes of it. `finishing.py` makes CALLS of them, all alike."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.lab.simulator.byte_rows import Words
from sekisho.lab.simulator.chance import F64, I64, Flags

HONEST: Final = -1  # no incident
LINES_OWN: Final = -1  # dialled in the form that the line uses

# Why a call was not answered, as the SIP status at the line's own switch, with its share; the fast ones ring short.
ANSWERED_CAUSE: Final = 200
LONGEST_RING_S: Final = 120.0
_CAUSES: Final = (
    (487, 0.40),
    (480, 0.19),
    (486, 0.17),
    (408, 0.07),
    (404, 0.07),
    (503, 0.06),
    (484, 0.02),
    (603, 0.02),
)
_NOWHERE: Final = ((404, 0.6), (484, 0.27), (503, 0.08), (603, 0.05))
_FAST: Final = (486, 404, 503, 484, 603)


@dataclass(slots=True, eq=False)
class Planned:
    """One entry a call. `number` holds the digits behind the dialling form as a whole number (0: none shown).

    `form` is a row of `dialling.FORMS` or LINES_OWN; `ring_s` and `talk_s` are seconds, `cause` is 200 where the call
    was answered; `incident` is a row of the simulation's incidents or HONEST.
    """

    line: I64
    start: I64
    number: Words
    abroad: Flags
    outgoing: Flags
    form: npt.NDArray[np.int8]
    ring_s: F64
    talk_s: F64
    cause: npt.NDArray[np.int16]
    incident: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.line)

    def taken(self, rows: npt.NDArray[np.generic]) -> Planned:
        """These calls only, in this order; `rows` are places or flags."""
        return Planned(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def end(self) -> I64:
        """When each call is over, ms."""
        return self.start + ((self.ring_s + self.talk_s) * 1_000).astype(np.int64)


def together(parts: list[Planned]) -> Planned:
    """Several plans behind each other."""
    return Planned(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Planned)))


def outcome(
    rng: np.random.Generator, answered: Flags, abroad: Flags, nowhere: Flags | None = None
) -> tuple[F64, npt.NDArray[np.int16]]:
    """(ring time in s, cause) of calls that are answered or not: one law for honest callers and thieves.

    `nowhere`: the digits lead nowhere, whatever was meant; such a call is not answered.
    """
    size = len(answered)
    causes = _drawn(rng, _CAUSES, size)
    if nowhere is not None and nowhere.any():
        causes[nowhere] = _drawn(rng, _NOWHERE, int(nowhere.sum()))
    cause = np.where(answered, np.int16(ANSWERED_CAUSE), causes)
    mean = np.where(answered, 3.6, np.where(np.isin(causes, _FAST), 1.2, 11.0))
    ring = 0.4 + mean * rng.standard_gamma(2.0, size) + np.where(abroad, 1.0 + 3.0 * rng.random(size), 0.0)
    return limited(rng, ring, LONGEST_RING_S), cause


def limited(rng: np.random.Generator, seconds: F64, longest: F64 | float) -> F64:
    """Lengths of which none is above `longest`: what was longer is drawn anew below, so that no length stands out."""
    return np.where(seconds > longest, longest * rng.uniform(0.35, 1.0, len(seconds)), seconds)


def _drawn(rng: np.random.Generator, law: tuple[tuple[int, float], ...], size: int) -> npt.NDArray[np.int16]:
    steps = np.cumsum([share for _, share in law])
    place = np.minimum(np.searchsorted(steps, rng.random(size, np.float32), side="right"), len(law) - 1)
    return np.array([cause for cause, _ in law], np.int16)[place]
