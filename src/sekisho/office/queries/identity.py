"""Who a user is, for the head of every page."""

from __future__ import annotations

from dataclasses import dataclass

from sekisho.office.models import User
from sekisho.office.models.user import AUDITOR, STAFF_ROLES, SUPERVISOR
from sekisho.office.queries.named import Named, named

SHADOW_READERS = (SUPERVISOR, AUDITOR)


@dataclass(frozen=True, slots=True)
class Identity:
    """Login, name, role; the company, and the customer of those who are not staff."""

    login: str
    name: str
    role: str
    is_staff: bool
    sees_shadows: bool
    company: Named
    customer: Named | None


def identity(user: User) -> Identity:
    """Who this user is."""
    return Identity(
        login=user.login,
        name=user.name,
        role=user.role,
        is_staff=is_staff(user),
        sees_shadows=user.role in SHADOW_READERS,
        company=named(user.company),
        customer=None if user.customer is None else named(user.customer),
    )


def is_staff(user: User) -> bool:
    """Whether this user works for the company (operator, supervisor, auditor)."""
    return user.role in STAFF_ROLES
