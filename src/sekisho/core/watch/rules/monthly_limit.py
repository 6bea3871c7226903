"""Rule `monthly_limit`: the customer's own limit for a billing month is reached, calls in progress included."""

from __future__ import annotations

from typing import Final

from numba import njit

from sekisho.core.watch.state import Record

NAME = "monthly_limit"
JA = "今月の通話料が{spent:,.0f}円となり、月の上限{limit:,.0f}円に達しました"
EN = "Charges of this month are {spent:,.0f} yen and have reached the limit of {limit:,.0f} yen a month"
ACTION = "The customer chose this limit: tell the customer; lift it only on the customer's word."
BLIND = "A limit set far above what the line spends."
TOLD: Final = 1  # its bit in `told_limits`


@njit(cache=True)
def reached(agreed: Record, spent: int) -> bool:
    """Whether `spent` milli-yen of this month, calls in progress included, reaches the limit."""
    return bool(agreed.monthly_limit > 0 and spent >= agreed.monthly_limit)


@njit(cache=True)
def may_tell(contract: Record) -> bool:
    """Where no hold is allowed, the desk is told once a month; remembers that it was."""
    if contract.told_limits & TOLD != 0:
        return False
    contract.told_limits |= TOLD
    return True
