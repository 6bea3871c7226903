"""A bar (発信規制): a restriction on a line, with its owner. One owner's bar is never another's."""

from __future__ import annotations

import uuid

from django.db import models

from sekisho.core.restrict.restrictions import OWNERS, SCOPES
from sekisho.office.models.company import Company
from sekisho.office.models.line import Line


class Bar(models.Model):
    """One bar. `version` grows with every change; the judge's effect for a version fills `acknowledged_version`.

    Set at `since_ms`, at the gate from `in_force_ms`; lifted at `lifted_ms`, gone from the gate at `ended_ms`.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="bars")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="bars")
    scope = models.CharField(max_length=32, choices=[(scope, scope) for scope in SCOPES])
    owner = models.CharField(max_length=16, choices=[(owner, owner) for owner in OWNERS])
    reason = models.TextField()
    since_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField(null=True)
    lifted_ms = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    acknowledged_version = models.PositiveIntegerField(default=0)
    in_force_ms = models.BigIntegerField(null=True)
    ended_ms = models.BigIntegerField(null=True)

    class Meta:
        """One bar in force a line and owner."""

        constraints = (
            models.UniqueConstraint(
                fields=["line", "owner"], condition=models.Q(lifted_ms__isnull=True), name="one_bar_a_line_and_owner"
            ),
            models.CheckConstraint(condition=models.Q(owner__in=OWNERS), name="bar_owner_known"),
            models.CheckConstraint(
                condition=models.Q(acknowledged_version__lte=models.F("version")), name="bar_acknowledged_what_was_told"
            ),
        )

    def __str__(self) -> str:
        return str(self.uuid)
