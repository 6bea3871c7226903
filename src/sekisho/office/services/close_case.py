"""Close a case with its outcome."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from sekisho.core.terms.errors import NotPossible
from sekisho.office.models import User
from sekisho.office.models.case import CLOSED, HONEST, OUTCOMES
from sekisho.office.services.found import case_for
from sekisho.office.services.may import must
from sekisho.office.services.release_hold import release_line
from sekisho.office.services.trail import note


@transaction.atomic
def close_case(*, case: UUID, outcome: str, now_ms: int, by: User | None, remark: str = "") -> None:
    """Close the case as `honest` or `fraud`.

    Honest calling is learnt: the judge is told, which also ends what it holds. After fraud, holds and bars stay as
    they are. Raises NotPossible: case_closed.
    """
    found = case_for(by, case)
    must(by, "close")
    if outcome not in OUTCOMES:
        raise NotPossible("outcome", f"{outcome!r} is no outcome; use one of {', '.join(OUTCOMES)}")
    if found.state == CLOSED:
        raise NotPossible("case_closed", "this case is closed already; look again")
    found.state, found.outcome, found.closed_ms, found.closed_by = CLOSED, outcome, now_ms, by
    found.save(update_fields=["state", "outcome", "closed_ms", "closed_by"])
    if outcome == HONEST:
        release_line(found, now_ms=now_ms, honest=True, always=True)
    data = {"outcome": outcome, "remark": remark}
    note("case.closed", str(found.uuid), company=found.company, now_ms=now_ms, by=by, case=found, data=data)
