"""An order (申込): a request to set or lift a bar, with its instants."""

from __future__ import annotations

import uuid

from django.db import models

from sekisho.office.models.bar import Bar
from sekisho.office.models.company import Company
from sekisho.office.models.line import Line
from sekisho.office.models.user import User

SET, LIFT = "set", "lift"
ACCEPTED, EXECUTING, COMPLETED = "accepted", "executing", "completed"
STATES = (ACCEPTED, EXECUTING, COMPLETED)


class Order(models.Model):
    """A request to set or lift a bar; `version` is the bar's version that carries it out.

    Requested (when it was said, with proof) ≤ accepted (entered) ≤ executing (in the journal); completed is the instant
    at which the judge had it in force.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="orders")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="orders")
    bar = models.ForeignKey(Bar, on_delete=models.PROTECT, related_name="orders")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=4, choices=[(kind, kind) for kind in (SET, LIFT)])
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES], default=ACCEPTED)
    requested_ms = models.BigIntegerField()
    accepted_ms = models.BigIntegerField()
    due_ms = models.BigIntegerField()
    executing_ms = models.BigIntegerField(null=True)
    completed_ms = models.BigIntegerField(null=True)
    proof = models.TextField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="orders")

    class Meta:
        """The instants stand in their order, and the state says which of them there are."""

        constraints = (
            models.UniqueConstraint(fields=["bar", "version"], name="one_order_a_version"),
            models.CheckConstraint(
                condition=models.Q(requested_ms__lte=models.F("accepted_ms")), name="order_requested_before_accepted"
            ),
            models.CheckConstraint(
                condition=models.Q(due_ms__gte=models.F("accepted_ms")), name="order_due_after_accepted"
            ),
            models.CheckConstraint(
                condition=models.Q(state=ACCEPTED, executing_ms__isnull=True, completed_ms__isnull=True)
                | models.Q(state=EXECUTING, executing_ms__isnull=False, completed_ms__isnull=True)
                | models.Q(state=COMPLETED, executing_ms__isnull=False, completed_ms__isnull=False),
                name="order_state_fits_instants",
            ),
        )

    def __str__(self) -> str:
        return str(self.uuid)
