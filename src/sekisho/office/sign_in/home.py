"""Where somebody belongs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from sekisho.office.queries.identity import identity


@login_required
def home(request: Any) -> HttpResponse:
    """Staff to the desk, customers to their portal."""
    return redirect("desk-queue" if identity(request.user).is_staff else "portal-home")


def address_inside(request: Any, wanted: str | None) -> str:
    """`wanted` where it is an address of this office, else the home page: nobody is led elsewhere."""
    inside = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and inside else str(settings.LOGIN_REDIRECT_URL)
