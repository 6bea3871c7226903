"""States as a word, a tone and a shape (state.css, templatetags/sekisho_pages.py): colour never speaks alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from django.utils.translation import gettext_lazy

Text: TypeAlias = Any  # a str, or Django's lazy text, which carries no types


@dataclass(frozen=True, slots=True)
class State:
    """What is shown for a state: its word, its tone (a class of state.css), its icon."""

    word: Text
    tone: str
    icon: str


STANDING: Final = {
    "alerted": State(gettext_lazy("Alerted, calls abroad still pass"), "is-warn", "alert"),
    "asked": State(gettext_lazy("Being asked: calls abroad need the PIN"), "is-warn", "alert"),
    "held": State(gettext_lazy("Held by the judge"), "is-stop", "hold"),
    "barred": State(gettext_lazy("Barred"), "is-stop", "bar"),
    "ordered": State(gettext_lazy("Bar being executed"), "is-busy", "waiting"),
}
CLOSED_AS: Final = {
    "fraud": State(gettext_lazy("Closed: fraud"), "is-rest", "done"),
    "honest": State(gettext_lazy("Closed: honest calls"), "is-rest", "done"),
}
ORDER: Final = {
    "accepted": State(gettext_lazy("Accepted"), "is-busy", "waiting"),
    "executing": State(gettext_lazy("Executing"), "is-busy", "waiting"),
    "completed": State(gettext_lazy("Completed"), "is-go", "done"),
}
ACTION: Final = {
    "alert": State(gettext_lazy("Alert"), "is-warn", "alert"),
    "ask": State(gettext_lazy("Asked for PIN"), "is-warn", "alert"),
    "hold": State(gettext_lazy("Hold"), "is-stop", "hold"),
}

FEED: Final = {
    "ok": State(gettext_lazy("As usual"), "is-go", "done"),
    "late": State(gettext_lazy("Late"), "is-warn", "alert"),
    "learning": State(gettext_lazy("Learning"), "is-rest", "waiting"),
}
SHADOW: Final = {
    "runs": State(gettext_lazy("Runs"), "is-go", "done"),
    "behind": State(gettext_lazy("Catching up"), "is-busy", "waiting"),
    "silent": State(gettext_lazy("Does not run"), "is-warn", "alert"),
}
PART: Final = {
    "ok": State(gettext_lazy("Runs"), "is-go", "done"),
    "never": State(gettext_lazy("Not heard yet"), "is-warn", "alert"),
    "silent": State(gettext_lazy("Silent"), "is-stop", "alert"),
    "unsound": State(gettext_lazy("Counts wrongly"), "is-stop", "alert"),
    "stuck": State(gettext_lazy("Stands still"), "is-stop", "alert"),
    "behind": State(gettext_lazy("Late"), "is-warn", "alert"),
}

# Who stands behind a restriction.
OWNERS: Final[dict[str, Text]] = {
    "customer": gettext_lazy("Bar ordered by the customer"),
    "emergency": gettext_lazy("Emergency bar by the carrier"),
    "credit": gettext_lazy("Bar for unpaid charges"),
    "judge": gettext_lazy("Automatic hold"),
    "ask": gettext_lazy("Caller asked for the PIN"),
}
ORDER_KINDS: Final[dict[str, Text]] = {
    "set": gettext_lazy("Order to set the bar"),
    "lift": gettext_lazy("Order to lift the bar"),
}
CHANNELS: Final[dict[str, Text]] = {
    "telephone": gettext_lazy("telephone"),
    "mail": gettext_lazy("e-mail"),
    "sms": gettext_lazy("text message"),
    "post": gettext_lazy("letter"),
    "visit": gettext_lazy("visit"),
}
ROLES: Final[dict[str, Text]] = {
    "operator": gettext_lazy("operator"),
    "supervisor": gettext_lazy("supervisor"),
    "auditor": gettext_lazy("auditor"),
    "customer_admin": gettext_lazy("administrator of the customer"),
    "customer_viewer": gettext_lazy("viewer of the customer"),
    "maintainer": gettext_lazy("maintenance company"),
}
CLASSES: Final[dict[str, Text]] = {
    "fixed": gettext_lazy("fixed line"),
    "mobile": gettext_lazy("mobile"),
    "ip": gettext_lazy("IP telephone"),
    "free": gettext_lazy("free of charge"),
    "special": gettext_lazy("service number"),
    "emergency": gettext_lazy("emergency call"),
    "international": gettext_lazy("international"),
    "invalid": gettext_lazy("no valid number"),
}
PARTS: Final[dict[str, Text]] = {
    "intake": gettext_lazy("intake"),
    "judge": gettext_lazy("judge"),
    "archive": gettext_lazy("archive"),
    "relay": gettext_lazy("relay"),
    "watchdog": gettext_lazy("watchdog"),
    "ticks": gettext_lazy("clock of the judge"),
}
TRAIL: Final[dict[str, Text]] = {
    "case.opened": gettext_lazy("Case opened"),
    "case.closed": gettext_lazy("Case closed"),
    "bar.set": gettext_lazy("Bar ordered"),
    "bar.lifted": gettext_lazy("Lifting of the bar ordered"),
    "hold.released": gettext_lazy("Hold released"),
    "screening.passed": gettext_lazy("Caller proved himself by PIN"),
    "screening.failed": gettext_lazy("Caller did not prove himself by PIN"),
    "contact.logged": gettext_lazy("Contact logged"),
    "calls.viewed": gettext_lazy("Call details looked at"),
}
# Why a verb could not be done (NotPossible of core/terms/errors.py), with the cure.
NOT_POSSIBLE: Final[dict[str, Text]] = {
    "already_barred": gettext_lazy("This owner's bar is in force on the line already. Lift it first, or leave it."),
    "not_barred": gettext_lazy("The bar has been lifted already. Go back to the case to see how it stands."),
    "no_emergency_clause": gettext_lazy(
        "The terms of this contract have no clause on emergency bars. Only an order of the customer can bar the line."
    ),
    "requested_later": gettext_lazy("The time of the request lies after now. Enter when the customer said it."),
    "no_hold": gettext_lazy("There is no hold on the line any more. Go back to the case to see how it stands."),
    "case_closed": gettext_lazy("The case is closed; nothing can be done in it any more."),
    "until_past": gettext_lazy("The end lies in the past. Enter a later time, or none."),
    "taken": gettext_lazy("This name is taken. Choose another."),
    "bad_password": gettext_lazy("The password is too easy. Choose a longer one."),
    "no_proof": gettext_lazy("Write down how the customer said it: by telephone, by letter, and who it was."),
}


def standing(told: str, *, stopped: bool) -> str:
    """A case's standing as a key of STANDING: a bar that the gate does not have yet is only ordered."""
    return "ordered" if told == "barred" and not stopped else told
