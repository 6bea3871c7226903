"""Terms (契約約款): a dated version with clauses. The newest that is effective holds for the company's contracts."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.company import Company


class TermsVersion(models.Model):
    """One version of a company's terms: what the carrier may do on its own judgement from `effective_ms` on."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="terms_versions")
    version = models.CharField(max_length=32)
    effective_ms = models.BigIntegerField()
    automatic_hold = models.BooleanField()
    emergency_bar = models.BooleanField()
    announced_ms = models.BigIntegerField(null=True)  # the judge was told that it is in force; null: not yet

    class Meta:
        """Two versions of one company never come into force at the same instant."""

        constraints = (
            models.UniqueConstraint(fields=["company", "version"], name="one_terms_a_version"),
            models.UniqueConstraint(fields=["company", "effective_ms"], name="one_terms_an_instant"),
        )

    def __str__(self) -> str:
        return str(self.version)
