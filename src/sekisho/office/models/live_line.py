"""What a line has in progress, as the judge last told."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.company import Company
from sekisho.office.models.line import Line


class LiveLine(models.Model):
    """Calls in progress of one line: how many, how many abroad, milli-yen they have cost so far."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="live_lines")
    line = models.OneToOneField(Line, on_delete=models.PROTECT, related_name="live")
    open = models.PositiveIntegerField()
    open_international = models.PositiveIntegerField()
    accrued = models.BigIntegerField()
    at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.line_id} {self.open}"
