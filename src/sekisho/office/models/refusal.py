"""Attempts that the gate refused on a line, summed by what refused them."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.case import Case
from sekisho.office.models.company import Company
from sekisho.office.models.line import Line


class Refusal(models.Model):
    """Refused attempts of a line: `by` hold or bar (then `bar` names it), within a case where one was open."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="refusals")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="refusals")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="refusals")
    by = models.CharField(max_length=8)
    bar = models.CharField(max_length=64, blank=True)
    count = models.PositiveBigIntegerField(default=0)
    first_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()
    number = models.CharField(max_length=64, blank=True)  # the last one, masked

    class Meta:
        """One sum a line, case and cause."""

        constraints = (
            models.UniqueConstraint(fields=["line", "case", "by", "bar"], name="one_refusal_sum_a_case_and_cause"),
            models.UniqueConstraint(
                fields=["line", "by", "bar"], condition=models.Q(case__isnull=True), name="one_refusal_sum_a_cause"
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id} {self.by} {self.count}"
