"""Shadow policies beside the active one: what each said a day, of which lines, and what the outcomes say of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sekisho.office.desk.calls import reason_given, reason_in_words, recorded_just_now, take_reason
from sekisho.office.desk.case_pictures import NARROW, WIDE, TwoSizes
from sekisho.office.desk.shown import shown_call, shown_evidence
from sekisho.office.pictures.verdict_days import Day, Said, verdicts_by_day
from sekisho.office.queries.shadow_cases import JudgedCase, measured
from sekisho.office.queries.shadow_days import Counts, SideBySide, side_by_side
from sekisho.office.queries.shadow_line import ShadowLine, calls_of, shadow_line
from sekisho.office.queries.shadows import ShadowRow, shadow_named, shadows
from sekisho.office.services.record_view import record_view
from sekisho.office.visit.access import for_staff, found, page_context
from sekisho.office.visit.visit import Visit, call_book
from sekisho.office.words import instants
from sekisho.office.words import shadow as words
from sekisho.office.words.states import CLOSED_AS, SHADOW, State

FIRST_CALLS: Final = 20
FAR_BEHIND: Final = 60  # journal entries: about a minute


@dataclass(frozen=True, slots=True)
class ShownShadow:
    """One shadow as the list says it."""

    row: ShadowRow
    state: State
    both: int
    only_shadow: int
    only_active: int
    frauds: str
    honest: str


@dataclass(frozen=True, slots=True)
class ShownCase:
    """One closed case as the page says it."""

    row: JudgedCase
    outcome: State
    lead: str


@require_GET
@for_staff
def list_page(request: Any, came: Visit) -> HttpResponse:
    """Every shadow policy with its main figures."""
    rows = found(shadows(came.user, came.now_ms))
    shown = [_shown(came, row) for row in rows]
    return render(request, "sekisho/desk/shadows.html", page_context(came, here="shadows", shadows=shown))


@require_GET
@for_staff
def shadow_page(request: Any, came: Visit, name: str) -> HttpResponse:
    """One shadow beside the active policy."""
    row = found(shadow_named(came.user, name, came.now_ms))
    beside, outcomes = side_by_side(came.user, row, came.now_ms), measured(came.user, row, came.now_ms)
    context = page_context(
        came,
        here="shadows",
        shadow=row,
        state=_state(row),
        beside=beside,
        since=words.since(row, beside.first_ms, instants.moment(beside.first_ms, came.now_ms)),
        picture=_picture(row, beside),
        totals=_totals(beside),
        outcomes=outcomes,
        frauds=words.frauds_said(outcomes),
        honest=words.honest_said(outcomes),
        cases=[ShownCase(case, CLOSED_AS[case.outcome], words.lead(case.ahead_ms)) for case in outcomes.cases],
        spoken=_spoken(row, beside),
    )
    return render(request, "sekisho/desk/shadow.html", context)


@require_GET
@for_staff
def line_page(request: Any, came: Visit, name: str, number: int) -> HttpResponse:
    """One line as a shadow saw it; its calls after a reason."""
    row = found(shadow_named(came.user, name, came.now_ms))
    line = found(shadow_line(came.user, row, f"+{number}", came.now_ms))
    reason = reason_given(request, _key(line))
    if reason and not recorded_just_now(request, _key(line)):
        record_view(by=came.user, reason=reason, now_ms=came.now_ms, line=line.number)
    verdicts = {verdict.call_id: verdict for verdict in reversed(line.verdicts)}
    rows = calls_of(came.user, line, call_book(), came.now_ms) if reason else ()
    shown = len(rows) if request.GET.get("calls") == "all" else FIRST_CALLS
    context = page_context(
        came,
        here="shadows",
        shadow=row,
        line=line,
        verdict=line.verdicts[0],
        evidence=shown_evidence(line.verdicts[0]),
        reason=reason_in_words(reason),
        reason_action=reverse("desk-shadow-calls", args=[name, number]),
        calls=[shown_call(call, verdicts.get(call.call_id)) for call in rows[:shown]],
        more_calls=max(0, len(rows) - shown),
    )
    return render(request, "sekisho/desk/shadow_line.html", context)


@require_POST
@for_staff
def line_reason(request: Any, came: Visit, name: str, number: int) -> HttpResponse:
    """Record why somebody looks at the calls of a line, and show them."""
    row = found(shadow_named(came.user, name, came.now_ms))
    line = found(shadow_line(came.user, row, f"+{number}", came.now_ms))
    record = partial(record_view, by=came.user, now_ms=came.now_ms, line=line.number)
    return take_reason(request, _key(line), reverse("desk-shadow-line", args=[name, number]), record)


def _key(line: ShadowLine) -> str:
    return f"line {line.number}"


def _state(row: ShadowRow) -> State:
    if not row.runs:
        return SHADOW["silent"]
    return SHADOW["behind" if row.behind > FAR_BEHIND else "runs"]


def _shown(came: Visit, row: ShadowRow) -> ShownShadow:
    beside, outcomes = side_by_side(came.user, row, came.now_ms), measured(came.user, row, came.now_ms)
    return ShownShadow(
        row=row,
        state=_state(row),
        both=beside.both,
        only_shadow=beside.only_shadow_count,
        only_active=beside.only_active_count,
        frauds=words.frauds_said(outcomes),
        honest=words.honest_said(outcomes),
    )


def _picture(row: ShadowRow, beside: SideBySide) -> TwoSizes:
    days = [Day(day.day, _said(day.active), _said(day.shadow)) for day in beside.days]
    return TwoSizes(verdicts_by_day(days, row.name, WIDE), verdicts_by_day(days, row.name, NARROW))


def _said(counts: Counts) -> Said:
    return Said(alerts=counts.alerts, asks=counts.asks, holds=counts.holds)


def _totals(beside: SideBySide) -> list[tuple[str, int, int]]:
    """(action, active policy's count, the shadow's) of all days."""
    active, own = ([getattr(day, side) for day in beside.days] for side in ("active", "shadow"))
    return [
        (action, sum(getattr(day, name) for day in active), sum(getattr(day, name) for day in own))
        for action, name in (("hold", "holds"), ("ask", "asks"), ("alert", "alerts"))
    ]


def _spoken(row: ShadowRow, beside: SideBySide) -> list[dict[str, Any]]:
    """The two lists of lines that only one of the two spoke of."""
    return [
        {"id": "only-shadow", "whose": row.name, "lines": beside.only_shadow, "count": beside.only_shadow_count},
        {"id": "only-active", "whose": "", "lines": beside.only_active, "count": beside.only_active_count},
    ]
