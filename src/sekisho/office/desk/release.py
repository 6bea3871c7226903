"""Release a hold before it ends by itself."""

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
from sekisho.office.services.may import may
from sekisho.office.services.release_hold import release_hold
from sekisho.office.visit.access import for_staff, found
from sekisho.office.visit.visit import Visit, call_book


class ReleaseForm(forms.Form):
    """Why; and whether the calls were honest, so that the watch learns them."""

    reason = forms.CharField(max_length=2000)
    honest = forms.BooleanField(required=False)


@require_http_methods(["GET", "POST"])
@for_staff
def release_page(request: Any, came: Visit, case: UUID) -> HttpResponse:
    """GET says what will happen, POST releases the hold."""
    file = found(case_file(came.user, case, call_book(), came.now_ms))
    if not may(came.user, "release"):
        raise Http404

    def do(told: dict[str, Any]) -> str:
        release_hold(case=case, reason=told["reason"], now_ms=came.now_ms, by=came.user, honest=told["honest"])
        return gettext("The release is ordered. This page shows by itself when calls abroad pass again.")

    others = [one for one in restrictions(file) if one.in_force and one.bar is not None]
    form = ReleaseForm(request.POST or None)
    return confirmed(request, came, file, form, "sekisho/desk/release.html", do, others=others)
