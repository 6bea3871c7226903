"""Log an attempt to reach the customer."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from sekisho.core.terms.errors import NotPossible
from sekisho.office.models import Contact, User
from sekisho.office.models.contact import CHANNELS
from sekisho.office.services.found import case_for
from sekisho.office.services.may import must
from sekisho.office.services.trail import note


@transaction.atomic
def log_contact(
    *,
    case: UUID,
    channel: str,
    who: str,
    at_ms: int,
    reached: bool,
    now_ms: int,
    by: User | None,
    remark: str = "",
) -> None:
    """Log that somebody was tried by `channel` at `at_ms`, and whether that worked. Raises NotPossible."""
    found = case_for(by, case)
    must(by, "contact")
    if channel not in CHANNELS or at_ms > now_ms:
        raise NotPossible("contact", f"a contact is by one of {', '.join(CHANNELS)}, and not in the future")
    Contact.objects.create(
        company=found.company,
        case=found,
        channel=channel,
        who=who,
        at_ms=at_ms,
        reached=reached,
        note=remark,
        entered_by=by,
    )
    data = {"channel": channel, "reached": reached}
    note("contact.logged", channel, company=found.company, now_ms=now_ms, by=by, case=found, data=data)
