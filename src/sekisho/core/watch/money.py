"""The rules on a contract's money, spoken together: they see the same spend, calls in progress included."""

from __future__ import annotations

import numpy as np
from numba import njit

from sekisho.core.terms.call import Action
from sekisho.core.watch import spend
from sekisho.core.watch.judged import DAILY_LIMIT, FACTS, MONTH_MULTIPLE, MONTHLY_LIMIT, Verdicts
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.rules import daily_limit, month_multiple, monthly_limit
from sekisho.core.watch.speak import may_hold, write
from sekisho.core.watch.state import Record, WatchState

ALERT, HOLD = int(Action.ALERT), int(Action.HOLD)


@njit(cache=True)
def judge_money(
    state: WatchState, dials: Dials, line_row: int, row: int, slot: int, handle: int, kind: int, at: int, out: Verdicts
) -> None:
    """Speak the rules on the money of the line's contract; `row`, `slot`, `handle`, `kind` say on what occasion."""
    line = state.lines[line_row]
    contract = state.contracts[line.contract]
    running = spend.in_progress(state, contract, at)
    day = spend.day_total(contract) + running
    month = contract.month_spend + running
    facts = np.zeros(FACTS)
    if month_multiple.speaks(contract, month, dials):
        facts[0], facts[1] = month, month_multiple.reference(contract, dials)
        facts[2] = dials.month_multiple * (1 << (contract.told_multiple - 1))
        write(state, out, line_row, row, slot, handle, at, kind, ALERT, MONTH_MULTIPLE, facts)
    holds = contract.automatic_hold == 1
    if daily_limit.reached(contract, day):
        facts[0], facts[1], facts[2] = day, contract.daily_limit, 0.0
        if holds and may_hold(line, at, dials):
            write(state, out, line_row, row, slot, handle, at, kind, HOLD, DAILY_LIMIT, facts)
        elif not holds and daily_limit.may_tell(contract, at):
            write(state, out, line_row, row, slot, handle, at, kind, ALERT, DAILY_LIMIT, facts)
    if monthly_limit.reached(contract, month):
        facts[0], facts[1], facts[2] = month, contract.monthly_limit, 0.0
        if holds and may_hold(line, at, dials):
            write(state, out, line_row, row, slot, handle, at, kind, HOLD, MONTHLY_LIMIT, facts)
        elif not holds and monthly_limit.may_tell(contract):
            write(state, out, line_row, row, slot, handle, at, kind, ALERT, MONTHLY_LIMIT, facts)


@njit(cache=True)
def room_to_spend(state: WatchState, dials: Dials, contract: Record, at: int) -> int:
    """Milli-yen until the next rule on money may speak; limits that are reached already speak at the next call."""
    running = spend.in_progress(state, contract, at)
    month = contract.month_spend + running
    room = month_multiple.threshold(contract, dials) - month
    if contract.monthly_limit > month:
        room = min(room, contract.monthly_limit - month)
    day = spend.day_total(contract) + running
    if contract.daily_limit > day:
        room = min(room, contract.daily_limit - day)
    return int(max(room, 0))
