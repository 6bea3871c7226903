"""How far each running part has come, as it last told."""

from __future__ import annotations

from django.db import models


class PartHealth(models.Model):
    """The last sign of life of a part: when, since when it runs, its place in its input, and what waits behind it."""

    part = models.CharField(max_length=32, unique=True)
    at_ms = models.BigIntegerField()
    started_ms = models.BigIntegerField()
    position = models.BigIntegerField()
    behind = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.part)
