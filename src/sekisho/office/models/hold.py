"""A hold (自動保留): the judge's own stop of international calls on a line, as its verdict told."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.company import Company
from sekisho.office.models.line import Line
from sekisho.office.models.verdict import Verdict


class Hold(models.Model):
    """One hold. It ends by itself at `until_ms`; released earlier by the desk, `acknowledged_ms` is when it was so."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="holds")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="holds")
    verdict = models.OneToOneField(Verdict, on_delete=models.PROTECT, related_name="hold")
    since_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField()
    release = models.UUIDField(null=True, db_index=True)  # the release message that ended it
    released_ms = models.BigIntegerField(null=True)
    acknowledged_ms = models.BigIntegerField(null=True)

    class Meta:
        """A release has a name and an instant; only a release can be acknowledged."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(release__isnull=True, released_ms__isnull=True, acknowledged_ms__isnull=True)
                | models.Q(release__isnull=False, released_ms__isnull=False),
                name="hold_release_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(until_ms__gte=models.F("since_ms")), name="hold_until_after_since"
            ),
        )
        indexes = (models.Index(fields=["line", "until_ms"], name="hold_by_line"),)

    def __str__(self) -> str:
        return f"{self.line_id} {self.since_ms}"
