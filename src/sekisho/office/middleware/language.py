"""The language of a page is what the reader chose, Japanese until then; what a browser would like is not asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.utils import translation

LANGUAGES: Final = ("ja", "en")


class CookieLanguage:
    """Reads the cookie `sekisho_language`; anything but ja and en is ja."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = get_response

    def __call__(self, request: Any) -> Any:
        """The answer, in the chosen language."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in LANGUAGES else LANGUAGES[0]
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
