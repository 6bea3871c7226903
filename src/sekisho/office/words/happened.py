"""One sentence that says what happened on a line, so that nobody has to read a table to know."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from sekisho.office.words import instants, money
from sekisho.office.words.countries import countries
from sekisho.office.words.scopes import INTERNATIONAL, scope_countries


def calls_abroad(
    codes: Sequence[str], calls: int, milliyen: int, since_ms: int, now_ms: int, *, new: bool = False
) -> str:
    """What was called: 12 calls to Sierra Leone and 2 more countries since 02:14, 43,200 yen.

    `codes`: the dearest country first. `new`: the line never called any of them before.
    """
    told = {
        "count": calls,
        "where": countries(list(codes)),
        "since": instants.moment(since_ms, now_ms),
        "yen": money.yen(milliyen),
    }
    if new:
        return (
            ngettext(
                "%(count)d call to %(where)s, never called before, since %(since)s: %(yen)s.",
                "%(count)d calls to %(where)s, never called before, since %(since)s: %(yen)s.",
                calls,
            )
            % told
        )
    return (
        ngettext(
            "%(count)d call to %(where)s since %(since)s: %(yen)s.",
            "%(count)d calls to %(where)s since %(since)s: %(yen)s.",
            calls,
        )
        % told
    )


def suspected(since_ms: int, now_ms: int) -> str:
    """The sentence while the lake has not got the calls yet."""
    return gettext("Suspect calls abroad since %(since)s.") % {"since": instants.moment(since_ms, now_ms)}


def stopped(standing: str, refused: int, in_progress: int, scope: str = INTERNATIONAL) -> str:
    """What stands against it now, a key of STANDING in words/states.py; `scope` is what a hold or ask covers."""
    if standing == "ordered":
        return gettext("A bar is being executed.")
    if standing == "alerted":
        if in_progress:
            return ngettext(
                "Nothing stops them yet: %(count)d call is in progress.",
                "Nothing stops them yet: %(count)d calls are in progress.",
                in_progress,
            ) % {"count": in_progress}
        return gettext("Nothing stops further calls yet.")
    told = gettext("Calls abroad are barred.")
    if standing in ("held", "asked"):
        told = _held_or_asked(standing, countries(scope_countries(scope)))
    if not refused:
        return told
    return ngettext(
        "%(told)s %(count)d attempt was refused since.", "%(told)s %(count)d attempts were refused since.", refused
    ) % {"told": told, "count": refused}


def _held_or_asked(standing: str, where: str) -> str:
    """`where` is empty for all calls abroad."""
    if standing == "held":
        return (
            gettext("The judge holds calls to %(where)s.") % {"where": where}
            if where
            else gettext("The judge holds calls abroad.")
        )
    if where:
        return gettext("Calls to %(where)s go on only with the PIN.") % {"where": where}
    return gettext("Calls abroad go on only with the PIN.")
