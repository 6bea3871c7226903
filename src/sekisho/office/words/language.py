"""The two languages of the pages."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language

JAPANESE: Final = "ja"
ENGLISH: Final = "en"
LANGUAGES: Final = (JAPANESE, ENGLISH)


def language() -> str:
    """The active one, `ja` or `en`; whatever else may be active counts as Japanese."""
    return ENGLISH if (get_language() or "").startswith(ENGLISH) else JAPANESE
