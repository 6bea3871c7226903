"""What restricts lines now, whose it is and why: bars, holds and asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sekisho.office.models import Bar, Hold, Line, User
from sekisho.office.queries.asks import AskRow, asks_in_force
from sekisho.office.queries.evidence_row import EvidenceRow, evidence_of
from sekisho.office.words.scopes import INTERNATIONAL

JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Restriction:
    """A bar, or the judge's hold or ask, on a line (`what`: bar, hold, ask).

    `at_gate_ms`: since when the gate refuses or asks; None: it does not yet, as far as is known.
    """

    line: str
    what: str
    owner: str
    scope: str
    reason: str
    since_ms: int
    until_ms: int | None
    at_gate_ms: int | None
    evidence: tuple[EvidenceRow, ...]


def bars_in_force(user: User, now_ms: int) -> tuple[Restriction, ...]:
    """What restricts the lines of the user's customer; for staff, those of the company. The newest first."""
    scope = {"company": user.company}
    if user.customer is not None:
        scope["line__contract__customer"] = user.customer
    bars = Bar.objects.filter(**scope, lifted_ms__isnull=True).select_related("line")
    holds = Hold.objects.filter(**scope, released_ms__isnull=True, until_ms__gt=now_ms)
    # A hold that was renewed is one restriction: the newest verdict says until when.
    newest = {hold.line_id: hold for hold in holds.select_related("line", "verdict").order_by("since_ms")}
    numbers = dict(Line.objects.filter(**_of_line(scope), verdicts__action="ask").values_list("id", "number"))
    asks = asks_in_force(numbers, now_ms)
    rows = [_of_bar(bar) for bar in bars] + [_of_hold(hold) for hold in newest.values()]
    # Who is held on all calls is not asked any more.
    held = {line for line, hold in newest.items() if hold.verdict.scope == INTERNATIONAL}
    rows += [_of_ask(numbers[line], ask) for line, ask in asks.items() if line not in held]
    return tuple(sorted(rows, key=lambda row: (-row.since_ms, row.line)))


def _of_line(scope: Mapping[str, Any]) -> dict[str, Any]:
    """The same condition for lines themselves."""
    return {name.removeprefix("line__"): value for name, value in scope.items()}


def _of_ask(number: str, ask: AskRow) -> Restriction:
    return Restriction(
        line=number,
        what="ask",
        owner=JUDGE,
        scope=ask.scope,
        reason="",
        since_ms=ask.since_ms,
        until_ms=ask.until_ms,
        at_gate_ms=ask.since_ms,
        evidence=ask.evidence,
    )


def _of_bar(bar: Bar) -> Restriction:
    return Restriction(
        line=bar.line.number,
        what="bar",
        owner=bar.owner,
        scope=bar.scope,
        reason=bar.reason,
        since_ms=bar.since_ms,
        until_ms=bar.until_ms,
        at_gate_ms=bar.in_force_ms,
        evidence=(),
    )


def _of_hold(hold: Hold) -> Restriction:
    return Restriction(
        line=hold.line.number,
        what="hold",
        owner=JUDGE,
        scope=hold.verdict.scope,
        reason="",
        since_ms=hold.since_ms,
        until_ms=hold.until_ms,
        at_gate_ms=hold.since_ms,
        evidence=evidence_of(hold.verdict),
    )
