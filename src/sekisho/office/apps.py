"""The office as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """One app holds all of it, under the label `office`."""

    name = "sekisho.office"
    label = "office"
    default_auto_field = "django.db.models.BigAutoField"
