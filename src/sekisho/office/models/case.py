"""A case (事案): the desk's file on one incident of one line."""

from __future__ import annotations

import uuid

from django.db import models

from sekisho.office.models.company import Company
from sekisho.office.models.line import Line
from sekisho.office.models.user import User

OPEN, CLOSED = "open", "closed"
HONEST, FRAUD = "honest", "fraud"
OUTCOMES = (HONEST, FRAUD)


class Case(models.Model):
    """The desk's file on one incident. Its first and last verdict are those of its verdicts by time."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="cases")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=8, choices=[(state, state) for state in (OPEN, CLOSED)], default=OPEN)
    opened_ms = models.BigIntegerField()
    closed_ms = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=8, choices=[(outcome, outcome) for outcome in OUTCOMES], default="")
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="closed_cases")

    class Meta:
        """One open case a line; a closed one has an outcome and an instant."""

        constraints = (
            models.UniqueConstraint(fields=["line"], condition=models.Q(state=OPEN), name="one_open_case_a_line"),
            models.CheckConstraint(
                condition=models.Q(state=OPEN, closed_ms__isnull=True, outcome="")
                | models.Q(state=CLOSED, closed_ms__isnull=False, outcome__in=OUTCOMES),
                name="case_closed_with_outcome",
            ),
        )
        indexes = (models.Index(fields=["company", "state"], name="case_by_company"),)

    def __str__(self) -> str:
        return str(self.uuid)
