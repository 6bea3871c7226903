"""How long an ask or a hold lasts: as long as the judge's profile says."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from sekisho.core.terms.instants import HOUR_MS
from sekisho.wiring.profiles import chosen_policy


@cache
def hold_ms() -> int:
    """Milliseconds from an ask or a hold to its end, where nothing renews it. Raises BadSetting for a bad profile."""
    return int(chosen_policy(settings.SEKISHO.profile).hold_hours * HOUR_MS)
