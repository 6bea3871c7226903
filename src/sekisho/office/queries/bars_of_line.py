"""The bars of one line that nobody has lifted, for the command line, whose user is the machine's administrator."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sekisho.office.models import Bar


@dataclass(frozen=True, slots=True)
class LineBar:
    """One bar: whose it is, its present version, whether the gate has it."""

    bar: UUID
    owner: str
    version: int
    acknowledged: bool


def bars_of_line(company: str, line: str) -> tuple[LineBar, ...]:
    """The bars of `line` (E.164 with `+`) of the company with this code that are not lifted, oldest first."""
    found = Bar.objects.filter(company__code=company, line__number=line, lifted_ms__isnull=True).order_by("since_ms")
    return tuple(LineBar(bar.uuid, bar.owner, bar.version, bar.acknowledged_version == bar.version) for bar in found)
