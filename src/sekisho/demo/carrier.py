"""The cast, written into the office through its services: companies, terms, customers, contracts, lines, logins.

A company is written whole or not at all, and only once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from sekisho.core.terms.errors import NotPossible
from sekisho.demo.cast import CastCompany
from sekisho.office.services.add_user import add_user
from sekisho.office.services.open_company import open_company
from sekisho.office.services.open_contract import open_contract
from sekisho.office.services.open_customer import open_customer
from sekisho.office.services.open_lines import open_lines
from sekisho.office.services.publish_terms import publish_terms

TERMS: Final = "2015-07"
_STAFF: Final = (("operator", "窓口担当"), ("supervisor", "責任者"), ("auditor", "監査担当"))


@dataclass(frozen=True, slots=True)
class Login:
    """One login of the demonstration, and whose it is; all have the home's password."""

    name: str
    role: str
    company: str
    customer: str | None
    person: str


def logins_of(company: CastCompany) -> Iterator[Login]:
    """Staff of a company, and its attacked customer."""
    for role, person in _STAFF:
        yield Login(f"{role}-{company.key}", role, company.key, None, f"{company.name} {person}")
    victim = company.victim
    yield Login(f"customer-{company.key}", "customer_admin", company.key, victim.key, f"{victim.name} 管理者")


def open_carrier(companies: Sequence[CastCompany], password: str, since_ms: int, now_ms: int) -> list[Login]:
    """Write what is not there yet; returns all logins. The office must be prepared.

    `since_ms`: from when on the terms hold and customers have call details: the beginning of the history.
    """
    for company in companies:
        try:
            with transaction.atomic():
                _open(company, password, since_ms, now_ms)
        except NotPossible as fault:
            if fault.code != "taken":
                raise
    return [login for company in companies for login in logins_of(company)]


def _open(company: CastCompany, password: str, since_ms: int, now_ms: int) -> None:
    key = company.key
    open_company(code=key, name_ja=company.name, name_en=company.name_en, now_ms=now_ms)
    publish_terms(
        company=key,
        version=TERMS,
        effective_ms=since_ms,
        automatic_hold=company.automatic_hold,
        emergency_bar=True,
        now_ms=now_ms,
    )
    for customer in company.customers:
        code = customer.key
        open_customer(
            company=key,
            code=code,
            name_ja=customer.name,
            name_en=customer.name_en,
            now_ms=now_ms,
            details_since_ms=since_ms,
        )
        open_contract(company=key, customer=code, code=code, channels=customer.channels, now_ms=now_ms)
        open_lines(company=key, contract=code, numbers=[line.e164 for line in customer.lines], now_ms=now_ms)
    for login in logins_of(company):
        add_user(
            login=login.name,
            name=login.person,
            password=password,
            role=login.role,
            company=key,
            customer=login.customer,
            now_ms=now_ms,
        )
