"""Who may see a page at all. What is not for somebody does not exist for him: 404, never a 403 that tells."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import Http404

from sekisho.core.terms.errors import NotAllowed, NotKnown
from sekisho.office.visit.visit import Visit, visit
from sekisho.office.visit.watch_strip import watch_strip

View = Callable[..., Any]
Found = TypeVar("Found")


def for_staff(view: View) -> View:
    """A page of the desk: `view(request, visit, …)`. Nobody is sent to sign in, customers get 404."""
    return _for(view, staff=True)


def for_customers(view: View) -> View:
    """A page of the portal: `view(request, visit, …)`. Nobody is sent to sign in, staff get 404."""
    return _for(view, staff=False)


def _for(view: View, *, staff: bool) -> View:
    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        came = visit(request)
        if came.who.is_staff is not staff:
            raise Http404
        try:
            return view(request, came, *args, **kwargs)
        except (NotAllowed, NotKnown):
            raise Http404 from None

    return guarded


def found(answer: Found | None) -> Found:
    """What a query gave, or 404 where it knows of no such thing, or of none that is this user's."""
    if answer is None:
        raise Http404
    return answer


def page_context(came: Visit, **more: Any) -> dict[str, Any]:
    """What every template needs, and `more`. The strip is asked for by whole pages only, so it is a question here."""
    return {"who": came.who, "now_ms": came.now_ms, "strip": partial(watch_strip, came.user, came.now_ms), **more}
