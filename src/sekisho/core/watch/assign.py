"""What a `lines` message changes: whose contract a line belongs to, its limits, its terms."""

from __future__ import annotations

from typing import Final

import numpy as np

from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch.book import open_book
from sekisho.core.watch.judged import new_calls, room_for_verdicts
from sekisho.core.watch.policy import DIALS
from sekisho.core.watch.spend import turn_to
from sekisho.core.watch.state import BUCKET_MS, NONE, Record, WatchState, touch, with_room
from sekisho.core.watch.timers import arm

# What `open_book` wants beside the state, where no call is judged.
_NO_CALLS: Final = (
    np.zeros(1, DIALS),
    new_calls(0),
    np.zeros((0, PRICE_FIELDS), np.int64),
    np.zeros(0, np.int64),
    room_for_verdicts(0),
)


def make_lines(
    state: WatchState, count: int, *, automatic_hold: bool, daily_limit: int, monthly_limit: int
) -> WatchState:
    """Make rows for lines up to `count`, each its own contract with these terms (limits in milli-yen, 0 = none)."""
    state = with_room(state, count, 1)
    known = int(state.totals["lines"][0])
    fresh = slice(known, count)
    state.lines["contract"][fresh] = np.arange(known, count)
    state.contracts["automatic_hold"][fresh] = automatic_hold
    state.contracts["daily_limit"][fresh] = daily_limit
    state.contracts["monthly_limit"][fresh] = monthly_limit
    state.contracts["limited"][fresh] = daily_limit > 0 or monthly_limit > 0
    state.line_marks[fresh] = state.contract_marks[fresh] = 1
    state.totals["lines"] = state.totals["contracts"] = max(known, count)
    return state


def set_limit(state: WatchState, contract: int, name: str, milliyen: int) -> None:
    """Set a contract's `daily_limit` or `monthly_limit` (milli-yen, 0 = none), for its calls in progress too."""
    state.contracts[name][contract] = milliyen
    limits = (state.contracts["daily_limit"][contract], state.contracts["monthly_limit"][contract])
    state.contracts["limited"][contract] = any(limit > 0 for limit in limits)
    touch(state, contract=contract)
    _look_at_once(state, contract)


def join_contract(state: WatchState, line: int, contract: int) -> None:
    """Move a line to another contract. What it spent alone goes with it, and so do its calls in progress.

    What a contract of several lines has spent stays there: nobody knows whose it was.
    """
    old = int(state.lines["contract"][line])
    if old == contract:
        return
    alone = old == line and not (state.lines["contract"][: int(state.totals["lines"][0])] == old).sum() > 1
    source, target = state.contracts[old], state.contracts[contract]
    if alone and source["month"] != NONE:
        _move_spend(source, target)
    slot = int(source["open_head"])
    while slot != NONE:
        following = int(state.open["after"][slot])
        if state.open["line"][slot] == line:
            _unlink(state, old, slot)
            _link(state, contract, slot)
        slot = following
    state.lines["contract"][line] = contract
    touch(state, line=line, contract=contract)
    touch(state, contract=old)
    _look_at_once(state, contract)


def _move_spend(source: Record, target: Record) -> None:
    at = int(source["bucket"]) * BUCKET_MS  # in the same month and bucket as what was spent last
    if target["month"] != NONE:
        at = max(at, int(target["bucket"]) * BUCKET_MS)
    turn_to(source, at)
    turn_to(target, at)
    for name in ("month_spend", "last_spend", "day_spend"):
        target[name] += source[name]
        source[name] = 0
    target["first_month"] = min(source["first_month"], target["first_month"])


def _look_at_once(state: WatchState, contract: int) -> None:
    """Let the contract's timer speak next: what was computed for its calls in progress no longer holds."""
    if state.contracts["open_head"][contract] != NONE:
        arm(open_book(state, *_NO_CALLS), contract, int(state.totals["now"][0]))


def _unlink(state: WatchState, contract: int, slot: int) -> None:
    before, after = int(state.open["before"][slot]), int(state.open["after"][slot])
    if before == NONE:
        state.contracts["open_head"][contract] = after
    else:
        state.open["after"][before] = after
    if after != NONE:
        state.open["before"][after] = before
    touch(state, contract=contract, slot=before)
    touch(state, slot=after)


def _link(state: WatchState, contract: int, slot: int) -> None:
    head = int(state.contracts["open_head"][contract])
    state.open["before"][slot], state.open["after"][slot] = NONE, head
    if head != NONE:
        state.open["before"][head] = slot
    state.contracts["open_head"][contract] = slot
    touch(state, contract=contract, slot=slot)
    touch(state, slot=head)
