"""A customer (お客さま): who signs and pays."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.company import Company

SHOW_FULL, SHOW_MASKED, SHOW_NOTHING = "full", "masked", "nothing"
NUMBERS_SHOWN = {
    SHOW_FULL: "whole numbers",
    SHOW_MASKED: "the last four digits hidden",
    SHOW_NOTHING: "no numbers",
}


class Customer(models.Model):
    """Who signs and pays; `numbers_shown` is how the customer wants called numbers written in call details."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="customers")
    code = models.CharField(max_length=64)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    numbers_shown = models.CharField(max_length=16, choices=NUMBERS_SHOWN, default=SHOW_MASKED)
    details_since_ms = models.BigIntegerField(null=True)  # call details were applied for from then on; null: never

    class Meta:
        """A customer's code is unique in its company."""

        constraints = (
            models.UniqueConstraint(fields=["company", "code"], name="one_customer_a_code"),
            models.CheckConstraint(condition=models.Q(numbers_shown__in=NUMBERS_SHOWN), name="customer_numbers_shown"),
        )

    def __str__(self) -> str:
        return str(self.code)
