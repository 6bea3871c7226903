"""Lift the bars whose time has come."""

from __future__ import annotations

from sekisho.core.terms.errors import NotPossible
from sekisho.office.models import Bar
from sekisho.office.services.lift_bar import lift_bar


def lift_due_bars(*, now_ms: int) -> int:
    """Lift every bar that was to end by now; returns how many."""
    due = Bar.objects.filter(lifted_ms__isnull=True, until_ms__lte=now_ms).order_by("id")
    lifted = 0
    for uuid in list(due.values_list("uuid", flat=True)):
        try:
            lift_bar(bar=uuid, now_ms=now_ms, by=None, proof="its term ended")
        except NotPossible:  # somebody was quicker
            continue
        lifted += 1
    return lifted
