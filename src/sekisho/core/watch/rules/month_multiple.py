"""Rule `month_multiple`: all charges of the month to date, calls in progress included, are several times last month's.

The notice of 2015, measure ③: a customer whose charges run to several times last month's is rung at once. New customers
and customers who paid nothing last month are measured against `month_new_customer`, those who may have been there
before the watch was against `month_unknown_customer`; nothing below `month_floor` counts. Told at the multiple itself
and again at each doubling of it, within a month.
"""

from __future__ import annotations

from typing import Final

from numba import njit

from sekisho.core.watch.policy import Dials
from sekisho.core.watch.rules.last_month import compared
from sekisho.core.watch.state import FAR, NONE, Record

NAME = "month_multiple"
JA = "今月の通話料は進行中の通話を含め{spent:,.0f}円で、先月(不明分は基準額)の{last:,.0f}円の{multiple:g}倍以上です"
EN = (
    "Charges this month, calls in progress included, are {spent:,.0f} yen: at least {multiple:g} times "
    "the {last:,.0f} yen of last month (days of it that are not known stand at a reference)"
)
ACTION = "Ring the customer. Where nobody answers, the terms allow an emergency bar (notice 2015, ③)."
BLIND = "Fraud that is small beside a large bill; the first hours of fraud at medium prices."
MOST_DOUBLINGS: Final = 20


@njit(cache=True)
def reference(contract: Record, dials: Dials) -> int:
    """Milli-yen that stand for last month's charges."""
    return int(compared(contract, contract.last_spend, dials.month_new_customer, dials.month_unknown_customer))


@njit(cache=True)
def threshold(contract: Record, dials: Dials) -> int:
    """Milli-yen of the month at which the rule speaks next; FAR once it has spoken so often that nobody doubts it."""
    if contract.told_multiple >= MOST_DOUBLINGS:
        return FAR
    step = dials.month_multiple * (1 << int(contract.told_multiple))
    return max(dials.month_floor, int(step * reference(contract, dials)))


@njit(cache=True)
def speaks(contract: Record, spent: int, dials: Dials) -> bool:
    """Whether `spent` milli-yen in this month, calls in progress included, crosses the next threshold; remembers it."""
    if spent < dials.month_floor or contract.month == NONE or spent < threshold(contract, dials):
        return False
    while spent >= threshold(contract, dials):
        contract.told_multiple += 1
    return True
