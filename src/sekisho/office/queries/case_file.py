"""Everything on one case, for its page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sekisho.core.terms.instants import DAY_MS
from sekisho.office.models import Case, User
from sekisho.office.queries.asks import AskRow, asks_in_force
from sekisho.office.queries.case_rows import (
    BarRow,
    ContactRow,
    HoldRow,
    RefusalRow,
    TrailRow,
    VerdictRow,
    bar_rows,
    contact_rows,
    hold_rows,
    refusal_rows,
    trail_rows,
    verdict_rows,
)
from sekisho.office.queries.case_spend import CaseSpend, case_spend
from sekisho.office.queries.identity import is_staff
from sekisho.office.queries.line_picture import (
    CallRow,
    CountryRow,
    Hours,
    line_calls,
    line_countries,
    line_hours,
)
from sekisho.office.queries.named import Named, named
from sekisho.office.queries.risk import Risk, risk
from sekisho.office.queries.standing import LiveNow, live_now, standings
from sekisho.office.queries.terms_in_force import TermsCard, terms_card
from sekisho.ports import CallBook


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case: who, what the watch said, what was done, and the picture of the line.

    `ask` is the one in force; `scope` what the hold or ask covers by which the line stands as it does.
    """

    case: UUID
    state: str
    outcome: str
    opened_ms: int
    closed_ms: int | None
    standing: str
    scope: str
    company: Named
    customer: Named
    line: str
    contract: str
    channels: int
    terms: TermsCard | None
    score: float
    risk: Risk
    live: LiveNow
    verdicts: tuple[VerdictRow, ...]
    holds: tuple[HoldRow, ...]
    ask: AskRow | None
    bars: tuple[BarRow, ...]
    refusals: tuple[RefusalRow, ...]
    contacts: tuple[ContactRow, ...]
    trail: tuple[TrailRow, ...]
    calls: tuple[CallRow, ...]
    hours: Hours
    countries: tuple[CountryRow, ...]


def case_file(user: User, case: UUID, call_book: CallBook, now_ms: int, *, picture: bool = True) -> CaseFile | None:
    """The case, for staff of its company; else None. Of a closed case the picture is that of its last hours.

    It shows call details: who shows it to somebody records the look (services/record_view). Without `picture` the lake
    is not asked for calls, hours and countries, and they are empty: for what is asked for every two seconds.
    """
    if not is_staff(user):
        return None
    cases = Case.objects.select_related("company", "line__contract__customer", "line__contract__terms")
    found = cases.filter(company=user.company, uuid=case).first()
    if found is None:
        return None
    code, line, contract = found.company.code, found.line.number, found.line.contract
    until_ms = now_ms if found.closed_ms is None else min(now_ms, found.closed_ms + DAY_MS)
    standing = standings([found.line_id], now_ms)[found.line_id]
    live = live_now([found.line_id], now_ms)[found.line_id]
    spend = case_spend(call_book, code, {line: found.opened_ms}, until_ms)[line]
    verdicts = verdict_rows(found)
    in_progress = live.at_risk if found.closed_ms is None else 0
    return CaseFile(
        case=found.uuid,
        state=found.state,
        outcome=found.outcome,
        opened_ms=found.opened_ms,
        closed_ms=found.closed_ms,
        standing=standing.state,
        scope=standing.scope,
        company=named(found.company),
        customer=named(contract.customer),
        line=line,
        contract=contract.code,
        channels=contract.channels,
        terms=terms_card(contract, now_ms),
        score=verdicts[0].score if verdicts else 0.0,
        risk=_risk(spend, in_progress, stopped=standing.stopped or found.closed_ms is not None),
        live=live,
        verdicts=verdicts,
        holds=hold_rows(found, now_ms),
        ask=asks_in_force([found.line_id], now_ms).get(found.line_id),
        bars=bar_rows(found),
        refusals=refusal_rows(found),
        contacts=contact_rows(found),
        trail=trail_rows(found),
        calls=line_calls(call_book, code, line, found.opened_ms, until_ms + 1) if picture else (),
        hours=line_hours(call_book, code, line, until_ms) if picture else Hours(until_ms, (), ()),
        countries=line_countries(call_book, code, line, found.opened_ms, until_ms + 1) if picture else (),
    )


def _risk(spend: CaseSpend, in_progress: int, *, stopped: bool) -> Risk:
    return risk(ended=spend.ended, ended_lately=spend.ended_lately, in_progress=in_progress, stopped=stopped)
