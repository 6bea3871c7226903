"""The month that an address names, `?month=2026-11`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404


def asked_month(request: Any) -> date | None:
    """Its first day; None where none is named; 404 for what is no month."""
    text = request.GET.get("month", "")
    if not text:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
