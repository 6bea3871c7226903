"""The rules on a contract's money, spoken together: they see the same spend, calls in progress included.

Under a hold clause a limit is spoken `cut_lead_ms` before the unit that reaches it begins: time enough to cut the call.
So past a limit a contract spends at most one unit for each call in progress.
"""

from __future__ import annotations

from numba import njit

from sekisho.core.terms.call import Action
from sekisho.core.watch import spend
from sekisho.core.watch.book import Book, agreed_at, dials_of, line_at, open_at
from sekisho.core.watch.calendar import month_and_day, month_begins
from sekisho.core.watch.judged import (
    DAILY_LIMIT,
    INTERNATIONAL_MONTHLY_LIMIT,
    INTERNATIONAL_MULTIPLE,
    MONTH_MULTIPLE,
    MONTHLY_LIMIT,
    SAME_DAY_MULTIPLE,
)
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.rules import (
    daily_limit,
    international_monthly_limit,
    international_multiple,
    month_multiple,
    monthly_limit,
    same_day_multiple,
)
from sekisho.core.watch.speak import EVERYWHERE, Occasion, is_hold_due, may_hold, write
from sekisho.core.watch.state import BUCKET_MS, FAR, LIMITS_MONEY, NONE, Record

ALERT, HOLD = int(Action.ALERT), int(Action.HOLD)


@njit(cache=True, forceinline=True)
def judge_money(book: Book, contract: Record, occasion: Occasion) -> None:
    """Speak the rules on the money of `contract`, the line's."""
    dials = dials_of(book)
    running, running_abroad = spend.both_in_progress(book, contract, occasion.at)
    month = contract.month_spend + running
    if month_multiple.speaks(contract, month, dials):
        multiple = dials.month_multiple * (1 << (int(contract.told_multiple) - 1))
        compared = float(month_multiple.reference(contract, dials))
        write(book, occasion, ALERT, MONTH_MULTIPLE, float(month), compared, multiple, EVERYWHERE)
    if same_day_multiple.speaks(contract, month, occasion.at, dials):
        piece = spend.piece_of(month_and_day(occasion.at)[1])
        by_now = float(same_day_multiple.by_now(contract, piece))
        write(book, occasion, ALERT, SAME_DAY_MULTIPLE, float(month), by_now, float(contract.last_spend), EVERYWHERE)
    abroad = contract.abroad_spend + running_abroad
    if international_multiple.speaks(contract, abroad, dials):
        multiple = dials.international_multiple * (1 << (int(contract.told_abroad) - 1))
        compared = float(international_multiple.reference(contract, dials))
        write(book, occasion, ALERT, INTERNATIONAL_MULTIPLE, float(abroad), compared, multiple, EVERYWHERE)
    if contract.limited & LIMITS_MONEY:
        _judge_limits(book, contract, occasion)


@njit(cache=True)
def _lead(contract: Record, dials: Dials) -> int:
    """How long before a unit begins a limit is spoken on it: only a hold can keep the unit from beginning."""
    return int(dials.cut_lead_ms) if contract.automatic_hold == 1 else 0


@njit(cache=True)
def _sums(book: Book, contract: Record, at: int) -> tuple[int, int, int]:
    """Milli-yen of the last 24 hours, of the month, and of the month's calls abroad, as they will stand at `at`."""
    running, running_abroad = spend.both_in_progress(book, contract, at)
    return (
        spend.day_total(contract) + running,
        contract.month_spend + running,
        contract.abroad_spend + running_abroad,
    )


@njit(cache=True)
def _judge_limits(book: Book, contract: Record, occasion: Occasion) -> None:
    """Speak the customer's own limits: hold where the terms allow it, else tell the desk."""
    dials = dials_of(book)
    agreed = agreed_at(book, contract.agreed)
    line = line_at(book, occasion.line)
    holds = contract.automatic_hold == 1
    day, month, abroad = _sums(book, contract, occasion.at + _lead(contract, dials))
    if daily_limit.reached(agreed, day):
        if holds and may_hold(book, line, occasion.at, dials):
            write(book, occasion, HOLD, DAILY_LIMIT, float(day), float(agreed.daily_limit), 0.0, EVERYWHERE)
        elif not holds and daily_limit.may_tell(contract, occasion.at):
            write(book, occasion, ALERT, DAILY_LIMIT, float(day), float(agreed.daily_limit), 0.0, EVERYWHERE)
    if monthly_limit.reached(agreed, month):
        if holds and may_hold(book, line, occasion.at, dials):
            write(book, occasion, HOLD, MONTHLY_LIMIT, float(month), float(agreed.monthly_limit), 0.0, EVERYWHERE)
        elif not holds and monthly_limit.may_tell(contract):
            write(book, occasion, ALERT, MONTHLY_LIMIT, float(month), float(agreed.monthly_limit), 0.0, EVERYWHERE)
    if international_monthly_limit.reached(agreed, abroad):
        limit = float(agreed.international_monthly_limit)
        if holds and may_hold(book, line, occasion.at, dials):
            write(book, occasion, HOLD, INTERNATIONAL_MONTHLY_LIMIT, float(abroad), limit, 0.0, EVERYWHERE)
        elif not holds and international_monthly_limit.may_tell(contract):
            write(book, occasion, ALERT, INTERNATIONAL_MONTHLY_LIMIT, float(abroad), limit, 0.0, EVERYWHERE)


