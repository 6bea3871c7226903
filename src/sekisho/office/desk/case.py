"""One case on one page: what happened, what stands against it, the proof, and what can be done."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from sekisho.office.desk import case_pictures
from sekisho.office.desk.calls import reason_given, reason_in_words, recorded_just_now
from sekisho.office.desk.contact import ContactForm
from sekisho.office.desk.restrictions import Restriction, restrictions
from sekisho.office.desk.sentence import sentence_of, state_of
from sekisho.office.desk.shown import ShownCall, shown_call, shown_evidence
from sekisho.office.queries.case_file import CaseFile, case_file
from sekisho.office.queries.case_rows import VerdictRow
from sekisho.office.services.may import may
from sekisho.office.services.record_view import record_view
from sekisho.office.visit.access import for_staff, found, page_context
from sekisho.office.visit.polling import answer, fragment, wanted
from sekisho.office.visit.visit import Visit, call_book
from sekisho.office.words import happened
from sekisho.office.words.states import standing

NOW_S: Final = 2
PROOF_S: Final = 10
FIRST_CALLS: Final = 20


@require_GET
@for_staff
def case_page(request: Any, came: Visit, case: UUID) -> HttpResponse:
    """The page, or one of its two fragments: `now` and `proof`."""
    part = wanted(request)
    file = found(case_file(came.user, case, call_book(), came.now_ms, picture=part != "now"))
    if part == "now":
        return answer(request, _now(request, came, file))
    if part == "proof":
        return answer(request, _proof(request, came, file))
    reason = reason_given(request, case)
    if reason and not recorded_just_now(request, case):
        record_view(by=came.user, reason=reason, now_ms=came.now_ms, case=case)
    shown = len(file.calls) if request.GET.get("calls") == "all" else FIRST_CALLS
    context = page_context(
        came,
        here="queue",
        file=file,
        now=_now(request, came, file),
        proof=_proof(request, came, file),
        reason=reason_in_words(reason),
        reason_action=reverse("desk-calls", args=[case]),
        calls=_calls(file)[:shown] if reason else (),
        more_calls=max(0, len(file.calls) - shown),
        may_contact=file.state == "open" and may(came.user, "contact"),
        contact_form=ContactForm(),
    )
    return render(request, "sekisho/desk/case.html", context)


def _now(request: Any, came: Visit, file: CaseFile) -> SafeString:
    shown = restrictions(file)
    is_open = file.state == "open"
    stands = standing(file.standing, stopped=file.risk.stopped)
    refused = sum(row.count for row in file.refusals)
    context = page_context(
        came,
        file=file,
        state=state_of(file),
        sentence=sentence_of(came, file),
        stopped=happened.stopped(stands, refused, file.live.open_international, file.scope),
        restrictions=shown,
        liftable={one.bar for one in shown if _may_lift(came, one)},
        may_bar=is_open and any(may(came.user, f"bar.{owner}") for owner in ("emergency", "customer")),
        may_release=any(one.bar is None and one.in_force for one in shown) and may(came.user, "release"),
        may_close=is_open and may(came.user, "close"),
    )
    return fragment(request, "now", "sekisho/desk/case_now.html", context, every_s=NOW_S)


def _may_lift(came: Visit, one: Restriction) -> bool:
    return one.bar is not None and one.in_force and may(came.user, f"lift.{one.owner}")


def _proof(request: Any, came: Visit, file: CaseFile) -> SafeString:
    context = page_context(
        came,
        file=file,
        spend=case_pictures.of_spend(file),
        countries=case_pictures.of_countries(file),
        world=case_pictures.of_world(file),
        verdict=_strongest(file),
        evidence=shown_evidence(_strongest(file)),
    )
    return fragment(request, "proof", "sekisho/desk/case_proof.html", context, every_s=PROOF_S)


def _strongest(file: CaseFile) -> VerdictRow | None:
    """The verdict to show: the newest hold, else the newest ask, else the newest alert."""
    for action in ("hold", "ask"):
        for verdict in file.verdicts:
            if verdict.action == action:
                return verdict
    return next(iter(file.verdicts), None)


def _calls(file: CaseFile) -> list[ShownCall]:
    verdicts = {verdict.call_id: verdict for verdict in reversed(file.verdicts)}
    return [shown_call(row, verdicts.get(row.call_id)) for row in file.calls]
