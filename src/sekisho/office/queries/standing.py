"""How lines stand: barred, held, or merely alerted; and what they have in progress."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sekisho.core.terms.instants import MINUTE_MS
from sekisho.office.models import Bar, Hold, LiveLine

ALERTED, HELD, BARRED = "alerted", "held", "barred"
_LIVE_MS: Final = MINUTE_MS  # what was told longer ago says nothing about now


@dataclass(frozen=True, slots=True)
class Standing:
    """`state`: barred before held before alerted. `stopped`: the gate refuses already."""

    state: str
    stopped: bool


@dataclass(frozen=True, slots=True)
class LiveNow:
    """Calls in progress; `at_ms` None where nobody told of late."""

    open: int
    open_international: int
    accrued: int
    at_ms: int | None

    @property
    def at_risk(self) -> int:
        """What calls in progress put into money at risk, milli-yen: all of `accrued` while some of them go abroad."""
        return self.accrued if self.open_international else 0


def standings(lines: Collection[int], now_ms: int) -> dict[int, Standing]:
    """How each of these lines (by id) stands."""
    in_force = Bar.objects.filter(line__in=lines, lifted_ms__isnull=True).values_list("line_id", "in_force_ms")
    bars = list(in_force)
    barred = {line for line, _ in bars}
    at_gate = {line for line, since in bars if since is not None}
    held = set(
        Hold.objects.filter(line__in=lines, released_ms__isnull=True, until_ms__gt=now_ms).values_list(
            "line_id", flat=True
        )
    )
    return {
        line: Standing(BARRED if line in barred else HELD if line in held else ALERTED, line in at_gate or line in held)
        for line in lines
    }


def live_now(lines: Collection[int], now_ms: int) -> dict[int, LiveNow]:
    """What each of these lines (by id) has in progress."""
    fresh = LiveLine.objects.filter(line__in=lines, at_ms__gt=now_ms - _LIVE_MS)
    told = {live.line_id: LiveNow(live.open, live.open_international, live.accrued, live.at_ms) for live in fresh}
    return {line: told.get(line, LiveNow(0, 0, 0, None)) for line in lines}
