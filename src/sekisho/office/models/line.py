"""A line (電話番号): the number that is charged."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.company import Company
from sekisho.office.models.contract import Contract


class Line(models.Model):
    """The E.164 number that is charged, with its `+`."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="lines")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="lines")
    number = models.CharField(max_length=20)

    class Meta:
        """A number is one line of its company."""

        constraints = (
            models.UniqueConstraint(fields=["company", "number"], name="one_line_a_number"),
            models.CheckConstraint(condition=models.Q(number__startswith="+"), name="line_number_e164"),
        )

    def __str__(self) -> str:
        return str(self.number)
