"""The outbox: what the office decided, written in the same transaction as the decision; the relay publishes it."""

from __future__ import annotations

import uuid

from django.db import models

from sekisho.office.models.order import Order


class Outbox(models.Model):
    """One message for the journal. Rows leave in the order of their ids; the journal's key is `office:{uuid}`."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    kind = models.CharField(max_length=16)
    body = models.BinaryField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="outbox")
    created_ms = models.BigIntegerField()
    published_ms = models.BigIntegerField(null=True)

    class Meta:
        """What waits is found at once, however much was sent before."""

        indexes = (models.Index(fields=["id"], condition=models.Q(published_ms__isnull=True), name="outbox_waiting"),)

    def __str__(self) -> str:
        return str(self.uuid)
