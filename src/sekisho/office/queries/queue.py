"""The desk's queue: every open case of the company, the most money at risk first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery, Sum

from sekisho.office.models import Case, Refusal, User, Verdict
from sekisho.office.models.case import OPEN
from sekisho.office.queries.case_spend import CaseSpend, case_spend
from sekisho.office.queries.evidence_row import EvidenceRow, evidence_of
from sekisho.office.queries.identity import is_staff
from sekisho.office.queries.named import Named, named
from sekisho.office.queries.risk import Risk, risk
from sekisho.office.queries.standing import LiveNow, Standing, live_now, standings
from sekisho.ports import CallBook


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One open case. `headline`: the strongest evidence of its last verdict. `state`: alerted, asked, held, barred.

    `scope`: what the hold or ask covers, as in VERDICTS.
    """

    case: UUID
    line: str
    customer: Named
    company: Named
    opened_ms: int
    last_ms: int
    state: str
    scope: str
    score: float
    headline: EvidenceRow | None
    risk: Risk
    open_international: int
    refused: int


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue at an instant. `unknown_lines`: lines that have verdicts and that the office does not know."""

    at_ms: int
    rows: tuple[QueueRow, ...]
    unknown_lines: int


def queue(user: User, call_book: CallBook, now_ms: int) -> Queue | None:
    """The open cases of the user's company, by money at risk; None for who is not staff."""
    if not is_staff(user):
        return None
    newest = Verdict.objects.filter(case=OuterRef("pk")).order_by("-at_ms", "-id").values("id")[:1]
    cases = list(
        Case.objects.filter(company=user.company, state=OPEN)
        .select_related("company", "line__contract__customer")
        .annotate(newest_verdict=Subquery(newest))
    )
    verdicts = Verdict.objects.in_bulk([case.newest_verdict for case in cases if case.newest_verdict])
    refused = dict(
        Refusal.objects.filter(case__in=cases).values("case").annotate(all=Sum("count")).values_list("case", "all")
    )
    lines = [case.line_id for case in cases]
    stand, live = standings(lines, now_ms), live_now(lines, now_ms)
    spend = case_spend(call_book, user.company.code, {case.line.number: case.opened_ms for case in cases}, now_ms)
    rows = [
        _row(
            case,
            verdicts.get(case.newest_verdict),
            stand[case.line_id],
            live[case.line_id],
            spend[case.line.number],
            refused.get(case.pk, 0),
        )
        for case in cases
    ]
    rows.sort(key=lambda row: (-row.risk.total, -row.last_ms))
    unknown = Verdict.objects.filter(company=user.company, line__isnull=True).values("line_text").distinct().count()
    return Queue(at_ms=now_ms, rows=tuple(rows), unknown_lines=unknown)


def _row(
    case: Case, verdict: Verdict | None, standing: Standing, live: LiveNow, spend: CaseSpend, refused: int
) -> QueueRow:
    evidence = () if verdict is None else evidence_of(verdict)
    return QueueRow(
        case=case.uuid,
        line=case.line.number,
        customer=named(case.line.contract.customer),
        company=named(case.company),
        opened_ms=case.opened_ms,
        last_ms=case.opened_ms if verdict is None else verdict.at_ms,
        state=standing.state,
        scope=standing.scope,
        score=0.0 if verdict is None else verdict.score,
        headline=evidence[0] if evidence else None,
        risk=risk(
            ended=spend.ended,
            ended_lately=spend.ended_lately,
            in_progress=live.at_risk,
            stopped=standing.stopped,
        ),
        open_international=live.open_international,
        refused=refused,
    )
