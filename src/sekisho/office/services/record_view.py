"""Record a look at call details: they are secret (通信の秘密), so every look has a reason."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from sekisho.core.terms.errors import NotPossible
from sekisho.core.terms.masking import mask_number
from sekisho.office.models import User
from sekisho.office.services.found import case_for, line_for
from sekisho.office.services.may import must
from sekisho.office.services.trail import note


@transaction.atomic
def record_view(*, by: User, reason: str, now_ms: int, case: UUID | None = None, line: str | None = None) -> None:
    """Record that `by` looks at the call details of a case, of a line, or (both None) at the customer's own.

    Raises NotPossible: no_reason.
    """
    must(by, "calls")
    if not reason.strip():
        raise NotPossible("no_reason", "say why you look at call details")
    if line is not None:
        seen = line_for(by, by.company, line)
        told = {"reason": reason}
        of = mask_number(seen.number)
        note("calls.viewed", of, company=by.company, now_ms=now_ms, by=by, line=seen, data=told)
        return
    found = None if case is None else case_for(by, case)
    of = by.customer.code if found is None and by.customer else str(found.uuid if found else by.company.code)
    note("calls.viewed", of, company=by.company, now_ms=now_ms, by=by, case=found, data={"reason": reason})
