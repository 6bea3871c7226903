"""Bar calls abroad on the line of a case: on the carrier's own judgement, or because the customer asked for it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from sekisho.office.desk.confirm import confirmed
from sekisho.office.desk.sentence import sentence_of
from sekisho.office.desk.times import InstantField, typed
from sekisho.office.queries.case_file import CaseFile, case_file
from sekisho.office.services.may import may
from sekisho.office.services.set_bar import set_bar
from sekisho.office.visit.access import for_staff, found
from sekisho.office.visit.visit import Visit, call_book
from sekisho.office.words.states import OWNERS

OWNERS_HERE: Final = ("emergency", "customer")  # unpaid charges are no business of the fraud desk
CUSTOMER: Final = "customer"


class BarForm(forms.Form):
    """Whose bar, why, and for a customer's order: how and when it was asked for."""

    owner = forms.ChoiceField()
    reason = forms.CharField(max_length=2000)
    proof = forms.CharField(max_length=2000, required=False)
    requested = InstantField(required=False)

    def __init__(self, *args: Any, owners: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [(owner, OWNERS[owner]) for owner in owners]

    def clean(self) -> dict[str, Any]:
        """An order of the customer needs its proof."""
        told: dict[str, Any] = super().clean()
        if told.get("owner") == CUSTOMER and not told.get("proof", "").strip():
            self.add_error("proof", gettext("Write down how the customer asked for it, and who it was."))
        return told


@require_http_methods(["GET", "POST"])
@for_staff
def bar_page(request: Any, came: Visit, case: UUID) -> HttpResponse:
    """GET asks and says what will happen, POST sets the bar."""
    file = found(case_file(came.user, case, call_book(), came.now_ms))
    owners = possible_owners(came, file)
    if not owners or file.state != "open":
        raise Http404
    first = {"owner": owners[0], "reason": sentence_of(came, file), "requested": typed(came.now_ms)}
    form = BarForm(request.POST or None, initial=first, owners=owners)

    def do(told: dict[str, Any]) -> str:
        by_customer = told["owner"] == CUSTOMER
        set_bar(
            line=file.line,
            owner=told["owner"],
            reason=told["reason"],
            now_ms=came.now_ms,
            by=came.user,
            requested_ms=_no_later(told["requested"], came.now_ms) if by_customer else None,
            proof=told["proof"] if by_customer else "",
        )
        return gettext("The bar is ordered. This page shows by itself when it is in force.")

    return confirmed(request, came, file, form, "sekisho/desk/bar.html", do, no_clause=_no_clause(file))


def possible_owners(came: Visit, file: CaseFile) -> list[str]:
    """Whose bar this user can set now: his role goes so far, the terms allow it, and it is not there already."""
    there = {bar.owner for bar in file.bars if bar.lifted_ms is None}
    return [
        owner
        for owner in OWNERS_HERE
        if may(came.user, f"bar.{owner}") and owner not in there and not (owner == "emergency" and _no_clause(file))
    ]


def _no_clause(file: CaseFile) -> bool:
    return file.terms is None or not file.terms.emergency_bar


def _no_later(requested_ms: int | None, now_ms: int) -> int | None:
    """The field knows minutes only: what lies within the current minute is now."""
    if requested_ms is not None and requested_ms > now_ms and typed(requested_ms) == typed(now_ms):
        return now_ms
    return requested_ms
