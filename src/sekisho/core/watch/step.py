"""The one judge: `step` takes the state and one event of one call and says what it thinks of it.

Order within an event: the windows of money turn, the call's own bookkeeping, the score (once a call: at its start where
we see it begin, else at its end), the rules, the timer for the next unit that could cross a limit. Between events the
timers speak (`advance`), so that calls in progress are judged while nothing else happens on the line.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sekisho.core.terms.call import Action, CallEvent
from sekisho.core.terms.instants import MINUTE_MS
from sekisho.core.units import Price, price_at
from sekisho.core.watch import spend
from sekisho.core.watch.judged import FACTS, SCORE, WRITES_AT_ONCE, Events, Verdicts
from sekisho.core.watch.money import judge_money, room_to_spend
from sekisho.core.watch.open_calls import begin, finish, price_of, room_for_call
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.score import score_call, top_score
from sekisho.core.watch.speak import may_alert, may_hold, write
from sekisho.core.watch.state import ENDED, FAR, NEVER, NONE, NOW, STARTED, Record, Records, WatchState
from sekisho.core.watch.timers import arm, next_due, room_for_timer, sweep

START, ANSWER, END = (int(event) for event in CallEvent)
SETTLE = 3  # the charge of a call that another source has told the end of
ALERT, HOLD = int(Action.ALERT), int(Action.HOLD)
DONE, NEEDS_VERDICT_ROOM, NEEDS_CALL_ROOM = range(3)


@njit(cache=True)
def _judge_score(
    state: WatchState, dials: Dials, call: Record, row: int, kind: int, at: int, price: Price, out: Verdicts
) -> None:
    """Score one international attempt and say alert or hold."""
    line = state.lines[call.line]
    facts = np.zeros(FACTS)
    a_minute = price.unit_milliyen * MINUTE_MS / price.unit_ms if price.unit_ms > 0 else 0.0
    before = top_score(line)
    score = score_call(line, at, call.start, call.number, call.country, a_minute, dials, facts)
    if score >= dials.hold_nats and state.contracts[line.contract].automatic_hold == 1:
        if may_hold(line, at, dials):
            write(state, out, call.line, row, NONE, call.handle, at, kind, HOLD, SCORE, facts)
    elif score >= dials.alert_nats and score > before and may_alert(line, at, dials):
        write(state, out, call.line, row, NONE, call.handle, at, kind, ALERT, SCORE, facts)


@njit(cache=True)
def _arm(state: WatchState, dials: Dials, contract_row: int, at: int) -> None:
    """Set the contract's timer to the next instant at which its calls in progress can make a rule speak."""
    contract = state.contracts[contract_row]
    if contract.open_head == NONE:
        arm(state, contract_row, FAR)
        return
    if not room_for_timer(state):
        sweep(state)
    arm(state, contract_row, spend.next_look(state, contract, at, room_to_spend(state, dials, contract, at)))


@njit(cache=True)
def advance(state: WatchState, dials: Dials, until: int, out: Verdicts) -> bool:
    """Let every timer due at or before `until` speak, in order; False where `out` must be emptied first."""
    while True:
        if out.filled[0] + WRITES_AT_ONCE > out.rows.size:
            return False
        contract_row = next_due(state, until)
        if contract_row == NONE:
            state.totals[NOW] = max(state.totals[NOW], until)
            return True
        contract = state.contracts[contract_row]
        at = contract.armed_at
        arm(state, contract_row, FAR)
        slot = contract.open_head
        if slot == NONE:
            continue
        spend.turn_to(contract, at)
        judge_money(state, dials, state.open[slot].line, NONE, slot, state.open[slot].handle, ANSWER, at, out)
        _arm(state, dials, contract_row, at)


