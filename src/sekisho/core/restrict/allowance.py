"""Where the gate cannot ask: a small first allowance per destination, then the ask refuses like a hold.

An ask wants the caller's PIN. A switch without a screening announcement cannot ask, and no statistics tell the first
honest call to a new country from a thief's first. So a few calls to each destination pass while an ask is in force, no
dearer each than the allowance says, and the watch sees what they do; all others are refused until the ask ends.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sekisho.core.restrict.decision import Decision, Why
from sekisho.core.terms.instants import SECOND_MS
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.units import MAX_TALK_MS, Price, cost_of

_UNKNOWABLE: Final = "Caller cannot be asked to prove himself, and the first calls to this destination are used up"
_TOO_DEAR: Final = "Caller cannot be asked to prove himself, and this destination is too dear to try"
_PASSED: Final = "first call to this destination while the caller cannot be asked"


class Allowance(NamedTuple):
    """How many calls pass per destination while an ask is in force, and the most (yen) that each may cost."""

    calls: int = 1
    yen: int = 300


USUAL: Final = Allowance()


def instead_of_asking(allowance: Allowance, passed: int, price: Price | None) -> Decision:
    """The decision on a call that should be asked and cannot be.

    `passed`: how many calls to its destination the ask has let pass already. `price`: what it will cost, None where
    nobody knows. An allowed call should end before it costs more than the allowance (`Decision.most_s`).
    """
    if passed >= allowance.calls:
        return Decision(False, Why.ASK, "", _UNKNOWABLE)
    if price is None:
        return Decision(True, Why.ALLOWANCE, "", _PASSED)
    most_ms = most_talk_ms(price, allowance.yen * MILLIYEN)
    if most_ms < SECOND_MS:
        return Decision(False, Why.ASK, "", _TOO_DEAR)
    return Decision(True, Why.ALLOWANCE, "", _PASSED, 0 if most_ms >= MAX_TALK_MS else most_ms // SECOND_MS)


def most_talk_ms(price: Price, milliyen: int) -> int:
    """The longest talk that costs no more than so much: whole units. MAX_TALK_MS where it never costs more."""
    if price.unit_ms == 0:
        return MAX_TALK_MS
    if cost_of(price, 1) > milliyen:
        return 0
    if price.unit_milliyen == 0:
        return MAX_TALK_MS
    # Where the fraction of a yen is dropped, what is below the next whole yen costs no more.
    room = milliyen - milliyen % MILLIYEN + MILLIYEN - 1 if price.floor_yen else milliyen
    more = (room - price.connection_milliyen - price.first_milliyen) // price.unit_milliyen
    return min(price.first_unit_ms + more * price.unit_ms, MAX_TALK_MS)
