"""Verdicts are written here, and here is decided how often the watch may repeat itself."""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from sekisho.core.terms.destination import NO_COUNTRY
from sekisho.core.watch import spend
from sekisho.core.watch.book import Book, contract_at, line_at, new_verdict
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.score import forget_unproven, top_score
from sekisho.core.watch.state import EVIDENCES, Record


class Occasion(NamedTuple):
    """On what occasion the judge speaks.

    The call's `row` in the batch (NONE: a timer speaks), its open `slot` (NONE: not open, or the row tells enough), its
    `handle`, its `line`, the CallEvent and the instant.
    """

    row: int
    slot: int
    handle: int
    line: int
    event: int
    at: int


@njit(cache=True)
def is_hold_due(line: Record, at: int, dials: Dials) -> bool:
    """Whether `may_hold` would hold the line: no hold covers more than half of `hold_ms` from `at`."""
    return bool(at >= line.held_until - dials.hold_ms // 2)


@njit(cache=True)
def may_hold(line: Record, at: int, dials: Dials) -> bool:
    """Hold the line for `hold_ms` from `at`; False where a hold already covers more than half of that."""
    if not is_hold_due(line, at, dials):
        return False
    line.held_until = at + dials.hold_ms
    forget_unproven(line, at, dials)
    return True


@njit(cache=True)
def may_hold_there(line: Record, country: int, at: int, dials: Dials) -> bool:
    """Whether one destination of the line may be held (again) at `at`: not while all is held, else as an alert may.

    A destination that nobody can name (country 0) is held with all international calls.
    """
    if country == NO_COUNTRY:
        return may_hold(line, at, dials)
    return bool(at >= line.held_until) and may_alert(line, at, dials)


@njit(cache=True)
def may_alert(line: Record, at: int, dials: Dials) -> bool:
    """Whether the line may be alerted (again) at `at`; remembers that it was."""
    if at - line.alerted_at < dials.alert_every_ms:
        return False
    line.alerted_at = at
    return True


@njit(cache=True)
def write(
    book: Book,
    occasion: Occasion,
    action: int,
    reason: int,
    first: float,
    second: float,
    third: float,
    scope: int = 0,
) -> None:
    """Write one verdict.

    `first`, `second`, `third` are the facts its sentences need: of a score, what score_call gave; of a rule, see
    rules/catalogue.py. `scope`: 0 for all international calls, else the country it is about.
    """
    line = line_at(book, occasion.line)
    contract = contract_at(book, line.contract)
    running = spend.in_progress(book, contract, occasion.at)
    verdict = new_verdict(book)
    verdict.row, verdict.slot, verdict.handle = occasion.row, occasion.slot, occasion.handle
    verdict.line, verdict.event, verdict.at = occasion.line, occasion.event, occasion.at
    verdict.action, verdict.reason, verdict.scope = action, reason, scope
    verdict.score = top_score(line)
    likelier = 0 if line.score[0] >= line.score[1] else 1
    for evidence in range(EVIDENCES):
        verdict.nats[evidence] = line.shares[likelier, evidence]
    verdict.facts[0], verdict.facts[1], verdict.facts[2] = first, second, third
    verdict.day_spend = spend.day_total(contract) + running
    verdict.month_spend = contract.month_spend + running
