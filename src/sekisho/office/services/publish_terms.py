"""Publish a version of a company's terms."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from sekisho.core.terms.errors import NotPossible
from sekisho.office.models import TermsVersion, User
from sekisho.office.services.announce_due_terms import announce_due_terms
from sekisho.office.services.found import company_of
from sekisho.office.services.may import must
from sekisho.office.services.trail import note


@transaction.atomic
def publish_terms(
    *,
    company: str,
    version: str,
    effective_ms: int,
    automatic_hold: bool,
    emergency_bar: bool,
    now_ms: int,
    by: User | None = None,
) -> None:
    """Publish terms that hold from `effective_ms` on; until a newer version is effective.

    `automatic_hold`: the judge may hold by itself. `emergency_bar`: the desk may bar on the carrier's own judgement.
    """
    must(by, "terms")
    owner = company_of(by, company)
    try:
        with transaction.atomic():
            TermsVersion.objects.create(
                company=owner,
                version=version,
                effective_ms=effective_ms,
                automatic_hold=automatic_hold,
                emergency_bar=emergency_bar,
            )
    except IntegrityError:
        raise NotPossible(
            "taken", f"{company} has terms {version!r}, or others of that instant; choose again"
        ) from None
    clauses = {"effective_ms": effective_ms, "automatic_hold": automatic_hold, "emergency_bar": emergency_bar}
    note("terms.published", version, company=owner, now_ms=now_ms, by=by, data=clauses)
    announce_due_terms(now_ms=now_ms)
