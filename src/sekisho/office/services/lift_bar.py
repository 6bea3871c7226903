"""Lift a bar: this one only, whoever else has one on the line."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from sekisho.core.terms.errors import NotPossible
from sekisho.office.models import User
from sekisho.office.services.found import bar_for
from sekisho.office.services.may import must
from sekisho.office.services.ordered import Ordered, checked_request, place_order
from sekisho.office.services.trail import note


@transaction.atomic
def lift_bar(*, bar: UUID, now_ms: int, by: User | None, requested_ms: int | None = None, proof: str = "") -> Ordered:
    """Lift the bar; gone from the gate within the second.

    Raises NotPossible: not_barred (lifted already), no_proof (a customer's bar is lifted on the customer's word),
    requested_later.
    """
    found = bar_for(by, bar)
    must(by, f"lift.{found.owner}")
    if found.lifted_ms is not None:
        raise NotPossible("not_barred", "this bar is lifted already; look again")
    if found.owner == "customer" and not proof.strip():
        raise NotPossible("no_proof", "say how the customer asked for it; without that there is no order")
    requested = checked_request(requested_ms, now_ms)
    found.version += 1
    found.lifted_ms = now_ms
    found.save(update_fields=["version", "lifted_ms"])
    ordered = place_order(found, "lift", requested_ms=requested, proof=proof, now_ms=now_ms, by=by)
    data = {"owner": found.owner, "order": str(ordered.order)}
    note("bar.lifted", str(found.uuid), company=found.company, now_ms=now_ms, by=by, line=found.line, data=data)
    return ordered
