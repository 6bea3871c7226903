"""Whether the parts live: the desk must see that the fraud watch runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sekisho.core.terms.instants import SECOND_MS
from sekisho.office.models import PartHealth, User
from sekisho.office.queries.identity import is_staff

PARTS: Final = ("intake", "judge", "archive", "relay", "watchdog")
SHADOWS: Final = "shadow."  # their parts are nobody's alarm: see the page of shadow policies
LATE_MS: Final = 10 * SECOND_MS  # parts give a sign of life every two seconds


@dataclass(frozen=True, slots=True)
class PartState:
    """The last sign of life of a part; all None where it never gave one. `behind`: what waits for it."""

    part: str
    at_ms: int | None
    age_ms: int | None
    started_ms: int | None
    position: int | None
    behind: int | None
    late: bool


@dataclass(frozen=True, slots=True)
class SystemState:
    """All parts; `late` where one of them gave no sign of life for ten seconds."""

    at_ms: int
    parts: tuple[PartState, ...]
    late: bool


def system_state(user: User, now_ms: int) -> SystemState | None:
    """How the parts are; None for who is not staff."""
    if not is_staff(user):
        return None
    told = {health.part: health for health in PartHealth.objects.exclude(part__startswith=SHADOWS)}
    parts = tuple(_part(part, told.get(part), now_ms) for part in dict.fromkeys((*PARTS, *sorted(told))))
    return SystemState(at_ms=now_ms, parts=parts, late=any(part.late for part in parts))


def _part(part: str, health: PartHealth | None, now_ms: int) -> PartState:
    if health is None:
        return PartState(part, None, None, None, None, None, late=True)
    age_ms = max(0, now_ms - health.at_ms)
    return PartState(
        part=part,
        at_ms=health.at_ms,
        age_ms=age_ms,
        started_ms=health.started_ms,
        position=health.position,
        behind=health.behind,
        late=age_ms > LATE_MS,
    )
