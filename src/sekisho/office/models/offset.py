"""How far the relay has read each topic: written in the transaction of what it did with it."""

from __future__ import annotations

from django.db import models


class ConsumerOffset(models.Model):
    """The last sequence of `topic` that the office has taken."""

    topic = models.CharField(max_length=64, unique=True)
    sequence = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.topic} {self.sequence}"
