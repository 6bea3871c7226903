"""The audit trail: one line an action, and a look at call details is one too. Lines are added, never changed."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.case import Case
from sekisho.office.models.company import Company
from sekisho.office.models.line import Line
from sekisho.office.models.user import User


class AuditLine(models.Model):
    """Who did what to what, when. `user` null: the machine or its administrator on the command line.

    `action` is a dotted code, translated when shown; `object` names what it was done to; numbers in `data` are masked.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="audit_lines")
    at_ms = models.BigIntegerField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="audit_lines")
    action = models.CharField(max_length=64)
    object = models.CharField(max_length=100)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, related_name="audit_lines")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="audit_lines")
    data = models.JSONField(default=dict)

    class Meta:
        """Read by time, of a company or a case."""

        indexes = (
            models.Index(fields=["company", "at_ms"], name="audit_by_company"),
            models.Index(fields=["case", "at_ms"], name="audit_by_case"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.object}"
