"""One line as a shadow policy saw it: its words, and the calls of that time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sekisho.office.models import Case, Line, ShadowVerdict, User
from sekisho.office.queries.case_rows import VerdictRow
from sekisho.office.queries.evidence_row import evidence_of
from sekisho.office.queries.line_picture import CallRow, line_calls
from sekisho.office.queries.named import Named, named
from sekisho.office.queries.shadow_days import first_of, verdicts_of_shadow
from sekisho.office.queries.shadows import ShadowRow
from sekisho.ports import CallBook

_MOST_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class ShadowLine:
    """A line of the user's company that a shadow spoke of: its newest words, newest first. `case`: its newest one."""

    number: str
    customer: Named
    case: UUID | None
    verdicts: tuple[VerdictRow, ...]


def shadow_line(user: User, shadow: ShadowRow, number: str, now_ms: int) -> ShadowLine | None:
    """What the shadow said of this line; None where it said nothing, or the line is not the company's."""
    line = Line.objects.filter(company=user.company, number=number).select_related("contract__customer").first()
    if line is None:
        return None
    found = verdicts_of_shadow(user, shadow, first_of(shadow, now_ms)).filter(line=line)
    verdicts = tuple(_row(verdict) for verdict in found.order_by("-at_ms", "-id")[:_MOST_ROWS])
    if not verdicts:
        return None
    case = Case.objects.filter(line=line).order_by("-opened_ms").values_list("uuid", flat=True).first()
    return ShadowLine(number=line.number, customer=named(line.contract.customer), case=case, verdicts=verdicts)


def calls_of(user: User, line: ShadowLine, call_book: CallBook, now_ms: int) -> tuple[CallRow, ...]:
    """The line's latest calls since a day before the oldest of these words. Who asks has given a reason."""
    return line_calls(call_book, user.company.code, line.number, line.verdicts[-1].at_ms, now_ms)


def _row(verdict: ShadowVerdict) -> VerdictRow:
    return VerdictRow(
        at_ms=verdict.at_ms,
        action=verdict.action,
        score=verdict.score,
        scope=verdict.scope,
        call_id=verdict.call_id,
        evidence=evidence_of(verdict),
        spend_today=verdict.spend_today,
        spend_month=verdict.spend_month,
    )
