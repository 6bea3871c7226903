"""How a shadow policy compares, in sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext

from sekisho.office.words import money
from sekisho.office.words.watch import rough_span


def since(shadow: Any, first_ms: int, when: str) -> str:
    """What is compared: since it began, or the last 28 days."""
    if shadow.since_ms == first_ms:
        return gettext("Compared since it began, %(when)s.") % {"when": when}
    return gettext("Compared over the last 28 days.")


def lead(ahead_ms: int | None) -> str:
    """How much sooner or later the shadow spoke."""
    if ahead_ms is None:
        return ""
    if ahead_ms == 0:
        return gettext("at the same call")
    span = rough_span(abs(ahead_ms))
    return (gettext("%(span)s sooner") if ahead_ms > 0 else gettext("%(span)s later")) % {"span": span}


def frauds_said(measured: Any) -> str:
    """Of the cases closed as fraud: how many the shadow spoke of, how much sooner, and what had been spent by then."""
    if not measured.frauds:
        return gettext("No case since then was closed as fraud.")
    said = ngettext(
        "Of %(frauds)d case closed as fraud it spoke of %(caught)d.",
        "Of %(frauds)d cases closed as fraud it spoke of %(caught)d.",
        measured.frauds,
    ) % {"frauds": measured.frauds, "caught": measured.caught}
    if measured.median_ahead_ms is None:
        return said
    told = {
        "ahead": measured.ahead,
        "behind": measured.behind,
        "median": lead(measured.median_ahead_ms),
        "own": money.yen(measured.spent_shadow),
        "active": money.yen(measured.spent_active),
    }
    return (
        f"{said} "
        + gettext(
            "Sooner in %(ahead)d, later in %(behind)d; in the middle %(median)s. "
            "Spent on these lines by its first word: %(own)s; by the active policy's: %(active)s."
        )
        % told
    )


def honest_said(measured: Any) -> str:
    """Of the cases closed as honest: how many the shadow would have spoken of too."""
    if not measured.honest:
        return gettext("No case since then was closed as honest calls.")
    return ngettext(
        "Of %(honest)d case closed as honest calls it would have spoken of %(false)d.",
        "Of %(honest)d cases closed as honest calls it would have spoken of %(false)d.",
        measured.honest,
    ) % {"honest": measured.honest, "false": measured.false}
