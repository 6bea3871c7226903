"""A part as the watchdog reported it last."""

from __future__ import annotations

from django.db import models


class WatchedPart(models.Model):
    """One part, or the ticks: its state, since when, its last sign of life, what waits for it and how late it works."""

    part = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=16)
    at_ms = models.BigIntegerField()
    since_ms = models.BigIntegerField(null=True)
    last_ms = models.BigIntegerField(null=True)
    behind = models.BigIntegerField()
    lag_ms = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return str(self.part)
