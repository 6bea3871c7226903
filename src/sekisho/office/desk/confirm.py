"""What the pages share that do something: GET says in words what will happen, POST does it, errors are said there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from sekisho.core.terms.errors import NotPossible
from sekisho.office.desk.sentence import sentence_of
from sekisho.office.queries.case_file import CaseFile
from sekisho.office.visit.access import page_context
from sekisho.office.visit.visit import Visit
from sekisho.office.words.states import NOT_POSSIBLE

_CONFLICT = 409
_WRONG = 422


def confirmed(
    request: Any,
    came: Visit,
    file: CaseFile,
    form: forms.Form,
    template: str,
    do: Callable[[dict[str, Any]], str],
    **more: Any,
) -> HttpResponse:
    """The page `template` with `form`; on POST with a valid form, `do(cleaned data)` and back to the case.

    `do` gives the sentence that says what was done, and may raise NotPossible.
    """
    context = page_context(
        came, here="queue", file=file, form=form, sentence=sentence_of(came, file), problem="", **more
    )
    if request.method != "POST":
        return render(request, template, context)
    if not form.is_valid():
        return render(request, template, context, status=_WRONG)
    try:
        said = do(form.cleaned_data)
    except NotPossible as reason:
        return render(request, template, {**context, "problem": words_for(reason)}, status=_CONFLICT)
    messages.success(request, said, "is-go")
    return redirect("desk-case", case=file.case)


def words_for(reason: NotPossible) -> str:
    """Why it could not be done, for people; a rule without words of its own speaks plainly."""
    return str(NOT_POSSIBLE.get(reason.code, str(reason)))


def say_not_possible(request: Any, reason: NotPossible) -> None:
    """The same as a message on the next page."""
    messages.error(request, words_for(reason), "is-stop")
