"""The rules on a contract's money, spoken together: they see the same spend, calls in progress included."""

from __future__ import annotations

from numba import njit

from sekisho.core.terms.call import Action
from sekisho.core.watch import spend
from sekisho.core.watch.book import Book, dials_of, line_at
from sekisho.core.watch.calendar import month_begins
from sekisho.core.watch.judged import DAILY_LIMIT, MONTH_MULTIPLE, MONTHLY_LIMIT
from sekisho.core.watch.rules import daily_limit, month_multiple, monthly_limit
from sekisho.core.watch.speak import EVERYWHERE, Occasion, may_hold, write
from sekisho.core.watch.state import BUCKET_MS, FAR, Record

ALERT, HOLD = int(Action.ALERT), int(Action.HOLD)


@njit(cache=True)
def judge_money(book: Book, contract: Record, occasion: Occasion) -> None:
    """Speak the rules on the money of `contract`, the line's."""
    dials = dials_of(book)
    month = contract.month_spend + spend.in_progress(book, contract, occasion.at)
    if month_multiple.speaks(contract, month, dials):
        multiple = dials.month_multiple * (1 << (int(contract.told_multiple) - 1))
        reference = float(month_multiple.reference(contract, dials))
        write(book, occasion, ALERT, MONTH_MULTIPLE, float(month), reference, multiple, EVERYWHERE)
    if contract.limited == 1:
        _judge_limits(book, contract, occasion)


@njit(cache=True)
def _judge_limits(book: Book, contract: Record, occasion: Occasion) -> None:
    """Speak the customer's own limits: hold where the terms allow it, else tell the desk."""
    dials = dials_of(book)
    line = line_at(book, occasion.line)
    running = spend.in_progress(book, contract, occasion.at)
    holds = contract.automatic_hold == 1
    day = spend.day_total(contract) + running
    if daily_limit.reached(contract, day):
        if holds and may_hold(book, line, occasion.at, dials):
            write(book, occasion, HOLD, DAILY_LIMIT, float(day), float(contract.daily_limit), 0.0, EVERYWHERE)
        elif not holds and daily_limit.may_tell(contract, occasion.at):
            write(book, occasion, ALERT, DAILY_LIMIT, float(day), float(contract.daily_limit), 0.0, EVERYWHERE)
    month = contract.month_spend + running
    if monthly_limit.reached(contract, month):
        if holds and may_hold(book, line, occasion.at, dials):
            write(book, occasion, HOLD, MONTHLY_LIMIT, float(month), float(contract.monthly_limit), 0.0, EVERYWHERE)
        elif not holds and monthly_limit.may_tell(contract):
            write(book, occasion, ALERT, MONTHLY_LIMIT, float(month), float(contract.monthly_limit), 0.0, EVERYWHERE)


@njit(cache=True)
def look_again_at(book: Book, contract: Record, at: int) -> int:
    """When a rule may speak of the contract's calls in progress without any event, at the earliest; FAR: never.

    Where a window turns there is another sum to compare: at the next month, and at the next bucket while the limit of a
    day is reached.
    """
    look = spend.next_look(book, contract, at, room_to_spend(book, contract, at))
    if look >= FAR:
        return FAR
    look = min(look, month_begins(contract.month + 1))
    if contract.daily_limit > 0:
        day = spend.day_total(contract) + spend.in_progress(book, contract, at)
        if daily_limit.reached(contract, day):
            look = min(look, (contract.bucket + 1) * BUCKET_MS)
    return look


@njit(cache=True)
def room_to_spend(book: Book, contract: Record, at: int) -> int:
    """Milli-yen until the next rule on money may speak; limits that are reached already speak at the next call."""
    running = spend.in_progress(book, contract, at)
    month = contract.month_spend + running
    room = month_multiple.threshold(contract, dials_of(book)) - month
    if contract.limited == 1:
        if contract.monthly_limit > month:
            room = min(room, contract.monthly_limit - month)
        day = spend.day_total(contract) + running
        if contract.daily_limit > day:
            room = min(room, contract.daily_limit - day)
    return max(room, 0)
