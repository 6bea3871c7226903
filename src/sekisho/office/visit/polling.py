"""Fragments that keep themselves fresh: the page asks again, and nothing is swapped while nothing has changed.

A fragment carries the hash of what it shows. Asked with that hash, the office answers 204 and the browser leaves the
page alone: no flicker, focus and selection stay. Changed parts are found again by their ids, so focus survives a swap.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

_HASH: Final = 16
UNCHANGED: Final = 204


def fragment(request: Any, name: str, template: str, context: dict[str, Any], *, every_s: int) -> SafeString:
    """The fragment `name` with its own poll, every `every_s` seconds at the page's own address."""
    inner = render_to_string(template, context, request)
    return render_to_string(
        "sekisho/polled.html", {"name": name, "inner": inner, "seen": _hash(inner), "every_s": every_s}, request
    )


def answer(request: Any, told: SafeString) -> HttpResponse:
    """The answer to a poll: `told`, or 204 where the browser has it already."""
    seen = request.GET.get("seen", "")
    if seen and f"seen={seen}&" in told:
        return HttpResponse(status=UNCHANGED)
    return HttpResponse(told)


def wanted(request: Any) -> str:
    """Which fragment a poll asks for; empty for a whole page."""
    return request.GET.get("part", "") if request.htmx else ""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH]
