"""Who may do what: one table. Every service asks it; pages ask it only to know which buttons to show."""

from __future__ import annotations

from typing import Final

from sekisho.core.terms.errors import NotAllowed
from sekisho.office.models.user import (
    AUDITOR,
    CUSTOMER_ADMIN,
    CUSTOMER_VIEWER,
    MAINTAINER,
    OPERATOR,
    SUPERVISOR,
    User,
)

_READS: Final = frozenset({"desk", "calls"})
_WORKS: Final = _READS | {
    "bar.customer",
    "bar.emergency",
    "bar.credit",
    "lift.customer",
    "lift.emergency",
    "lift.credit",
    "release",
    "close",
    "contact",
}
_SEES_OWN: Final = frozenset({"portal", "calls"})

TABLE: Final = {
    OPERATOR: _WORKS,
    SUPERVISOR: _WORKS | {"terms", "users", "customers", "shadows"},
    AUDITOR: _READS | {"shadows"},
    CUSTOMER_ADMIN: _SEES_OWN | {"bar.customer", "lift.customer"},
    CUSTOMER_VIEWER: _SEES_OWN,
    MAINTAINER: _SEES_OWN,
}
_MACHINE: Final = frozenset({"companies"})  # of nobody who signs in
VERBS: Final = _MACHINE.union(*TABLE.values())


def may(user: User | None, verb: str) -> bool:
    """Whether this user's role goes so far; None (the machine) may do anything."""
    if verb not in VERBS:
        raise ValueError(f"{verb!r} is no verb of the table; known are {', '.join(sorted(VERBS))}")
    return user is None or verb in TABLE[user.role]


def must(user: User | None, verb: str) -> None:
    """Raise NotAllowed where this user's role does not go so far."""
    if not may(user, verb):
        raise NotAllowed(f"the role {user.role if user else ''} may not do {verb!r}; ask a supervisor")
