"""A hold or a bar in plain words, for the customer: what is stopped, why, what still works."""

from __future__ import annotations

from django.utils.translation import gettext


def headline(owner: str) -> str:
    """What is stopped and by whom; `owner` of queries' Restriction."""
    if owner == "judge":
        return gettext("Calls abroad are held on this number")
    if owner == "emergency":
        return gettext("We have barred calls abroad on this number as an emergency measure")
    if owner == "credit":
        return gettext("Calls abroad are barred on this number because charges are unpaid")
    return gettext("Calls abroad are barred on this number, as you ordered")


def because(owner: str, reason: str) -> str:
    """Why, for people who know nothing of scores."""
    if owner == "judge":
        return gettext(
            "Calls that do not fit this number's habits went abroad. "
            "Your telephone system may be in somebody else's hands."
        )
    return reason
