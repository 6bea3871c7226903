"""Add a user."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sekisho.core.terms.errors import NotKnown, NotPossible
from sekisho.office.models import Customer, User
from sekisho.office.models.user import CUSTOMER_ROLES, ROLES
from sekisho.office.services.found import company_of
from sekisho.office.services.may import must
from sekisho.office.services.trail import note


@transaction.atomic
def add_user(
    *,
    login: str,
    name: str,
    password: str,
    role: str,
    company: str,
    now_ms: int,
    customer: str | None = None,
    language: str = "ja",
    by: User | None = None,
) -> None:
    """Add somebody who signs in as `login`: staff of `company`, or for its customer with the code `customer`.

    Raises NotPossible for a login that is taken, a password that is too easy, a role that does not fit.
    """
    must(by, "users")
    owner = company_of(by, company)
    if role not in ROLES or (role in CUSTOMER_ROLES) != (customer is not None):
        raise NotPossible("role", f"{role!r} is no role, or does not fit {'a customer' if customer else 'staff'}")
    holder = None if customer is None else Customer.objects.filter(company=owner, code=customer).first()
    if customer is not None and holder is None:
        raise NotKnown(f"{company} has no customer {customer!r}; open it first")
    user = User(login=login, name=name, role=role, company=owner, customer=holder, language=language)
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise NotPossible("bad_password", f"the password of {login!r}: {' '.join(fault.messages)}") from None
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise NotPossible("taken", f"there is a user {login!r} already; choose another name") from None
    note("user.added", login, company=owner, now_ms=now_ms, by=by, data={"role": role})
