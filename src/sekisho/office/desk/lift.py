"""Lift a bar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from sekisho.office.desk.confirm import confirmed
from sekisho.office.desk.restrictions import restrictions
from sekisho.office.queries.case_file import case_file
from sekisho.office.services.lift_bar import lift_bar
from sekisho.office.services.may import may
from sekisho.office.visit.access import for_staff, found
from sekisho.office.visit.visit import Visit, call_book


class LiftForm(forms.Form):
    """Why the bar is no longer needed, or how the customer asked for it."""

    proof = forms.CharField(max_length=2000)


@require_http_methods(["GET", "POST"])
@for_staff
def lift_page(request: Any, came: Visit, case: UUID, bar: UUID) -> HttpResponse:
    """GET says what will happen, POST lifts the bar."""
    file = found(case_file(came.user, case, call_book(), came.now_ms))
    shown = next((one for one in restrictions(file) if one.bar == bar), None)
    if shown is None or not may(came.user, f"lift.{shown.owner}"):
        raise Http404

    def do(told: dict[str, Any]) -> str:
        lift_bar(bar=bar, now_ms=came.now_ms, by=came.user, proof=told["proof"])
        return gettext("The lifting is ordered. This page shows by itself when calls abroad pass again.")

    others = [one for one in restrictions(file) if one.in_force and one.bar != bar]
    form = LiftForm(request.POST or None)
    return confirmed(request, came, file, form, "sekisho/desk/lift.html", do, restriction=shown, others=others)
