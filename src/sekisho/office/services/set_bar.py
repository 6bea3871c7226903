"""Set a bar on a line."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from sekisho.core.terms.errors import NotPossible
from sekisho.office.models import Bar, Line, User
from sekisho.office.queries.terms_in_force import terms_of
from sekisho.office.services.found import company_of, line_for
from sekisho.office.services.may import must
from sekisho.office.services.ordered import Ordered, checked_request, place_order
from sekisho.office.services.trail import note


@transaction.atomic
def set_bar(
    *,
    line: str,
    owner: str,
    reason: str,
    now_ms: int,
    by: User | None,
    company: str | None = None,
    requested_ms: int | None = None,
    proof: str = "",
    until_ms: int | None = None,
) -> Ordered:
    """Bar international calls of `line`; in force at the gate within the second.

    `owner`: whose bar it is. `customer`: the customer asked for it, `proof` says how, at `requested_ms` (None: now);
    `emergency`: the carrier's own judgement, only while its terms have the clause; `credit`. `until_ms`: lifted by
    itself then. `company` is needed where `by` is None.

    Raises NotPossible: already_barred, no_proof, no_emergency_clause, requested_later, until_past.
    """
    must(by, f"bar.{owner}")
    found = line_for(by, company_of(by, company), line)
    requested = checked_request(requested_ms, now_ms)
    _check(found, owner, proof, until_ms, now_ms)
    try:
        with transaction.atomic():
            bar = Bar.objects.create(
                company=found.company,
                line=found,
                scope="international",
                owner=owner,
                reason=reason,
                since_ms=now_ms,
                until_ms=until_ms,
            )
    except IntegrityError:
        raise NotPossible("already_barred", "the line has a bar of this owner already; lift that one first") from None
    ordered = place_order(bar, "set", requested_ms=requested, proof=proof, now_ms=now_ms, by=by)
    data = {"owner": owner, "reason": reason, "order": str(ordered.order)}
    note("bar.set", str(bar.uuid), company=found.company, now_ms=now_ms, by=by, line=found, data=data)
    return ordered


def _check(line: Line, owner: str, proof: str, until_ms: int | None, now_ms: int) -> None:
    if owner == "customer" and not proof.strip():
        raise NotPossible("no_proof", "say how the customer asked for it; without that there is no order")
    if owner == "emergency":
        terms = terms_of(line.contract, now_ms)
        if terms is None or not terms.emergency_bar:
            raise NotPossible("no_emergency_clause", "the terms in force have no clause for it; ask the customer")
    if until_ms is not None and until_ms <= now_ms:
        raise NotPossible("until_past", "a bar cannot end before it begins; give a later time")
