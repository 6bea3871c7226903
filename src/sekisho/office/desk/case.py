"""One case on one page: what happened, what stands against it, the proof, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from sekisho.office.desk import case_pictures
from sekisho.office.desk.calls import reason_given, reason_in_words, recorded_just_now
from sekisho.office.desk.contact import ContactForm
from sekisho.office.desk.restrictions import Restriction, restrictions
from sekisho.office.desk.sentence import sentence_of, state_of
from sekisho.office.pictures.nats import weight
from sekisho.office.queries.case_file import CaseFile, case_file
from sekisho.office.queries.case_rows import VerdictRow
from sekisho.office.queries.line_picture import CallRow
from sekisho.office.services.may import may
from sekisho.office.services.record_view import record_view
from sekisho.office.visit.access import for_staff, found, page_context
from sekisho.office.visit.polling import answer, fragment, wanted
from sekisho.office.visit.visit import Visit, call_book
from sekisho.office.words import evidence, happened, instants
from sekisho.office.words.countries import country
from sekisho.office.words.states import CLASSES, standing

NOW_S: Final = 2
PROOF_S: Final = 10
FIRST_CALLS: Final = 20
INTERNATIONAL: Final = "international"
_LEAST_NATS: Final = 4.0  # so many fill half of a small bar, at least: a weak score shall look weak


@dataclass(frozen=True, slots=True)
class Evidence:
    """One evidence as the page says it."""

    sentence: str
    nats: float
    picture: SafeString | None


@dataclass(frozen=True, slots=True)
class ShownCall:
    """One call as the page says it: where to, how long, and what the judge said of it."""

    row: CallRow
    where: str
    talked: str
    verdict: VerdictRow | None
    said: str


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
        evidence=_evidence(_strongest(file)),
    )
    return fragment(request, "proof", "sekisho/desk/case_proof.html", context, every_s=PROOF_S)


def _strongest(file: CaseFile) -> VerdictRow | None:
    """The verdict to show: the newest hold, else the newest ask, else the newest alert."""
    for action in ("hold", "ask"):
        for verdict in file.verdicts:
            if verdict.action == action:
                return verdict
    return next(iter(file.verdicts), None)


def _evidence(verdict: VerdictRow | None) -> list[Evidence]:
    rows = verdict.evidence if verdict else ()
    most = max(_LEAST_NATS, *(abs(row.nats) for row in rows), 0.0)
    return [
        Evidence(
            evidence.sentence(row.name, row.facts),
            row.nats,
            None if evidence.is_rule(row.name) else weight(row.nats, most),
        )
        for row in rows
    ]


def _calls(file: CaseFile) -> list[ShownCall]:
    verdicts = {verdict.call_id: verdict for verdict in reversed(file.verdicts)}
    return [_call(row, verdicts.get(row.call_id)) for row in file.calls]


def _call(row: CallRow, verdict: VerdictRow | None) -> ShownCall:
    abroad = row.class_ == INTERNATIONAL
    where = country(row.country) if abroad else str(CLASSES.get(row.class_, row.class_))
    talked = instants.talk(row.end_ms - row.answer_ms) if row.answer_ms and row.end_ms else "—"
    strongest = verdict.evidence[0] if verdict and verdict.evidence else None
    said = evidence.sentence(strongest.name, strongest.facts) if strongest else ""
    return ShownCall(row, where, talked, verdict, said)
