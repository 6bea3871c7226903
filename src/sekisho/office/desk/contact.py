"""The contact log: who was tried, how, and whether that worked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from sekisho.core.terms.errors import NotPossible
from sekisho.office.desk.confirm import say_not_possible
from sekisho.office.desk.times import InstantField
from sekisho.office.services.log_contact import log_contact
from sekisho.office.visit.access import for_staff
from sekisho.office.visit.visit import Visit
from sekisho.office.words.states import CHANNELS


class ContactForm(forms.Form):
    """One attempt to reach the customer; without a time, just now."""

    channel = forms.ChoiceField(choices=list(CHANNELS.items()))
    who = forms.CharField(max_length=200)
    reached = forms.ChoiceField(choices=[("yes", gettext_lazy("reached")), ("no", gettext_lazy("not reached"))])
    at = InstantField(required=False)
    remark = forms.CharField(max_length=2000, required=False)


@require_POST
@for_staff
def log(request: Any, came: Visit, case: UUID) -> HttpResponse:
    """Log it, and back to the case."""
    there = f"{reverse('desk-case', args=[case])}#contacts"
    form = ContactForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, gettext("Nothing was logged: say who was tried, how, and whether it worked."), "is-stop"
        )
        return redirect(there)
    told = form.cleaned_data
    try:
        log_contact(
            case=case,
            channel=told["channel"],
            who=told["who"],
            at_ms=came.now_ms if told["at"] is None else told["at"],
            reached=told["reached"] == "yes",
            now_ms=came.now_ms,
            by=came.user,
            remark=told["remark"],
        )
    except NotPossible as reason:
        say_not_possible(request, reason)
        return redirect(there)
    messages.success(request, gettext("The contact is logged."), "is-go")
    return redirect(there)
