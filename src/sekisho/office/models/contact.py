"""A contact (連絡): one attempt to reach the customer."""

from __future__ import annotations

from django.db import models

from sekisho.office.models.case import Case
from sekisho.office.models.company import Company
from sekisho.office.models.user import User

CHANNELS = ("telephone", "mail", "sms", "post", "visit")


class Contact(models.Model):
    """One attempt to reach the customer of a case: by which channel, whom, when, whether it worked."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="contacts")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    channel = models.CharField(max_length=16, choices=[(channel, channel) for channel in CHANNELS])
    who = models.CharField(max_length=200)
    at_ms = models.BigIntegerField()
    reached = models.BooleanField()
    note = models.TextField(blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="contacts")

    def __str__(self) -> str:
        return f"{self.channel} {self.who}"
