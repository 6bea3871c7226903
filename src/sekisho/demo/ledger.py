"""What the attack cost, and what it would have cost: the demonstration's closing account, one a company.

cost  = the charges of the attack's calls that went on, calls in progress with the units they have begun
saved = attempts that were refused × the mean charge of the attack's calls that went on, were answered and are over,
        without fractions of a yen: it is an estimate

Until such a call is over, a refused attempt counts the first unit (a minute) of what it rang.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sekisho.core.terms.money import MILLIYEN
from sekisho.demo.prices import Prices


@dataclass(frozen=True, slots=True)
class Sums:
    """The account at an instant; money in milli-yen. `ordinary`, `stopped`: honest calls, and those refused."""

    went_on: int
    refused: int
    in_progress: int
    cost: int
    saved: int
    ordinary: int
    stopped: int


@dataclass(slots=True)
class Ledger:
    """Hears of every call of one company from the switch."""

    prices: Prices
    went_on: int = 0
    refused: int = 0
    ordinary: int = 0
    stopped: int = 0
    ended_cost: int = 0
    ended: int = 0
    refused_units: int = 0  # the first unit of every refused attempt
    open: dict[str, tuple[str, str, int]] = field(default_factory=dict)  # call_id → line, number, answered at

    def attempted(self, line: str, number: str, at_ms: int, *, attack: bool, allowed: bool) -> None:
        """A call was tried at `at_ms`, and the gate has spoken."""
        if not attack:
            self.ordinary += 1
            self.stopped += not allowed
        elif allowed:
            self.went_on += 1
        else:
            self.refused += 1
            self.refused_units += self.prices.charge(line, number, at_ms, 0, over=True)

    def answered(self, call_id: str, line: str, number: str, at_ms: int) -> None:
        """A call of the attack was answered."""
        self.open[call_id] = (line, number, at_ms)

    def ended_at(self, call_id: str, at_ms: int) -> None:
        """A call of the attack is over; one that was never answered costs nothing."""
        begun = self.open.pop(call_id, None)
        if begun is not None:
            line, number, answer_ms = begun
            self.ended_cost += self.prices.charge(line, number, answer_ms, at_ms - answer_ms, over=True)
            self.ended += 1

    def sums(self, at_ms: int) -> Sums:
        """The account at `at_ms`."""
        running = sum(
            self.prices.charge(line, number, answer_ms, at_ms - answer_ms, over=False)
            for line, number, answer_ms in self.open.values()
        )
        saved = self.refused * self.ended_cost // self.ended if self.ended else self.refused_units
        return Sums(
            went_on=self.went_on,
            refused=self.refused,
            in_progress=len(self.open),
            cost=self.ended_cost + running,
            saved=saved - saved % MILLIYEN,
            ordinary=self.ordinary,
            stopped=self.stopped,
        )


def together(sums: list[Sums]) -> Sums:
    """The account of all companies."""
    return Sums(*(sum(getattr(each, name) for each in sums) for name in Sums.__dataclass_fields__))
