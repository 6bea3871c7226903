"""What somebody sees who has guessed too often."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render

TOO_MANY: Final = 429


def locked_out(request: Any, *_details: Any) -> HttpResponse:
    """The sign-in page, which says that it is closed for a while."""
    return render(request, "sekisho/sign_in.html", {"next": "/", "username": "", "locked": True}, status=TOO_MANY)
