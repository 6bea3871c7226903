"""How lines stand: barred, held, asked, or merely alerted; and what they have in progress."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sekisho.core.terms.instants import MINUTE_MS
from sekisho.office.models import Bar, Hold, LiveLine
from sekisho.office.queries.asks import asks_in_force

ALERTED, ASKED, HELD, BARRED = "alerted", "asked", "held", "barred"
INTERNATIONAL: Final = "international"
_LIVE_MS: Final = MINUTE_MS  # what was told longer ago says nothing about now


@dataclass(frozen=True, slots=True)
class Standing:
    """`state`: barred before held before asked before alerted. `stopped`: the gate refuses already.

    `scope`: what a hold or an ask covers, as in VERDICTS.
    """

    state: str
    stopped: bool
    scope: str = INTERNATIONAL


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
    holds = Hold.objects.filter(line__in=lines, released_ms__isnull=True, until_ms__gt=now_ms).order_by("since_ms")
    held = dict(holds.values_list("line_id", "verdict__scope"))  # of several the newest counts
    asked = {line: ask.scope for line, ask in asks_in_force(lines, now_ms).items()}

    def standing(line: int) -> Standing:
        if line in barred:
            return Standing(BARRED, line in at_gate or line in held)
        if line in held:
            return Standing(HELD, True, held[line])
        return Standing(ASKED, False, asked[line]) if line in asked else Standing(ALERTED, False)

    return {line: standing(line) for line in lines}


def live_now(lines: Collection[int], now_ms: int) -> dict[int, LiveNow]:
    """What each of these lines (by id) has in progress."""
    fresh = LiveLine.objects.filter(line__in=lines, at_ms__gt=now_ms - _LIVE_MS)
    told = {live.line_id: LiveNow(live.open, live.open_international, live.accrued, live.at_ms) for live in fresh}
    return {line: told.get(line, LiveNow(0, 0, 0, None)) for line in lines}
