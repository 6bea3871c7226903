"""Looking things up for a service: what is foreign is not known. Where rows are changed, they are locked first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sekisho.core.terms.errors import NotKnown
from sekisho.office.models import Bar, Case, Company, Line, User
from sekisho.office.queries.line_text import normalised


def company_of(by: User | None, code: str | None) -> Company:
    """The company with this code; a user's own where none is named. Raises NotKnown."""
    if by is not None and code in (None, by.company.code):
        return by.company
    company = None if by is not None else Company.objects.filter(code=code or "").first()
    if company is None:
        raise NotKnown(f"there is no company {code!r}; open it first")
    return company


def line_for(by: User | None, company: Company, number: str) -> Line:
    """The line of this company with this number, locked; a customer's user finds the customer's lines only."""
    found = Line.objects.select_for_update(of=("self",)).select_related("contract__customer", "contract__terms")
    line = found.filter(company=company, number=normalised(number), **_own("contract__customer", by)).first()
    if line is None:
        raise NotKnown(f"{company.code} has no line {number}; open it first")
    return line


def case_for(by: User | None, case: UUID) -> Case:
    """The case, locked, for staff of its company. Raises NotKnown."""
    scope = {} if by is None else {"company": by.company}
    found = Case.objects.select_for_update(of=("self",)).select_related("company", "line__contract")
    found = found.filter(uuid=case, **scope).first()
    if found is None or (by is not None and by.customer_id is not None):
        raise NotKnown("there is no such case")
    return found


def bar_for(by: User | None, bar: UUID) -> Bar:
    """The bar, locked, for staff of its company or users of the line's customer. Raises NotKnown."""
    scope = {} if by is None else {"company": by.company}
    found = Bar.objects.select_for_update(of=("self",)).select_related("company", "line")
    found = found.filter(uuid=bar, **scope, **_own("line__contract__customer", by)).first()
    if found is None:
        raise NotKnown("there is no such bar")
    return found


def _own(path: str, by: User | None) -> dict[str, Any]:
    """A filter to the customer of a customer's user."""
    return {} if by is None or by.customer_id is None else {path: by.customer_id}
