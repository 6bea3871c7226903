"""What a `lines` message changes: whose contract a line belongs to, its limits, its terms."""

from __future__ import annotations

from sekisho.core.watch.state import NONE, WatchState, with_room


def make_lines(
    state: WatchState, count: int, *, automatic_hold: bool, daily_limit: int, monthly_limit: int
) -> WatchState:
    """Make rows for lines up to `count`, each its own contract with these terms (limits in milli-yen, 0 = none)."""
    state = with_room(state, count, 1)
    known = int(state.totals["lines"][0])
    fresh = slice(known, count)
    state.lines["contract"][fresh] = range(known, count)
    state.contracts["automatic_hold"][fresh] = automatic_hold
    state.contracts["daily_limit"][fresh] = daily_limit
    state.contracts["monthly_limit"][fresh] = monthly_limit
    state.contracts["limited"][fresh] = daily_limit > 0 or monthly_limit > 0
    state.totals["lines"] = state.totals["contracts"] = max(known, count)
    return state


def set_limit(state: WatchState, contract: int, name: str, milliyen: int) -> None:
    """Set a contract's `daily_limit` or `monthly_limit`; 0 takes it away."""
    state.contracts[name][contract] = milliyen
    limits = (state.contracts["daily_limit"][contract], state.contracts["monthly_limit"][contract])
    state.contracts["limited"][contract] = any(limit > 0 for limit in limits)


def join_contract(state: WatchState, line: int, contract: int) -> None:
    """Move a line to another contract. What it spent alone goes with it, and so do its calls in progress."""
    old = int(state.lines["contract"][line])
    if old == contract:
        return
    alone = old == line and not (state.lines["contract"][: int(state.totals["lines"][0])] == old).sum() > 1
    source, target = state.contracts[old], state.contracts[contract]
    if (
        alone
        and source["month"] != NONE
        and source["month"] == target["month"]
        and source["bucket"] == target["bucket"]
    ):
        for name in ("month_spend", "last_spend", "day_spend"):
            target[name] += source[name]
            source[name] = 0
    slot = int(source["open_head"])
    while slot != NONE:
        following = int(state.open["after"][slot])
        if state.open["line"][slot] == line:
            _unlink(state, old, slot)
            _link(state, contract, slot)
        slot = following
    state.lines["contract"][line] = contract


def _unlink(state: WatchState, contract: int, slot: int) -> None:
    before, after = int(state.open["before"][slot]), int(state.open["after"][slot])
    if before == NONE:
        state.contracts["open_head"][contract] = after
    else:
        state.open["after"][before] = after
    if after != NONE:
        state.open["before"][after] = before


def _link(state: WatchState, contract: int, slot: int) -> None:
    head = int(state.contracts["open_head"][contract])
    state.open["before"][slot], state.open["after"][slot] = NONE, head
    if head != NONE:
        state.open["before"][head] = slot
    state.contracts["open_head"][contract] = slot
