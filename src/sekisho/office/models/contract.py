"""A contract (契約): what a customer signed; 1 to 7,000 lines, 1 to 300 channels."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.company import Company
from sekisho.office.models.customer import Customer
from sekisho.office.models.terms_version import TermsVersion

MOST_CHANNELS = 300


class Contract(models.Model):
    """What a customer signed. `terms`: its own version; null: the company's newest effective one. Limits 0: none."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="contracts")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contracts")
    code = models.CharField(max_length=64)
    channels = models.PositiveIntegerField()
    terms = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, null=True, related_name="contracts")
    daily_limit_yen = models.PositiveIntegerField(default=0)
    monthly_limit_yen = models.PositiveIntegerField(default=0)

    class Meta:
        """A contract's code is unique in its company."""

        constraints = (
            models.UniqueConstraint(fields=["company", "code"], name="one_contract_a_code"),
            models.CheckConstraint(
                condition=models.Q(channels__gte=1, channels__lte=MOST_CHANNELS), name="contract_channels"
            ),
        )

    def __str__(self) -> str:
        return str(self.code)
