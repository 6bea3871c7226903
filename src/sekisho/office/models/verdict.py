"""A verdict (判定): what the watch said of a call, as the log brought it."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.case import Case
from sekisho.office.models.company import Company
from sekisho.office.models.line import Line


class Verdict(models.Model):
    """One verdict. `line` is null where the office knows no such line; `line_text` is always what the judge wrote.

    `company` is null where even the company is unknown; `company_text` is always what the judge wrote.
    """

    verdict_id = models.CharField(max_length=64, unique=True)
    call_id = models.TextField()
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="verdicts")
    company_text = models.CharField(max_length=255)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, related_name="verdicts")
    line_text = models.TextField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="verdicts")
    at_ms = models.BigIntegerField()
    action = models.CharField(max_length=8)
    scope = models.TextField()
    score = models.FloatField()
    evidence = models.JSONField()  # [{"name", "nats", "facts": {key: number}}]
    spend_today = models.BigIntegerField()
    spend_month = models.BigIntegerField()

    class Meta:
        """A case is read newest verdict first."""

        indexes = (models.Index(fields=["case", "at_ms"], name="verdict_by_case"),)

    def __str__(self) -> str:
        return str(self.verdict_id)
