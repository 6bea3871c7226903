"""Money at risk (docs/algorithms/risk.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS

PACE_MS: Final = 15 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Risk:
    """What a case has cost and may cost within the next hour; the queue is ordered by `total`."""

    spent: int
    in_progress: int
    next_hour: int
    total: int
    stopped: bool


def risk(*, ended: int, ended_lately: int, in_progress: int, stopped: bool) -> Risk:
    """Money at risk, all in milli-yen.

    `ended`: international calls that ended since the case opened; `ended_lately`: those of them that ended in the last
    15 minutes; `in_progress`: international calls in progress, so far; `stopped`: a hold or a bar is at the gate.
    """
    next_hour = 0 if stopped else (ended_lately + in_progress) * HOUR_MS // PACE_MS
    return Risk(
        spent=ended,
        in_progress=in_progress,
        next_hour=next_hour,
        total=ended + in_progress + next_hour,
        stopped=stopped,
    )
