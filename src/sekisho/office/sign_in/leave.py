"""Going out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST


@require_POST
def leave(request: Any) -> HttpResponse:
    """End the session, and back to the sign-in page."""
    logout(request)
    return redirect("sign-in")
