"""What a `lines` message changes: whose contract a line belongs to, what that has agreed on, its terms; a farewell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch.book import NO_AIDS, open_book
from sekisho.core.watch.expiry import expire
from sekisho.core.watch.judged import new_calls, room_for_verdicts
from sekisho.core.watch.policy import DIALS, Policy
from sekisho.core.watch.rules.allowed_countries import country_bits
from sekisho.core.watch.spend import turn_to
from sekisho.core.watch.state import (
    ABROAD,
    AGREED,
    BUCKET_MS,
    CONTRACT,
    FRESH,
    I64,
    LIMITS_CALLS,
    LIMITS_MONEY,
    LINE,
    NONE,
    Record,
    WatchState,
    touch,
    with_room,
)
from sekisho.core.watch.timers import arm

MONEY_LIMITS: Final = ("daily_limit", "monthly_limit", "international_monthly_limit")  # milli-yen
CALL_LIMITS: Final = ("price_ceiling", "concurrent_calls")  # milli-yen a minute; calls
_MOST_COMPANY: Final = 0x7FFF
_DEFAULTS: Final = 0  # the row of AGREED that the policy fills
# What `open_book` wants beside the state, where no call is judged.
_NO_DIALS, _NO_CALLS = np.zeros(1, DIALS), new_calls(0)
_NO_PRICES, _NO_SLOTS = np.zeros((0, PRICE_FIELDS), np.int64), np.zeros(0, np.int64)
_NO_VERDICTS: Final = room_for_verdicts(0)


def make_lines(
    state: WatchState, count: int, *, automatic_hold: bool, allowed_countries: Iterable[str] = (), **limits: int
) -> WatchState:
    """Make rows for lines up to `count`, each its own contract with these terms.

    `limits` are those of MONEY_LIMITS and CALL_LIMITS (not named or 0 = none). They and the countries hold for every
    contract that has agreed on nothing else, also for those that were there before.
    """
    state = with_room(state, count, 1)
    _set_defaults(state, allowed_countries, limits)
    known = int(state.totals["lines"][0])
    fresh = slice(known, count)
    state.lines["contract"][fresh] = np.arange(known, count)
    state.contracts["lines"][fresh] = 1
    state.contracts["automatic_hold"][fresh] = automatic_hold
    state.contracts["limited"][fresh] = _flags(state.agreed[_DEFAULTS])
    state.line_marks[fresh] = state.contract_marks[fresh] = 1
    state.totals["lines"] = state.totals["contracts"] = max(known, count)
    return state


def make_lines_by(policy: Policy, state: WatchState, count: int, owners: npt.ArrayLike = 0) -> WatchState:
    """Make rows for lines up to `count`, each its own contract with what the policy says.

    `owners` is the small number of the company of every line (or of all), those known before included.
    """
    limits = {name: getattr(policy, name) for name in (*MONEY_LIMITS, *CALL_LIMITS)}
    terms: dict[str, Any] = {"automatic_hold": policy.automatic_hold, "allowed_countries": policy.allowed_countries}
    known = int(state.totals["lines"][0])
    state = make_lines(state, count, **terms, **limits)
    companies = np.broadcast_to(owners, max(count, 1)) if np.ndim(owners) == 0 else np.asarray(owners)
    state.lines["company"][known:count] = companies[known:count] & _MOST_COMPANY
    return state


def _set_defaults(state: WatchState, countries: Iterable[str], limits: dict[str, int]) -> None:
    wanted = np.zeros(1, AGREED)
    bits = country_bits(countries)
    wanted["countries"], wanted["listed"] = bits, bits.any()
    for name, limit in limits.items():
        wanted[name] = limit
    if wanted[0] != state.agreed[_DEFAULTS]:
        state.agreed[_DEFAULTS] = wanted[0]
        theirs = state.contracts["agreed"] == _DEFAULTS
        state.contracts["limited"][theirs] = _flags(wanted[0])
        state.contract_marks[theirs] = state.agreed_marks[_DEFAULTS] = 1


def _flags(agreed: Record) -> int:
    money = any(agreed[name] > 0 for name in MONEY_LIMITS)
    calls = bool(agreed["listed"]) or any(agreed[name] > 0 for name in CALL_LIMITS)
    return LIMITS_MONEY * money + LIMITS_CALLS * calls


def set_limit(state: WatchState, contract: int, name: str, limit: int) -> WatchState:
    """Set one of MONEY_LIMITS or CALL_LIMITS of a contract (0 = none), for its calls in progress too."""
    return _agree(state, contract, {name: limit})


def set_countries(state: WatchState, contract: int, countries: Iterable[str]) -> WatchState:
    """Let a contract call these countries only (ISO alpha-2, or +882); none: every country. Raises ValueError."""
    bits = country_bits(countries)
    return _agree(state, contract, {"countries": bits, "listed": bits.any()})


def _agree(state: WatchState, contract: int, changes: dict[str, Any]) -> WatchState:
    row = int(state.contracts["agreed"][contract])
    if all(np.array_equal(state.agreed[name][row], value) for name, value in changes.items()):
        return state
    if row == _DEFAULTS:
        state, row = _row_of_its_own(state)
        state.contracts["agreed"][contract] = row
    for name, value in changes.items():
        state.agreed[name][row] = value
    state.contracts["limited"][contract] = _flags(state.agreed[row])
    touch(state, contract=contract, agreed=row)
    _look_at_once(state, contract)
    return state


def _row_of_its_own(state: WatchState) -> tuple[WatchState, int]:
    """A row that begins with what the policy says."""
    totals = state.totals[0]
    row = int(totals["free_agreed"])
    if row:
        totals["free_agreed"] = state.agreed["following"][row]
    else:
        row = int(totals["agreed"])
        state = with_room(state, 0, 0, row + 1)
        totals["agreed"] += 1
    state.agreed[row] = state.agreed[_DEFAULTS]
    return state, row


def reset_contract(state: WatchState, contract: int, lines: int, *, automatic_hold: bool) -> None:
    """Forget a contract that has no calls in progress: nothing spent, nothing told, what the policy says.

    `lines` is how many lines it has from now on.
    """
    row = int(state.contracts["agreed"][contract])
    if row != _DEFAULTS:
        state.agreed["following"][row] = state.totals["free_agreed"][0]
        state.totals["free_agreed"] = row
        touch(state, agreed=row)
    touch(state, contract=contract)
    state.contracts[contract] = FRESH[CONTRACT][0]
    state.contracts["lines"][contract] = lines
    state.contracts["automatic_hold"][contract] = automatic_hold
    state.contracts["limited"][contract] = _flags(state.agreed[_DEFAULTS])


def join_contract(state: WatchState, line: int, contract: int) -> None:
    """Move a line to another contract. What it spent alone goes with it, and so do its calls in progress.

    What a contract of several lines has spent stays there: nobody knows whose it was.
    """
    old = int(state.lines["contract"][line])
    if old == contract:
        return
    source, target = state.contracts[old], state.contracts[contract]
    if source["lines"] == 1 and source["month"] != NONE:
        _move_spend(source, target)
    slot = int(source["open_head"])
    while slot != NONE:
        following = int(state.open["after"][slot])
        if state.open["line"][slot] == line:
            _unlink(state, old, slot)
            _link(state, contract, slot)
        slot = following
    source["lines"] -= 1
    target["lines"] += 1
    state.lines["contract"][line] = contract
    touch(state, line=line, contract=contract)
    touch(state, contract=old)
    _look_at_once(state, contract)


def leave(state: WatchState, line: int, own: int, slots: I64, *, automatic_hold: bool) -> None:
    """The line is given up. What was known of it is forgotten, and it is a new line should it ever call again.

    Its calls in progress expire (expiry.py; `slots` has a call's slot by its handle). `own` is the row of its contract
    from now on: the one it has, where it is alone there, which is forgotten too; else one that no line has.
    """
    old, now = int(state.lines["contract"][line]), max(int(state.totals["now"][0]), 0)
    book = open_book(state, _NO_DIALS, _NO_CALLS, _NO_PRICES, slots, _NO_VERDICTS, NO_AIDS)
    slot = int(state.contracts["open_head"][old])
    while slot != NONE:
        following = int(state.open["after"][slot])
        if state.open["line"][slot] == line:
            expire(book, slot, now)
        slot = following
    if own != old:
        state.contracts["lines"][old] -= 1
        touch(state, contract=old)
        _look_at_once(state, old)
    reset_contract(state, own, 1, automatic_hold=automatic_hold)
    _give_back_abroad(state, int(state.lines["abroad"][line]))
    touch(state, line=line)
    company = int(state.lines["company"][line])
    state.lines[line] = FRESH[LINE][0]
    state.lines["contract"][line], state.lines["company"][line] = own, company


def _give_back_abroad(state: WatchState, row: int) -> None:
    """What was remembered of a line's calls abroad is forgotten, and its row is free for another line."""
    if row == NONE:
        return
    state.abroad[row] = FRESH[ABROAD][0]
    state.abroad["first_minute"][row] = state.totals["free_abroad"][0]
    touch(state, abroad=row)
    state.totals["free_abroad"] = row


def _move_spend(source: Record, target: Record) -> None:
    at = int(source["bucket"]) * BUCKET_MS  # in the same month and bucket as what was spent last
    met = target["month"] != NONE
    if met:
        at = max(at, int(target["bucket"]) * BUCKET_MS)
    turn_to(source, at)
    turn_to(target, at)
    for name in ("month_spend", "last_spend", "abroad_spend", "abroad_last", "day_spend", "course", "last_course"):
        target[name] += source[name]
        source[name] = 0
    firsts = [tuple(each[["first_month", "first_day"]].item()) for each in (source, target)]
    target["first_month"], target["first_day"] = min(firsts) if met else firsts[0]
    target["stranger"] = min(source["stranger"], target["stranger"]) if met else source["stranger"]


def _look_at_once(state: WatchState, contract: int) -> None:
    """Let the contract's timer speak next: what was computed for its calls in progress no longer holds."""
    if state.contracts["open_head"][contract] != NONE:
        book = open_book(state, _NO_DIALS, _NO_CALLS, _NO_PRICES, _NO_SLOTS, _NO_VERDICTS, NO_AIDS)
        arm(book, contract, int(state.totals["now"][0]))


def _unlink(state: WatchState, contract: int, slot: int) -> None:
    before, after = int(state.open["before"][slot]), int(state.open["after"][slot])
    if before == NONE:
        state.contracts["open_head"][contract] = after
    else:
        state.open["after"][before] = after
    if after != NONE:
        state.open["before"][after] = before
    touch(state, contract=contract, open=before)
    touch(state, open=after)


def _link(state: WatchState, contract: int, slot: int) -> None:
    head = int(state.contracts["open_head"][contract])
    state.open["before"][slot], state.open["after"][slot] = NONE, head
    if head != NONE:
        state.open["before"][head] = slot
    state.contracts["open_head"][contract] = slot
    touch(state, contract=contract, open=slot)
    touch(state, open=head)
