"""A hold, a bar or an ask in plain words, for the customer: what is stopped, why, what still works."""

from __future__ import annotations

from django.utils.translation import gettext

from sekisho.office.words.countries import countries
from sekisho.office.words.scopes import INTERNATIONAL, scope_countries


def headline(owner: str, what: str = "hold", scope: str = INTERNATIONAL) -> str:
    """What is stopped and by whom; `owner`, `what` and `scope` of queries' Restriction."""
    if owner == "judge":
        return _asked_or_held(what, countries(scope_countries(scope)))
    if owner == "emergency":
        return gettext("We have barred calls abroad on this number as an emergency measure")
    if owner == "credit":
        return gettext("Calls abroad are barred on this number because charges are unpaid")
    return gettext("Calls abroad are barred on this number, as you ordered")


def _asked_or_held(what: str, where: str) -> str:
    """`where` is empty for all calls abroad."""
    if what == "ask" and where:
        return gettext("Calls to %(where)s on this number ask for your PIN") % {"where": where}
    if what == "ask":
        return gettext("Calls abroad on this number ask for your PIN")
    if where:
        return gettext("Calls to %(where)s are held on this number") % {"where": where}
    return gettext("Calls abroad are held on this number")


def because(owner: str, reason: str) -> str:
    """Why, for people who know nothing of scores."""
    if owner == "judge":
        return gettext(
            "Calls that do not fit this number's habits went abroad. "
            "Your telephone system may be in somebody else's hands."
        )
    return reason
