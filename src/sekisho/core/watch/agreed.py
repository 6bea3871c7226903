"""The rules on a call itself, which a contract has agreed on: which countries, at what price, how many at a time.

They are spoken once a call, where it is first told. A call to a forbidden or too dear destination leads to a hold of
that destination, too many calls at a time to a hold of all; without the clause, to an alert.
"""

from __future__ import annotations

from numba import njit

from sekisho.core.terms.call import Action
from sekisho.core.terms.instants import MINUTE_MS
from sekisho.core.watch.book import Book, agreed_at, contract_at, dials_of, line_at, price_row
from sekisho.core.watch.judged import ALLOWED_COUNTRIES, CONCURRENT_CALLS, PRICE_CEILING
from sekisho.core.watch.rules import allowed_countries, concurrent_calls, price_ceiling
from sekisho.core.watch.speak import EVERYWHERE, Occasion, may_alert, may_hold, may_hold_there, write
from sekisho.core.watch.state import NONE, Record

ALERT, HOLD = int(Action.ALERT), int(Action.HOLD)
UNIT_MS, UNIT_MILLIYEN = 2, 3  # fields of units.Price


@njit(cache=True)
def judge_agreed(book: Book, call: Record, occasion: Occasion) -> None:
    """Speak the rules on this international call of the batch. It is counted among the open ones if it is open."""
    contract = contract_at(book, call.contract)
    agreed = agreed_at(book, contract.agreed)
    country = int(call.country)
    if allowed_countries.refuses(agreed, country):
        _forbid(book, contract, occasion, country, ALLOWED_COUNTRIES, float(country), 0.0)
    elif call.rate != NONE:
        price = price_row(book, call.rate).fields
        if price_ceiling.is_above(agreed, price[UNIT_MS], price[UNIT_MILLIYEN]):
            a_minute = price[UNIT_MILLIYEN] * MINUTE_MS / price[UNIT_MS]
            _forbid(book, contract, occasion, country, PRICE_CEILING, a_minute, float(agreed.price_ceiling))
    calls = concurrent_calls.count(book, contract)
    if concurrent_calls.is_above(agreed, calls):
        line, dials = line_at(book, occasion.line), dials_of(book)
        if contract.automatic_hold == 1:
            if may_hold(book, line, occasion.at, dials):
                write(
                    book,
                    occasion,
                    HOLD,
                    CONCURRENT_CALLS,
                    float(calls),
                    float(agreed.concurrent_calls),
                    0.0,
                    EVERYWHERE,
                )
        elif may_alert(line, occasion.at, dials):
            write(
                book, occasion, ALERT, CONCURRENT_CALLS, float(calls), float(agreed.concurrent_calls), 0.0, EVERYWHERE
            )


@njit(cache=True)
def _forbid(
    book: Book, contract: Record, occasion: Occasion, country: int, reason: int, first: float, second: float
) -> None:
    line, dials = line_at(book, occasion.line), dials_of(book)
    if contract.automatic_hold == 1:
        if may_hold_there(book, line, country, occasion.at, dials):
            write(book, occasion, HOLD, reason, first, second, 0.0, country)
    elif may_alert(line, occasion.at, dials):
        write(book, occasion, ALERT, reason, first, second, 0.0, country)
