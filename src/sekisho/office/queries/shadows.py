"""Which shadow policies there are, and whether they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sekisho.core.terms.instants import SECOND_MS
from sekisho.office.models import PartHealth, ShadowPolicy, User
from sekisho.office.queries.identity import SHADOW_READERS
from sekisho.office.queries.system_state import SHADOWS

LATE_MS: Final = 15 * SECOND_MS


@dataclass(frozen=True, slots=True)
class ShadowRow:
    """One shadow. `since_ms` 0: since ever. `differs`: (field, active value, own). `heard_ms`: last sign of life."""

    name: str
    version: str
    since_ms: int
    differs: tuple[tuple[str, Any, Any], ...]
    heard_ms: int | None
    behind: int
    runs: bool


def shadows(user: User, now_ms: int) -> tuple[ShadowRow, ...] | None:
    """Every shadow policy, by name; None for who may not see them."""
    if user.role not in SHADOW_READERS:
        return None
    heard = {health.part: health for health in PartHealth.objects.filter(part__startswith=SHADOWS)}
    return tuple(
        _row(shadow, heard.get(SHADOWS + shadow.name), now_ms) for shadow in ShadowPolicy.objects.order_by("name")
    )


def shadow_named(user: User, name: str, now_ms: int) -> ShadowRow | None:
    """One shadow policy; None where there is none, or none for this user."""
    return next((row for row in shadows(user, now_ms) or () if row.name == name), None)


def _row(shadow: ShadowPolicy, health: PartHealth | None, now_ms: int) -> ShadowRow:
    return ShadowRow(
        name=shadow.name,
        version=shadow.version,
        since_ms=shadow.since_ms,
        differs=tuple((field, active, own) for field, active, own in shadow.differs),
        heard_ms=None if health is None else health.at_ms,
        behind=0 if health is None else health.behind,
        runs=health is not None and now_ms - health.at_ms <= LATE_MS,
    )
