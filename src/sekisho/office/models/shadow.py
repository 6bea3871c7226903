"""Shadow policies (試行ポリシー) and what they would have said. Kept apart from verdicts: no case hangs on them."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.company import Company
from sekisho.office.models.line import Line


class ShadowPolicy(models.Model):
    """A shadow as it last said who it is. `since_ms` 0: it has judged the whole journal."""

    name = models.CharField(max_length=32, unique=True)
    version = models.CharField(max_length=64)
    since_ms = models.BigIntegerField()
    differs = models.JSONField(default=list)  # [field, the active policy's value, its own]
    at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.name)


class ShadowVerdict(models.Model):
    """One verdict of a shadow. `line` and `company` are null where the office knows none such."""

    shadow = models.CharField(max_length=32)
    version = models.CharField(max_length=64)
    verdict_id = models.CharField(max_length=64)
    call_id = models.TextField()
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="shadow_verdicts")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, related_name="shadow_verdicts")
    line_text = models.TextField()
    at_ms = models.BigIntegerField()
    action = models.CharField(max_length=8)
    scope = models.TextField()
    score = models.FloatField()
    evidence = models.JSONField()  # [{"name", "nats", "facts": {key: number}}]
    spend_today = models.BigIntegerField()
    spend_month = models.BigIntegerField()

    class Meta:
        """A shadow says a thing once; it is read by company and time, and by line."""

        constraints = (models.UniqueConstraint(fields=["shadow", "verdict_id"], name="one_shadow_verdict"),)
        indexes = (
            models.Index(fields=["shadow", "version", "company", "at_ms"], name="shadow_by_company"),
            models.Index(fields=["line", "at_ms"], name="shadow_by_line"),
        )

    def __str__(self) -> str:
        return f"{self.shadow} {self.verdict_id}"
