"""Times that people type: `datetime-local` in Japanese time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from sekisho.core.terms.instants import DAY_MS, JST_OFFSET_MS, MINUTE_MS, japanese_time_text

_FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


class InstantField(forms.Field):
    """Milliseconds since the epoch, from `2026-11-24T02:14` in Japan; None where nothing was typed."""

    default_error_messages = {"invalid": gettext_lazy("Enter date and time, like 2026-11-24 02:14.")}  # noqa: RUF012

    def to_python(self, value: Any) -> int | None:
        """The instant; a text that is none is told beside the field."""
        text = str(value or "").strip().replace(" ", "T")
        if not text:
            return None
        for form in _FORMS:
            try:
                moment = datetime.strptime(text, form)  # noqa: DTZ007 - Japanese time, made UTC below
            except ValueError:
                continue
            day_ms = (moment.date() - datetime(1970, 1, 1).date()).days * DAY_MS  # noqa: DTZ001
            return day_ms + (moment.hour * 60 + moment.minute) * MINUTE_MS + moment.second * 1000 - JST_OFFSET_MS
        raise forms.ValidationError(self.error_messages["invalid"], "invalid")


def typed(instant_ms: int) -> str:
    """An instant as the field wants it."""
    return japanese_time_text(instant_ms)[:16].replace(" ", "T")
