"""Rule `international_multiple`: international charges of the month to date are several times last month's.

The notice's rule (see month_multiple.py) on calls abroad alone, calls in progress included. A customer who was charged
nothing for calls abroad last month, as most are, is measured against `international_new_customer`; one who may have
been there before the watch was, against `international_unknown_customer`; nothing below `international_floor` counts.
"""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.policy import Dials
from sekisho.core.watch.rules.last_month import compared
from sekisho.core.watch.rules.month_multiple import MOST_DOUBLINGS
from sekisho.core.watch.state import FAR, NONE, Record

NAME = "international_multiple"
JA = "今月の国際通話料は進行中の通話を含め{spent:,.0f}円で、先月(不明分は基準額)の{last:,.0f}円の{multiple:g}倍以上です"
EN = (
    "International charges this month, calls in progress included, are {spent:,.0f} yen: at least {multiple:g} times "
    "the {last:,.0f} yen of last month (days of it that are not known stand at a reference)"
)
ACTION = "Ring the customer and ask who makes the calls abroad. Where nobody answers, the terms allow an emergency bar."
BLIND = "Fraud that is small beside a large international bill; the first hours of fraud at medium prices."


@njit(cache=True)
def reference(contract: Record, dials: Dials) -> int:
    """Milli-yen that stand for last month's international charges."""
    new, unknown = dials.international_new_customer, dials.international_unknown_customer
    return int(compared(contract, contract.abroad_last, new, unknown))


@njit(cache=True)
def threshold(contract: Record, dials: Dials) -> int:
    """Milli-yen abroad at which the rule speaks next; FAR once it has spoken so often that nobody doubts it."""
    if contract.told_abroad >= MOST_DOUBLINGS:
        return FAR
    step = dials.international_multiple * (1 << int(contract.told_abroad))
    return max(dials.international_floor, int(step * reference(contract, dials)))


@njit(cache=True)
def speaks(contract: Record, spent: int, dials: Dials) -> bool:
    """Whether `spent` milli-yen abroad in this month, calls in progress included, crosses a threshold; remembers it."""
    if spent < dials.international_floor or contract.month == NONE or spent < threshold(contract, dials):
        return False
    while spent >= threshold(contract, dials):
        contract.told_abroad += 1
    return True
