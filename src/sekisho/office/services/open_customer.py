"""Open a customer."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from sekisho.core.terms.errors import NotPossible
from sekisho.office.models import Customer, User
from sekisho.office.models.customer import SHOW_MASKED
from sekisho.office.services.found import company_of
from sekisho.office.services.may import must
from sekisho.office.services.trail import note


@transaction.atomic
def open_customer(
    *,
    company: str,
    code: str,
    name_ja: str,
    name_en: str,
    now_ms: int,
    numbers_shown: str = SHOW_MASKED,
    details_since_ms: int | None = None,
    by: User | None = None,
) -> None:
    """Open a customer of `company`.

    `numbers_shown`: how called numbers stand in call details: full, masked or nothing. `details_since_ms`: from when on
    the customer has call details (None: from now on).
    """
    must(by, "customers")
    owner = company_of(by, company)
    try:
        with transaction.atomic():
            Customer.objects.create(
                company=owner,
                code=code,
                name_ja=name_ja,
                name_en=name_en,
                numbers_shown=numbers_shown,
                details_since_ms=now_ms if details_since_ms is None else details_since_ms,
            )
    except IntegrityError:
        raise NotPossible("taken", f"{company} has a customer {code!r} already; choose another code") from None
    note("customer.opened", code, company=owner, now_ms=now_ms, by=by)
