"""The one judge: `step` takes the state and one event of one call and says what it thinks of it.

Order within an event: the windows of money turn, the call's own bookkeeping, the score (once a call: at its start where
we see it begin, else at its end), the rules, the timer for the next unit that could cross a limit. Between events the
timers speak (`advance`), so that calls in progress are judged while nothing else happens on the line.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from sekisho.core.terms.call import Action, CallEvent
from sekisho.core.terms.instants import MINUTE_MS
from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch import spend
from sekisho.core.watch.agreed import judge_agreed
from sekisho.core.watch.book import (
    Book,
    call_at,
    contract_at,
    dials_of,
    line_at,
    look_ahead,
    open_at,
    open_book,
    price_row,
    room_for_verdicts_left,
    slot_of,
    totals_of,
)
from sekisho.core.watch.expiry import expire, next_expiry, take_back
from sekisho.core.watch.judged import SCORE, WRITES_AT_ONCE, Events, Verdicts
from sekisho.core.watch.money import judge_money, look_again_at, next_to_hold
from sekisho.core.watch.open_calls import begin, finish, price_of, room_for_call
from sekisho.core.watch.score import score_call, top_score
from sekisho.core.watch.speak import Occasion, may_alert, may_hold, write
from sekisho.core.watch.state import FAR, LIMITS_CALLS, LIMITS_MONEY, NEVER, NONE, Record, Records, WatchState
from sekisho.core.watch.timers import arm, next_due

START, ANSWER, END = (int(event) for event in CallEvent)
SETTLE = 3  # the charge of a call that another source has told the end of
ALERT, HOLD = int(Action.ALERT), int(Action.HOLD)
DONE, NEEDS_VERDICT_ROOM, NEEDS_CALL_ROOM = range(3)
UNIT_MS, UNIT_MILLIYEN = 2, 3  # fields of units.Price
LOOK_AHEAD = 12  # events; memory takes about as long as judging so many


@njit(cache=True)
def _judge_score(book: Book, call: Record, occasion: Occasion) -> None:
    """Score one international attempt and say alert or hold."""
    dials = dials_of(book)
    line = line_at(book, occasion.line)
    a_minute = 0.0
    if call.rate != NONE:
        price = price_row(book, call.rate).fields
        if price[UNIT_MS] > 0:
            a_minute = price[UNIT_MILLIYEN] * MINUTE_MS / price[UNIT_MS]
    before = top_score(line)
    score, facts = score_call(line, occasion.at, call.start, call.number, int(call.country), a_minute, dials)
    if score >= dials.hold_nats and contract_at(book, call.contract).automatic_hold == 1:
        if may_hold(line, occasion.at, dials):
            write(book, occasion, HOLD, SCORE, facts[0], facts[1], facts[2])
    elif score >= dials.alert_nats and score > before and may_alert(line, occasion.at, dials):
        write(book, occasion, ALERT, SCORE, facts[0], facts[1], facts[2])


@njit(cache=True)
def _arm(book: Book, contract_row: int, at: int) -> None:
    """Set the contract's timer to the next instant at which its calls in progress can make a rule speak."""
    contract = contract_at(book, contract_row)
    if contract.open_head == NONE:
        arm(book, contract_row, FAR)
    else:
        arm(book, contract_row, look_again_at(book, contract, at))


@njit(cache=True)
def _speak_timers(book: Book, until: int) -> bool:
    while True:
        if room_for_verdicts_left(book) < WRITES_AT_ONCE:
            return False
        expiry = next_expiry(book)
        contract_row = next_due(book, min(until, expiry))
        if contract_row == NONE and expiry <= until:
            _arm(book, expire(book, int(totals_of(book).oldest), expiry), expiry)
            continue
        if contract_row == NONE:
            totals = totals_of(book)
            totals.now = max(totals.now, until)
            return True
        contract = contract_at(book, contract_row)
        at = contract.armed_at
        arm(book, contract_row, FAR)
        slot = int(contract.open_head)
        if slot != NONE:
            to_hold = next_to_hold(book, contract, at)
            slot = slot if to_hold == NONE else to_hold
            call = open_at(book, slot)
            spend.reach(book, contract, at)
            judge_money(book, contract, Occasion(NONE, slot, call.handle, int(call.line), ANSWER, at))
            _arm(book, contract_row, at)


@njit(cache=True)
def _set_price(book: Book, opened: Record, call: Record) -> None:
    for field in range(PRICE_FIELDS):
        opened.price[field] = price_row(book, call.rate).fields[field] if call.rate != NONE else 0


