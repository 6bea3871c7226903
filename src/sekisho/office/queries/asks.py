"""The asks in force: lines whose callers must prove themselves by PIN before a call abroad goes on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sekisho.core.terms.call import ACTION_NAMES, Action
from sekisho.office.models import AuditLine, Verdict
from sekisho.office.queries.evidence_row import EvidenceRow, evidence_of
from sekisho.office.queries.hold_length import hold_ms

_ASK: Final = ACTION_NAMES[Action.ASK]
_ENDS: Final = ("screening.passed", "hold.released", "case.closed")


@dataclass(frozen=True, slots=True)
class AskRow:
    """One ask in force; `scope` as in VERDICTS."""

    since_ms: int
    until_ms: int
    scope: str
    evidence: tuple[EvidenceRow, ...]


def asks_in_force(lines: Collection[int], now_ms: int) -> dict[int, AskRow]:
    """The newest ask of each of these lines (by id) that is in force; lines that are not asked are not in it.

    It ends by itself, when a caller has proved himself, when the desk releases the line or finds the calls honest.
    """
    length = hold_ms()  # an ask lasts as long as a hold
    asks = Verdict.objects.filter(line__in=lines, action=_ASK, at_ms__gt=now_ms - length, at_ms__lte=now_ms)
    newest = {verdict.line_id: verdict for verdict in asks.order_by("at_ms", "id")}
    if not newest:
        return {}
    ends = AuditLine.objects.filter(line__in=list(newest), action__in=_ENDS, at_ms__gt=now_ms - length)
    for line, action, data, at_ms in ends.values_list("line_id", "action", "data", "at_ms"):
        if action == "case.closed" and data.get("outcome") != "honest":
            continue
        if line in newest and newest[line].at_ms <= at_ms:
            del newest[line]
    return {
        line: AskRow(verdict.at_ms, verdict.at_ms + length, verdict.scope, evidence_of(verdict))
        for line, verdict in newest.items()
    }
