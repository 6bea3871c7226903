"""What stands on the customer's lines, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from sekisho.office.queries.bars_in_force import Restriction
from sekisho.office.words import restrictions

HELD, ASKED = "hold", "ask"


@dataclass(frozen=True, slots=True)
class Banner:
    """One hold, bar or ask as the banner says it. `by_choice`: the customer ordered it, nothing is wrong."""

    line: str
    headline: str
    because: str
    since_ms: int
    until_ms: int | None
    at_gate: bool
    is_hold: bool
    is_ask: bool
    by_choice: bool


def banner(row: Restriction) -> Banner:
    """The banner of a restriction."""
    return Banner(
        line=row.line,
        headline=restrictions.headline(row.owner, row.what, row.scope),
        because=restrictions.because(row.owner, row.reason),
        since_ms=row.since_ms,
        until_ms=row.until_ms,
        at_gate=row.at_gate_ms is not None,
        is_hold=row.what == HELD,
        is_ask=row.what == ASKED,
        by_choice=row.owner == "customer",
    )
