"""The calls of a month, as the itemised bill lists them: nine columns, the year of the era in the heading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sekisho.core.terms.instants import japanese_date
from sekisho.office.portal.months import asked_month
from sekisho.office.queries.month_calls import BilledCall, MonthCalls, month_calls
from sekisho.office.services.record_view import record_view
from sekisho.office.visit.access import for_customers, page_context
from sekisho.office.visit.visit import Visit, call_book
from sekisho.office.words import instants

PER_PAGE: Final = 50
OWN: Final = "own calls, portal"  # the reason in the audit line


@dataclass(frozen=True, slots=True)
class Row:
    """One call as the bill prints it: month and day, start without seconds, duration H:MM:SS."""

    day: str
    start: str
    call: BilledCall


@require_GET
@for_customers
def calls_page(request: Any, came: Visit) -> HttpResponse:
    """The page; where call details were never applied for, it says so."""
    month, line = asked_month(request), request.GET.get("line") or None
    told = month_calls(
        came.user, call_book(), came.now_ms, month=month, line=line, page=_page(request), per_page=PER_PAGE
    )
    if told is None:
        if month is not None or line is not None:
            raise Http404
        return render(request, "sekisho/portal/no_details.html", page_context(came, here="calls"))
    record_view(by=came.user, reason=OWN, now_ms=came.now_ms)
    context = page_context(
        came,
        here="calls",
        told=told,
        heading=instants.era_month(told.month.year, told.month.month),
        rows=[_row(call) for call in told.rows],
        before=_address(told, told.page - 1) if told.page > 1 else "",
        after=_address(told, told.page + 1) if told.page < told.pages else "",
    )
    return render(request, "sekisho/portal/month_calls.html", context)


def _page(request: Any) -> int:
    text = request.GET.get("page", "1")
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - no bill has a million pages
        raise Http404
    return int(text)


def _address(told: MonthCalls, page: int) -> str:
    asked = {"month": f"{told.month:%Y-%m}", "page": page}
    if told.line:
        asked["line"] = told.line
    return f"?{urlencode(asked)}"


def _row(call: BilledCall) -> Row:
    day = japanese_date(call.start_ms)
    return Row(f"{day.month}/{day.day}", instants.clock(call.start_ms).removeprefix("0"), call)
