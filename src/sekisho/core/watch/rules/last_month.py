"""What this month's charges are compared with, where last month is not known, or only in part (rules.md, section 2).

A contract that the watch saw for the first time during last month was there for a part of it only, or all of it unseen:
when a carrier starts in mid-month this is every customer. The days that nobody saw are filled in.
"""

from __future__ import annotations

from numba import njit

from sekisho.core.terms.instants import DAY_MS
from sekisho.core.watch.calendar import month_begins
from sekisho.core.watch.state import Record


@njit(cache=True)
def is_known(contract: Record) -> bool:
    """Whether the contract was there all last month long."""
    before = contract.month - contract.first_month
    return bool(before > 1 or (before == 1 and contract.first_day <= 1))


@njit(cache=True)
def compared(contract: Record, last: int, new_customer: int, unknown_customer: int) -> int:
    """Milli-yen that stand for last month's charges, of which `last` were seen.

    `new_customer` stands for a month of somebody who was not there before, or was charged nothing; `unknown_customer`
    for one of somebody who may have been there before the watch was.
    """
    if is_known(contract):
        return last if last > 0 else new_customer
    reference = unknown_customer if contract.stranger == 1 else new_customer
    if contract.first_month == contract.month or last <= 0:
        return reference
    days = (month_begins(contract.month) - month_begins(contract.month - 1)) // DAY_MS
    known = days - contract.first_day + 1
    return max(last * days // known, last + reference * (days - known) // days)
