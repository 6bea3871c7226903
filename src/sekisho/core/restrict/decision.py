"""The one decision. Emergency calls pass before anything else is looked at; domestic calls pass every restriction.

What is not international in the numbering plan is not restricted: bars of this form are BOIC (3GPP TS 22.088), barring
of outgoing international calls. Incoming calls never come here. The order: emergency, domestic, bar, hold, ask.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

from sekisho.core.restrict.restrictions import Bar
from sekisho.core.terms.destination import NO_COUNTRY, DestinationClass

EVERYWHERE: Final = NO_COUNTRY  # as the country of a hold or ask: all international calls
_PAST: Final = -(1 << 62)


class Why(IntEnum):
    """What a decision rests on."""

    FREE = 0  # no restriction covers the call
    EMERGENCY = 1
    DOMESTIC = 2
    BAR = 3
    HOLD = 4
    ASK = 5  # allowed: once the caller has proved himself; refused: he should, and cannot be asked
    ALLOWANCE = 6  # he should be asked and cannot be: one of the few calls that pass all the same (allowance.py)


class Decision(NamedTuple):
    """Allowed or not, why, the bar that refuses (else empty), and one ASCII sentence for the switch.

    Allowed with `Why.ASK`: only by way of the screening announcement. `most_s`: the switch should end the call after so
    many seconds of talk; 0: no limit.
    """

    allowed: bool
    why: Why
    bar: str
    text: str
    most_s: int = 0

    @property
    def asked(self) -> bool:
        """Whether the call may go on to the screening announcement only."""
        return self.allowed and self.why is Why.ASK


class Standing(NamedTuple):
    """What the watch has laid on a line: a hold and an ask, each until an instant (ms; a past one: none).

    Each covers the calls to one country (terms/destination), or EVERYWHERE.
    """

    held_until_ms: int = _PAST
    held_country: int = EVERYWHERE
    asked_until_ms: int = _PAST
    asked_country: int = EVERYWHERE


NOTHING: Final = Standing()
PASS_EMERGENCY: Final = Decision(True, Why.EMERGENCY, "", "emergency call")
PASS_DOMESTIC: Final = Decision(True, Why.DOMESTIC, "", "not an international call")
PASS_FREE: Final = Decision(True, Why.FREE, "", "no restriction")
ASK: Final = Decision(True, Why.ASK, "", "Caller to prove himself by PIN before this call goes on")
REFUSE_HELD: Final = Decision(False, Why.HOLD, "", "International calls held: fraud suspected on this line")
REFUSE_HELD_THERE: Final = Decision(False, Why.HOLD, "", "Calls to this destination held: fraud suspected on this line")
_BARRED: Final = {
    "customer": "International calls barred by the customer's order",
    "emergency": "International calls barred by the carrier as an emergency measure",
    "credit": "International calls barred: credit",
}
_INTERNATIONAL: Final = int(DestinationClass.INTERNATIONAL)
_EMERGENCY: Final = int(DestinationClass.EMERGENCY)


def decide(class_: int, country: int, bar: Bar | None, standing: Standing, at_ms: int) -> Decision:
    """What becomes of an outgoing call to a destination of this class (DestinationClass) and country.

    `bar` is the one in force on its line, if any; `standing` what the watch has laid on it.
    """
    if class_ == _EMERGENCY:
        return PASS_EMERGENCY
    if class_ != _INTERNATIONAL:
        return PASS_DOMESTIC
    if bar is not None:
        return Decision(False, Why.BAR, bar.bar, _BARRED[bar.owner])
    if at_ms < standing.held_until_ms and standing.held_country in (EVERYWHERE, country):
        return REFUSE_HELD if standing.held_country == EVERYWHERE else REFUSE_HELD_THERE
    if at_ms < standing.asked_until_ms and standing.asked_country in (EVERYWHERE, country):
        return ASK
    return PASS_FREE
