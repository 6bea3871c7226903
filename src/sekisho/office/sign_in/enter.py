"""The sign-in page. Guessing is stopped by axes (settings.py); a refusal never says which half was wrong."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sekisho.office.sign_in.home import address_inside

_REFUSED = 401


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def enter(request: Any) -> HttpResponse:
    """GET shows the form, POST signs in and goes on to where the visitor wanted to be."""
    onward = address_inside(request, request.POST.get("next") or request.GET.get("next"))
    context = {"next": onward, "username": ""}
    if request.method == "GET":
        if request.user.is_authenticated:
            return redirect(onward)
        return render(request, "sekisho/sign_in.html", context)
    username = request.POST.get("username", "")
    user = authenticate(request, username=username, password=request.POST.get("password", ""))
    if user is None:
        told = {**context, "username": username, "refused": True}
        return render(request, "sekisho/sign_in.html", told, status=_REFUSED)
    login(request, user)
    response = redirect(onward)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
    return response