@njit(cache=True)
def _on_start(
    state: WatchState, dials: Dials, call: Record, row: int, at: int, prices: Any, slot_of: Any, out: Verdicts
) -> int:
    """A call begins: open it, and judge it if it goes abroad. Returns its slot."""
    slot = int(begin(state, call.line, call.start))
    slot_of[call.handle] = slot
    opened = state.open[slot]
    opened.handle = call.handle
    opened.number = call.number
    for field in range(prices.shape[1]):
        opened.price[field] = prices[call.rate, field] if call.rate != NONE else 0
    if call.international == 1 and call.scored == 1:
        _judge_score(state, dials, call, row, START, at, price_of(opened), out)
        contract = state.contracts[state.lines[call.line].contract]
        if contract.daily_limit > 0 or contract.monthly_limit > 0:
            judge_money(state, dials, call.line, row, NONE, call.handle, START, at, out)
    return slot


@njit(cache=True)
def _settle(state: WatchState, dials: Dials, call: Record, row: int, at: int, out: Verdicts) -> None:
    """Count the money of a call that is over, and speak the rules on it."""
    if call.charge > 0:
        spend.add_finished(state.contracts[state.lines[call.line].contract], call.start, at, call.charge)
        judge_money(state, dials, call.line, row, NONE, call.handle, END, at, out)


@njit(cache=True)
def _on_end(
    state: WatchState, dials: Dials, call: Record, row: int, at: int, prices: Any, slot_of: Any, out: Verdicts
) -> None:
    """A call is over: judge it if nobody saw it begin, count its money, speak the rules."""
    slot = slot_of[call.handle]
    if slot != NONE:
        finish(state, slot)
        slot_of[call.handle] = NONE
    else:
        state.totals[STARTED] += 1
        state.totals[ENDED] += 1
        if call.international == 1 and call.scored == 1:
            price = price_at(prices, call.rate) if call.rate != NONE else Price(0, 0, 0, 0, 0, 0)
            _judge_score(state, dials, call, row, END, at, price, out)
    _settle(state, dials, call, row, at, out)
    contract_row = state.lines[call.line].contract
    if slot != NONE and state.contracts[contract_row].armed_at < FAR:
        _arm(state, dials, contract_row, at)


@njit(cache=True)
def step(
    state: WatchState,
    dials: Dials,
    calls: Records,
    row: int,
    kind: int,
    at: int,
    prices: Any,
    slot_of: Any,
    out: Verdicts,
) -> None:
    """Judge one event of the call in `row`. Needs room for one open call and for WRITES_AT_ONCE verdicts.

    `prices` is i64 [rate, PRICE_FIELDS]; `slot_of` i64 maps a call's handle to its slot while it is open.
    Incoming calls change nothing.
    """
    call = calls[row]
    if call.outgoing == 0:
        return
    contract_row = state.lines[call.line].contract
    spend.turn_to(state.contracts[contract_row], at)
    if kind == END:
        _on_end(state, dials, call, row, at, prices, slot_of, out)
        return
    if kind == SETTLE:
        _settle(state, dials, call, row, at, out)
        return
    slot = slot_of[call.handle]
    if slot == NONE:
        slot = _on_start(state, dials, call, row, at, prices, slot_of, out)
    opened = state.open[slot]
    if kind == ANSWER and opened.answer == NEVER:
        opened.answer = at
        if price_of(opened).unit_ms > 0:
            judge_money(state, dials, call.line, row, slot, call.handle, ANSWER, at, out)
            _arm(state, dials, contract_row, at)


@njit(cache=True)
def run(
    state: WatchState,
    dials: Dials,
    calls: Records,
    events: Events,
    first: int,
    prices: Any,
    slot_of: Any,
    out: Verdicts,
) -> tuple[int, int]:
    """Judge events from `first` on. Returns (next event, why it stopped): DONE, or what there must be more room for."""
    for index in range(first, events.what.size):
        at = events.at[index]
        if not advance(state, dials, at, out):
            return index, NEEDS_VERDICT_ROOM
        if not room_for_call(state):
            return index, NEEDS_CALL_ROOM
        what = events.what[index]
        step(state, dials, calls, what >> 2, what & 3, at, prices, slot_of, out)
    return events.what.size, DONE