@njit(cache=True)
def _on_start(book: Book, call: Record, occasion: Occasion) -> int:
    """A call begins: open it, and judge it if it goes abroad. Returns its slot."""
    slot = int(begin(book, occasion.line, int(call.contract), call.start))
    slot_of(book, call.handle).slot = slot
    opened = open_at(book, slot)
    opened.handle = call.handle
    opened.number = call.number
    opened.international = call.international
    _set_price(book, opened, call)
    if call.international == 1 and call.scored == 1:
        contract = contract_at(book, call.contract)
        if contract.limited & LIMITS_CALLS:  # before the score, whose alert would silence it for a minute
            judge_agreed(book, call, occasion)
        _judge_score(book, call, occasion)
        if contract.limited & LIMITS_MONEY:
            judge_money(book, contract, occasion)
    return slot


@njit(cache=True)
def _settle(book: Book, call: Record, occasion: Occasion) -> None:
    """Count the money of a call that is over, speak the rules on it, and look anew at the calls still in progress."""
    contract = contract_at(book, call.contract)
    if call.charge > 0:
        take_back(book, contract, call)
        spend.add_finished(contract, call.start, occasion.at, call.charge, call.international)
        judge_money(book, contract, occasion)
    if contract.armed_at < FAR or contract.limited & LIMITS_MONEY:
        _arm(book, int(call.contract), occasion.at)


@njit(cache=True)
def _on_end(book: Book, call: Record, occasion: Occasion) -> None:
    """A call is over: judge it if nobody saw it begin, count its money, speak the rules."""
    kept = slot_of(book, call.handle)
    if kept.slot >= 0:
        finish(book, kept.slot)
        kept.slot = NONE
    elif kept.slot == NONE:  # else it has expired, and is counted
        totals = totals_of(book)
        totals.started += 1
        totals.ended += 1
        if call.international == 1 and call.scored == 1:
            if contract_at(book, call.contract).limited & LIMITS_CALLS:
                judge_agreed(book, call, occasion)
            _judge_score(book, call, occasion)
    _settle(book, call, occasion)


@njit(cache=True)
def step(book: Book, row: int, kind: int, at: int) -> None:
    """Judge one event of the call in `row`. Needs room for one open call and for WRITES_AT_ONCE verdicts.

    Incoming calls change nothing.
    """
    call = call_at(book, row)
    if call.outgoing == 0:
        return
    contract = contract_at(book, call.contract)
    spend.reach(book, contract, at)
    event = END if kind == SETTLE else kind
    occasion = Occasion(row, NONE, call.handle, int(call.line), event, at)
    if kind == END:
        _on_end(book, call, occasion)
        return
    if kind == SETTLE:
        _settle(book, call, occasion)
        return
    slot = slot_of(book, call.handle).slot
    if slot < NONE:  # it has expired
        return
    if slot == NONE:
        slot = _on_start(book, call, occasion)
    opened = open_at(book, slot)
    if kind == ANSWER and (opened.answer == NEVER or at < opened.answer):
        opened.answer = at
        _set_price(book, opened, call)  # that of the answer, not of the start
        if price_of(opened).unit_ms > 0:
            judge_money(book, contract, occasion)
            _arm(book, int(call.contract), at)


@njit(cache=True)
def advance(
    state: WatchState, settings: Records, calls: Records, prices: Any, slots: Any, until: int, out: Verdicts
) -> bool:
    """Let every timer due at or before `until` speak, in order; False where `out` must be emptied first.

    The arguments are those of `run`; `calls` and `prices` are not looked at.
    """
    return _speak_timers(open_book(state, settings, calls, prices, slots, out), until)


@njit(cache=True)
def run(
    state: WatchState,
    settings: Records,
    calls: Records,
    events: Events,
    first: int,
    prices: Any,
    slots: Any,
    out: Verdicts,
) -> tuple[int, int]:
    """Judge events from `first` on. Returns (next event, why it stopped): DONE, or what there must be more room for.

    `settings` is what policy.dials gives; `prices` i64 [rate, PRICE_FIELDS]; `slots` i64 has a call's slot by its
    handle while it is open, else NONE. All arrays are C-contiguous.
    """
    book = open_book(state, settings, calls, prices, slots, out)
    for index in range(first, events.what.size):
        if index + LOOK_AHEAD < events.what.size:
            look_ahead(book, events.what[index + LOOK_AHEAD] >> 2)
        at = events.at[index]
        if not _speak_timers(book, at):
            return index, NEEDS_VERDICT_ROOM
        if not room_for_call(book):
            return index, NEEDS_CALL_ROOM
        what = events.what[index]
        step(book, what >> 2, what & 3, at)
    return events.what.size, DONE
