"""The switch between Japanese and English."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from sekisho.office.sign_in.home import address_inside
from sekisho.office.words.language import JAPANESE, LANGUAGES

_YEAR_S: Final = 365 * 24 * 60 * 60


@require_POST
def switch(request: Any) -> HttpResponse:
    """Remember the language in a cookie, and back to the page."""
    chosen = request.POST.get("language")
    response = redirect(address_inside(request, request.POST.get("next")))
    value = chosen if chosen in LANGUAGES else JAPANESE
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, value, max_age=_YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    return response
