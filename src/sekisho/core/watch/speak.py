"""Verdicts are written here, and here is decided how often the watch may repeat itself."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from sekisho.core.terms.destination import NO_COUNTRY
from sekisho.core.terms.instants import MINUTE_MS, NEVER
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch import recent, scorecard, spend
from sekisho.core.watch.book import Book, abroad_at, contract_at, dials_of, line_at, new_verdict
from sekisho.core.watch.evidence import catalogue as of
from sekisho.core.watch.features import EVIDENCE_OF, FREE_SCORES
from sekisho.core.watch.habit import forget_unproven
from sekisho.core.watch.judged import SCORE
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.score import untaught
from sekisho.core.watch.state import EVIDENCES, NONE, PROVED, Record

EVERYWHERE: Final = 0  # scope: all international calls
_FREE: Final = EVIDENCES  # the label-free score among the features, before it is shared out
_EVIDENCE_OF: Final = np.array([_FREE] * FREE_SCORES + list(EVIDENCE_OF[FREE_SCORES:]), np.int64)


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
def covers(until: int, scope: int, country: int, left: int, at: int) -> bool:
    """Whether an ask or hold of this scope, in force `until`, covers a call to `country` for more than `left` ms."""
    if until == NEVER or at >= until - left:
        return False
    return scope == EVERYWHERE or int(scope) == int(country)


@njit(cache=True)
def hold(line: Record, abroad: Record, scope: int, at: int, dials: Dials) -> bool:
    """Hold the line's calls to `scope` for `hold_ms`; False where a hold covers that already, for a while yet.

    A second destination widens a hold to all international calls.
    """
    if covers(line.held_until, line.held_country, scope, dials.renew_ms, at):
        return False
    if line.held_until != NEVER and at < line.held_until and line.held_country != scope:
        scope = EVERYWHERE
    line.held_country = scope
    line.held_until = max(line.held_until, at + dials.hold_ms)  # a late event shortens nothing
    if line.abroad != NONE:
        abroad.said_minute = at // MINUTE_MS
        forget_unproven(abroad, at, dials)
    return True


@njit(cache=True)
def is_hold_due(line: Record, at: int, dials: Dials) -> bool:
    """Whether `may_hold` would hold the line: nothing covers all its international calls for a while yet."""
    return not covers(line.held_until, line.held_country, EVERYWHERE, dials.renew_ms, at)


@njit(cache=True)
def ask(line: Record, abroad: Record, country: int, at: int, dials: Dials) -> bool:
    """Ask for the PIN at all international calls for `hold_ms`; False where that is done, or the call is held."""
    if covers(line.asked_until, line.asked_country, country, dials.renew_ms, at):
        return False
    if line.asked_country == PROVED and at < line.asked_until:
        return False
    if covers(line.held_until, line.held_country, country, dials.renew_ms, at):
        return False
    line.asked_country = EVERYWHERE
    line.asked_until = max(line.asked_until, at + dials.hold_ms)
    abroad.said_minute = at // MINUTE_MS
    forget_unproven(abroad, at, dials)
    return True


@njit(cache=True)
def may_hold(book: Book, line: Record, at: int, dials: Dials) -> bool:
    """Hold all international calls of a line because of its money; see `hold`."""
    return hold(line, abroad_at(book, max(line.abroad, 0)), EVERYWHERE, at, dials)


@njit(cache=True)
def may_hold_there(book: Book, line: Record, country: int, at: int, dials: Dials) -> bool:
    """Hold one destination of the line; a destination that nobody can name (country 0), all international calls."""
    return hold(line, abroad_at(book, max(line.abroad, 0)), EVERYWHERE if country == NO_COUNTRY else country, at, dials)


@njit(cache=True)
def may_alert(line: Record, at: int, dials: Dials) -> bool:
    """Whether the line may be alerted (again) at `at`; remembers that it was."""
    if at - line.alerted_at < dials.alert_every_ms:
        return False
    line.alerted_at = at
    return True


@njit(cache=True)
def _new(book: Book, occasion: Occasion, action: int, reason: int, scope: int) -> Record:
    contract = contract_at(book, line_at(book, occasion.line).contract)
    running = spend.in_progress(book, contract, occasion.at)
    verdict = new_verdict(book)
    verdict.row, verdict.slot, verdict.handle = occasion.row, occasion.slot, occasion.handle
    verdict.line, verdict.event, verdict.at = occasion.line, occasion.event, occasion.at
    verdict.action, verdict.reason, verdict.scope = action, reason, scope
    verdict.score = 0.0
    for evidence in range(EVIDENCES):
        verdict.nats[evidence] = 0.0
        verdict.facts[evidence] = 0.0
    verdict.day_spend = spend.day_total(contract) + running
    verdict.month_spend = contract.month_spend + running
    return verdict


@njit(cache=True)
def write(
    book: Book, occasion: Occasion, action: int, reason: int, first: float, second: float, third: float, scope: int
) -> None:
    """Write one verdict of a rule; `first`, `second`, `third` are the facts its sentence needs: see there."""
    verdict = _new(book, occasion, action, reason, scope)
    verdict.facts[0], verdict.facts[1], verdict.facts[2] = first, second, third


@njit(cache=True)
def write_score(book: Book, occasion: Occasion, action: int, scope: int, nats: float, sight: Record) -> None:
    """Write one verdict of the score, `nats` in all, with what each evidence has to do with it."""
    line = line_at(book, occasion.line)
    abroad = abroad_at(book, line.abroad)
    verdict = _new(book, occasion, action, SCORE, scope)
    verdict.score = nats
    if book.tree_count > 0:
        _explain(book, abroad, verdict)
        listed, told = untaught(line, sight, occasion.at, dials_of(book))
        verdict.nats[of.HOT_LIST] += listed
        verdict.nats[of.SIGNAL] += told
    else:
        _share_out(abroad, verdict, nats)
    facts = verdict.facts
    facts[of.RATE] = sight.week_an_hour
    facts[of.COUNTRY] = sight.share
    facts[of.PRICE] = sight.milliyen_a_minute / MILLIYEN
    facts[of.PART_OF_WEEK] = sight.week_an_hour * np.exp(-sight.quieter)
    facts[of.NUMBER] = max(sight.number_hours, 0.0)
    facts[of.VALIDITY] = 0.0 if sight.valid != 0 else 1.0
    facts[of.ADJACENT] = abroad.walked_2h
    facts[of.ENUMERATION] = abroad.prefixed_2h
    facts[of.CONCURRENCY] = abroad.open
    facts[of.DURATION] = recent.talks_spread(abroad)
    facts[of.PROBE] = abroad.probes_2d
    facts[of.DIAL_THROUGH] = abroad.through_day
    facts[of.CAMPAIGN] = sight.block
    facts[of.HOT_LIST] = sight.hot
    facts[of.SIGNAL] = line.signal / 100.0
    facts[of.SUSPECT_BLOCK] = sight.suspect_block
    facts[of.SUSPECT_COUNTRY] = sight.suspects_there
    facts[of.SPEND] = abroad.spend_day


@njit(cache=True)
def _explain(book: Book, abroad: Record, verdict: Record) -> None:
    """What each evidence contributed to the scorecard's nats; the label-free score's part as that is made up."""
    sums = np.zeros(EVIDENCES + 1, np.float64)
    scorecard.explain(book.trees, book.tree_count, book.vector, _EVIDENCE_OF, sums)
    whole = 0.0
    for evidence in range(EVIDENCES):
        whole += abs(abroad.shares[evidence])
    for evidence in range(EVIDENCES):
        shared = abs(abroad.shares[evidence]) / whole if whole > 0.0 else (1.0 if evidence == of.RATE else 0.0)
        verdict.nats[evidence] = sums[evidence] + shared * sums[_FREE]


@njit(cache=True)
def _share_out(abroad: Record, verdict: Record, nats: float) -> None:
    whole = 0.0
    for evidence in range(EVIDENCES):
        whole += abroad.shares[evidence]
    for evidence in range(EVIDENCES):
        verdict.nats[evidence] = abroad.shares[evidence] * nats / whole if whole > 0.0 else 0.0
