"""Publish the outbox to the journal: in order, each message once."""

from __future__ import annotations

from django.db import transaction

from sekisho.failpoint import failpoint
from sekisho.office.models import Order, Outbox
from sekisho.office.models.order import ACCEPTED, EXECUTING
from sekisho.ports import JOURNAL, Log, Message

_MESSAGES_A_STEP = 100


def publish_outbox(log: Log, *, now_ms: int) -> int:
    """Append what waits to the journal, then note that it was; returns how many messages. Raises InUse.

    Killed in between, the same messages are appended again under the same keys, and the log passes over them.
    """
    waiting = list(Outbox.objects.filter(published_ms__isnull=True).order_by("id")[:_MESSAGES_A_STEP])
    if not waiting:
        return 0
    failpoint("outbox_read")
    log.append({JOURNAL: [Message(row.kind, f"office:{row.uuid}", bytes(row.body)) for row in waiting]})
    failpoint("outbox_append")
    with transaction.atomic():
        Outbox.objects.filter(id__in=[row.id for row in waiting]).update(published_ms=now_ms)
        orders = [row.order_id for row in waiting if row.order_id is not None]
        # Completed already where the effect was quicker than we are.
        Order.objects.filter(id__in=orders, state=ACCEPTED).update(state=EXECUTING, executing_ms=now_ms)
        failpoint("outbox_mark")
    return len(waiting)


def count_waiting() -> int:
    """How many messages wait in the outbox."""
    return int(Outbox.objects.filter(published_ms__isnull=True).count())
