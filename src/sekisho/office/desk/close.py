"""Close a case: it was fraud, or it was honest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from sekisho.office.desk.confirm import confirmed
from sekisho.office.desk.restrictions import restrictions
from sekisho.office.queries.case_file import case_file
from sekisho.office.services.close_case import close_case
from sekisho.office.services.may import may
from sekisho.office.visit.access import for_staff, found
from sekisho.office.visit.visit import Visit, call_book


class CloseForm(forms.Form):
    """The outcome, and what the next reader should know."""

    outcome = forms.ChoiceField(
        choices=[("fraud", gettext_lazy("Fraud")), ("honest", gettext_lazy("Honest calls of the customer"))]
    )
    remark = forms.CharField(max_length=2000, required=False)


@require_http_methods(["GET", "POST"])
@for_staff
def close_page(request: Any, came: Visit, case: UUID) -> HttpResponse:
    """GET asks for the outcome, POST closes the case."""
    file = found(case_file(came.user, case, call_book(), came.now_ms))
    if not may(came.user, "close"):
        raise Http404

    def do(told: dict[str, Any]) -> str:
        close_case(case=case, outcome=told["outcome"], now_ms=came.now_ms, by=came.user, remark=told["remark"])
        return gettext("The case is closed.")

    others = [one for one in restrictions(file) if one.in_force]
    return confirmed(request, came, file, CloseForm(request.POST or None), "sekisho/desk/close.html", do, others=others)
