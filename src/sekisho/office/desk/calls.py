"""Why somebody looks at call details (通信の秘密): asked once a case and session, recorded with every look."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from sekisho.office.services.record_view import record_view
from sekisho.office.visit.access import for_staff
from sekisho.office.visit.visit import Visit

_SESSION: Final = "reasons_to_look"
_RECORDED: Final = "look_recorded"
OTHER: Final = "other"
REASONS: Final = {
    "suspicion": gettext_lazy("Check suspected fraud"),
    "question": gettext_lazy("Answer the customer's question"),
    "settlement": gettext_lazy("Prepare a settlement"),
    OTHER: gettext_lazy("Another reason, in my own words"),
}


class ReasonForm(forms.Form):
    """A reason from the list, or in the reader's own words."""

    reason = forms.ChoiceField(choices=list(REASONS.items()))
    words = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Another reason needs its words."""
        told: dict[str, Any] = super().clean()
        if told.get("reason") == OTHER and not told.get("words"):
            self.add_error("words", gettext("Write the reason down."))
        return told


@require_POST
@for_staff
def reason(request: Any, came: Visit, case: UUID) -> HttpResponse:
    """Record the reason, remember it for this case until the session ends, and show the calls."""
    record = partial(record_view, by=came.user, now_ms=came.now_ms, case=case)
    return take_reason(request, str(case), reverse("desk-case", args=[case]), record)


def take_reason(request: Any, of: str, there: str, record: Callable[..., None]) -> HttpResponse:
    """Have a reason recorded and remembered for `of` (a case, a line); back to `there`, where the calls are shown."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Choose a reason, or write it down."), "is-stop")
        return redirect(f"{there}#calls")
    told = form.cleaned_data["words"] or form.cleaned_data["reason"]
    record(reason=told)
    request.session[_SESSION] = {**request.session.get(_SESSION, {}), of: told}
    request.session[_RECORDED] = of
    return redirect(f"{there}#calls")


def reason_in_words(reason: str) -> str:
    """A reason as people read it: one of the list in the active language, or as it was written."""
    return str(REASONS.get(reason, reason))


def recorded_just_now(request: Any, of: UUID | str) -> bool:
    """Whether the look that this page is was recorded when the reason was given; true once."""
    return bool(request.session.get(_RECORDED) == str(of) and request.session.pop(_RECORDED))


def reason_given(request: Any, of: UUID | str) -> str:
    """The reason given for this case or line in this session; empty: none yet."""
    return str(request.session.get(_SESSION, {}).get(str(of), ""))
