"""Open a company."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from sekisho.core.terms.errors import NotPossible
from sekisho.office.models import Company, User
from sekisho.office.services.may import must
from sekisho.office.services.trail import note


@transaction.atomic
def open_company(*, code: str, name_ja: str, name_en: str, now_ms: int, by: User | None = None) -> None:
    """Open a company under `code`, as messages on the log name it. Only the command line may. Raises NotPossible."""
    must(by, "companies")
    try:
        with transaction.atomic():
            company = Company.objects.create(code=code, name_ja=name_ja, name_en=name_en)
    except IntegrityError:
        raise NotPossible("taken", f"there is a company {code!r} already; choose another code") from None
    note("company.opened", code, company=company, now_ms=now_ms, by=by)
