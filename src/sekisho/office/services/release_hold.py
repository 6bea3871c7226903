"""Release what the judge holds on a case's line."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import transaction

from sekisho.core.terms.errors import NotPossible
from sekisho.flow.controls import release_body
from sekisho.office.models import Case, Hold, User
from sekisho.office.queries.asks import asks_in_force
from sekisho.office.services.found import case_for
from sekisho.office.services.may import must
from sekisho.office.services.outgoing import post
from sekisho.office.services.trail import note


@transaction.atomic
def release_hold(*, case: UUID, reason: str, now_ms: int, by: User | None, honest: bool = False) -> UUID:
    """Release the holds and the ask in force on the line; `honest`: the line knows the countries it rang from now on.

    Returns the name of the release. Raises NotPossible: no_hold.
    """
    found = case_for(by, case)
    must(by, "release")
    release = release_line(found, now_ms=now_ms, honest=honest)
    if release is None:
        raise NotPossible("no_hold", "nothing is held on this line; look again")
    data = {"reason": reason, "honest": honest}
    note("hold.released", str(release), company=found.company, now_ms=now_ms, by=by, case=found, data=data)
    return release


def release_line(case: Case, *, now_ms: int, honest: bool, always: bool = False) -> UUID | None:
    """Have the judge told; None where nothing is held or asked (then only with `always`). Within a transaction."""
    release = uuid4()
    held = Hold.objects.filter(line=case.line, released_ms__isnull=True, until_ms__gt=now_ms)
    held_back = held.update(release=release, released_ms=now_ms) or asks_in_force([case.line_id], now_ms)
    if not held_back and not always:
        return None
    body = release_body(case.company.code, case.line.number, str(release), now_ms, honest=honest)
    post("release", body, now_ms=now_ms)
    return release
