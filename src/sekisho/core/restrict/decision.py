"""The one decision. Emergency calls pass before anything else is looked at; domestic calls pass every restriction.

What is not international in the numbering plan is not restricted: bars of this form are BOIC (3GPP TS 22.088), barring
of outgoing international calls. Incoming calls never come here.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

from sekisho.core.restrict.restrictions import Bar
from sekisho.core.terms.destination import DestinationClass


class Why(IntEnum):
    """What a decision rests on."""

    FREE = 0  # no restriction covers the call
    EMERGENCY = 1
    DOMESTIC = 2
    BAR = 3
    HOLD = 4


class Decision(NamedTuple):
    """Allowed or not, why, the bar that refuses (else empty), and one ASCII sentence for the switch."""

    allowed: bool
    why: Why
    bar: str
    text: str


PASS_EMERGENCY: Final = Decision(True, Why.EMERGENCY, "", "emergency call")
PASS_DOMESTIC: Final = Decision(True, Why.DOMESTIC, "", "not an international call")
PASS_FREE: Final = Decision(True, Why.FREE, "", "no restriction")
REFUSE_HELD: Final = Decision(False, Why.HOLD, "", "International calls held: fraud suspected on this line")
_BARRED: Final = {
    "customer": "International calls barred by the customer's order",
    "emergency": "International calls barred by the carrier as an emergency measure",
    "credit": "International calls barred: credit",
}
_INTERNATIONAL: Final = int(DestinationClass.INTERNATIONAL)
_EMERGENCY: Final = int(DestinationClass.EMERGENCY)


def decide(class_: int, bar: Bar | None, held_until_ms: int, at_ms: int) -> Decision:
    """What becomes of an outgoing call to a destination of this class (DestinationClass).

    `bar` is the one in force on its line, if any; `held_until_ms` the end of the line's hold, or any past instant.
    """
    if class_ == _EMERGENCY:
        return PASS_EMERGENCY
    if class_ != _INTERNATIONAL:
        return PASS_DOMESTIC
    if bar is not None:
        return Decision(False, Why.BAR, bar.bar, _BARRED[bar.owner])
    if at_ms < held_until_ms:
        return REFUSE_HELD
    return PASS_FREE