@njit(cache=True)
def next_to_hold(book: Book, contract: Record, at: int) -> int:
    """An open call abroad of a line that must be held too, now that a limit of its contract is reached; else NONE."""
    if contract.limited & LIMITS_MONEY == 0 or contract.automatic_hold == 0:
        return NONE
    dials = dials_of(book)
    agreed = agreed_at(book, contract.agreed)
    day, month, abroad = _sums(book, contract, at + dials.cut_lead_ms)
    if not (
        daily_limit.reached(agreed, day)
        or monthly_limit.reached(agreed, month)
        or international_monthly_limit.reached(agreed, abroad)
    ):
        return NONE
    slot = int(contract.open_head)
    while slot != NONE:
        call = open_at(book, slot)
        if call.international == 1 and is_hold_due(line_at(book, call.line), at, dials):
            return slot
        slot = int(call.after)
    return NONE


@njit(cache=True)
def look_again_at(book: Book, contract: Record, at: int) -> int:
    """When a rule may speak of the contract's calls in progress without any event, at the earliest; FAR: never.

    At once (`at`) while lines of the contract are still to be held. Where a window turns there is another sum to
    compare: at the next month, and at the next bucket while the limit of a day is reached.
    """
    if next_to_hold(book, contract, at) != NONE:
        return at
    month_room, abroad_room = room_of_multiples(book, contract, at)
    look = spend.next_look(book, contract, at, month_room)
    if look >= FAR:
        return FAR
    look = min(look, spend.next_look(book, contract, at, abroad_room, 1), month_begins(contract.month + 1))
    if contract.limited & LIMITS_MONEY:
        ahead = at + _lead(contract, dials_of(book))
        room, abroad_room = room_of_limits(book, contract, ahead)
        for found in (
            spend.next_look(book, contract, ahead, room),
            spend.next_look(book, contract, ahead, abroad_room, 1),
        ):
            if found < FAR:
                look = min(look, found - (ahead - at))
        if daily_limit.reached(agreed_at(book, contract.agreed), _sums(book, contract, ahead)[0]):
            look = min(look, (contract.bucket + 1) * BUCKET_MS)
    return look


@njit(cache=True)
def room_of_multiples(book: Book, contract: Record, at: int) -> tuple[int, int]:
    """Milli-yen until the next rule on multiples may speak: of all calls, and of calls abroad."""
    dials = dials_of(book)
    running, running_abroad = spend.both_in_progress(book, contract, at)
    month = contract.month_spend + running
    same_day = same_day_multiple.at_least(contract, dials)
    if month >= same_day:
        same_day = same_day_multiple.threshold(contract, at, dials)
    room = min(month_multiple.threshold(contract, dials), same_day) - month
    abroad = international_multiple.threshold(contract, dials) - contract.abroad_spend - running_abroad
    return max(room, 0), max(abroad, 0)


@njit(cache=True)
def room_of_limits(book: Book, contract: Record, at: int) -> tuple[int, int]:
    """Milli-yen until the next limit is reached, of all calls and of calls abroad; FAR: no limit is ahead.

    Limits that are reached already speak at the next call.
    """
    agreed = agreed_at(book, contract.agreed)
    day, month, abroad = _sums(book, contract, at)
    room = FAR
    if agreed.monthly_limit > month:
        room = min(room, agreed.monthly_limit - month)
    if agreed.daily_limit > day:
        room = min(room, agreed.daily_limit - day)
    ahead = agreed.international_monthly_limit - abroad
    return room, ahead if ahead > 0 else FAR
