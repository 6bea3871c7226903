"""A company (会社): the carrier's legal entity. Everything else belongs to one."""

from __future__ import annotations

from django.db import models


class Company(models.Model):
    """A carrier's legal entity; `code` is how messages on the log name it."""

    code = models.CharField(max_length=64, unique=True)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    def __str__(self) -> str:
        return str(self.code)
