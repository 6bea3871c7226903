"""Open a contract of a customer."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from sekisho.core.terms.errors import NotKnown, NotPossible
from sekisho.office.models import Contract, Customer, TermsVersion, User
from sekisho.office.models.contract import MOST_CHANNELS
from sekisho.office.services.found import company_of
from sekisho.office.services.may import must
from sekisho.office.services.trail import note


@transaction.atomic
def open_contract(
    *,
    company: str,
    customer: str,
    code: str,
    channels: int,
    now_ms: int,
    daily_limit_yen: int = 0,
    monthly_limit_yen: int = 0,
    terms: str | None = None,
    by: User | None = None,
) -> None:
    """Open a contract with so many channels. Limits 0: none.

    `terms`: a version that this contract has whatever the company publishes later; None: the newest effective one.
    """
    must(by, "customers")
    owner = company_of(by, company)
    holder = Customer.objects.filter(company=owner, code=customer).first()
    version = None if terms is None else TermsVersion.objects.filter(company=owner, version=terms).first()
    if holder is None or (terms is not None and version is None):
        raise NotKnown(f"{company} has no customer {customer!r} or no terms {terms!r}; add them first")
    if not 1 <= channels <= MOST_CHANNELS:
        raise NotPossible("channels", f"a contract has 1 to {MOST_CHANNELS} channels, not {channels}")
    try:
        with transaction.atomic():
            Contract.objects.create(
                company=owner,
                customer=holder,
                code=code,
                channels=channels,
                terms=version,
                daily_limit_yen=daily_limit_yen,
                monthly_limit_yen=monthly_limit_yen,
            )
    except IntegrityError:
        raise NotPossible("taken", f"{company} has a contract {code!r} already; choose another code") from None
    note("contract.opened", code, company=owner, now_ms=now_ms, by=by, data={"channels": channels})
