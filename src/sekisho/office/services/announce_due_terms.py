"""Tell the judge when terms have come into force."""

from __future__ import annotations

from django.db import transaction

from sekisho.office.models import Line, TermsVersion
from sekisho.office.services.tell_lines import tell_lines
from sekisho.office.services.trail import note


def announce_due_terms(*, now_ms: int) -> int:
    """Tell the lines of every company whose terms came into force since the last time; returns how many versions."""
    due = TermsVersion.objects.filter(effective_ms__lte=now_ms, announced_ms__isnull=True)
    if not due.exists():
        return 0
    with transaction.atomic():
        versions = list(due.select_for_update().order_by("effective_ms").select_related("company"))
        for company in {version.company for version in versions}:
            lines = Line.objects.filter(company=company).select_related("contract__terms").order_by("id")
            tell_lines(company, list(lines), now_ms=now_ms)
        for version in versions:
            version.announced_ms = now_ms
            version.save(update_fields=["announced_ms"])
            note("terms.announced", version.version, company=version.company, now_ms=now_ms, by=None)
        return len(versions)
