"""A feed as the watchdog reported it last: what one source tells, what the gate is asked, or what the watch says."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.company import Company


class WatchedFeed(models.Model):
    """One feed. `source` is empty for attempts and verdicts; `hours`: [begin in ms, events, usual events or null]."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="feeds")
    company_text = models.CharField(max_length=255)
    source = models.CharField(max_length=255)
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    at_ms = models.BigIntegerField()
    since_ms = models.BigIntegerField(null=True)
    last_event_ms = models.BigIntegerField()
    last_arrival_ms = models.BigIntegerField(null=True)
    silent_ms = models.BigIntegerField()
    usual_gap_ms = models.BigIntegerField(null=True)
    alarm_after_ms = models.BigIntegerField(null=True)
    expected = models.FloatField()
    hours = models.JSONField(default=list)
    gaps = models.JSONField(default=list)

    class Meta:
        """One row a feed."""

        constraints = (models.UniqueConstraint(fields=["company_text", "source", "kind"], name="one_row_a_feed"),)

    def __str__(self) -> str:
        return f"{self.company_text} {self.source} {self.kind}"
