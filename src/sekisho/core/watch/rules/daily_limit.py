"""Rule `daily_limit`: the customer's own limit for 24 hours is reached, calls in progress included."""

from __future__ import annotations

import numpy as np
from numba import njit

from sekisho.core.terms.instants import SECOND_MS
from sekisho.core.watch.state import BUCKET_MS, Record

NAME = "daily_limit"
JA = "直近24時間の通話料が{spent:,.0f}円となり、1日の上限{limit:,.0f}円に達しました"
EN = "Charges of the last 24 hours are {spent:,.0f} yen and have reached the limit of {limit:,.0f} yen a day"
ACTION = "The customer chose this limit: tell the customer; lift it only on the customer's word."
BLIND = "A limit set far above what the line spends."


@njit(cache=True)
def reached(agreed: Record, spent: int) -> bool:
    """Whether `spent` milli-yen of the last 24 hours, calls in progress included, reaches the limit."""
    return bool(agreed.daily_limit > 0 and spent >= agreed.daily_limit)


@njit(cache=True)
def may_tell(contract: Record, at: int) -> bool:
    """Where no hold is allowed, the desk is told once in three hours; remembers that it was."""
    now = max(at // SECOND_MS, 1)
    if contract.told_day > 0 and now - int(contract.told_day) < BUCKET_MS // SECOND_MS:
        return False
    contract.told_day = np.uint32(now)
    return True
