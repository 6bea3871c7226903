"""What a contract has spent: this billing month, the month before, the last 24 hours, calls in progress included.

Nothing resets at midnight: the day is the three-hour buckets that touch the last 24 hours, so a limit of a day is never
exceeded in any 24 hours (it may count up to three hours more). A finished call counts in the bucket of its end and in
the billing month of its start; a call in progress counts the units it has begun.
"""

from __future__ import annotations

from numba import njit

from sekisho.core import units
from sekisho.core.terms.instants import DAY_MS
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.book import Book, open_at
from sekisho.core.watch.calendar import month_index
from sekisho.core.watch.open_calls import price_of
from sekisho.core.watch.state import BUCKET_MS, DAY_BUCKETS, FAR, NEVER, NONE, Record


@njit(cache=True)
def turn_to(contract: Record, at: int) -> None:
    """Move the contract's month and day windows on to `at`; an earlier instant moves nothing."""
    youngest = at // BUCKET_MS
    if contract.month == NONE:
        contract.month = month_index(at)
        contract.first_month = contract.month
        contract.first_day = at // DAY_MS
        contract.bucket = youngest
        return
    if youngest <= contract.bucket:  # a month begins at 15:00 UTC, which is the edge of a bucket
        return
    ahead = month_index(at) - contract.month
    if ahead > 0:
        contract.last_spend = contract.month_spend if ahead == 1 else 0
        contract.month_spend = 0
        contract.month += ahead
        contract.told_multiple = 0
    for bucket in range(max(contract.bucket + 1, youngest - DAY_BUCKETS + 1), youngest + 1):
        contract.day_spend[bucket % DAY_BUCKETS] = 0
    contract.bucket = youngest


@njit(cache=True)
def add_finished(contract: Record, start: int, end: int, charge: int) -> None:
    """Count a finished call. A late one goes to the month and the bucket it belongs to, while they are remembered."""
    behind = contract.month - month_index(start)
    if behind <= 0:
        contract.month_spend += charge
    elif behind == 1:
        contract.last_spend += charge
        contract.first_month = min(contract.first_month, contract.month - 1)
    bucket = min(end // BUCKET_MS, contract.bucket)
    if bucket > contract.bucket - DAY_BUCKETS:
        contract.day_spend[bucket % DAY_BUCKETS] += charge


@njit(cache=True)
def day_total(contract: Record) -> int:
    """Milli-yen of finished calls in the buckets that touch the last 24 hours."""
    total = 0
    for bucket in range(DAY_BUCKETS):
        total += contract.day_spend[bucket]
    return total


@njit(cache=True)
def so_far(book: Book, slot: int, at: int) -> int:
    """Milli-yen the open call in `slot` costs if it ended at `at`; 0 while it rings."""
    call = open_at(book, slot)
    if call.answer == NEVER:
        return 0
    return int(units.charged_so_far(price_of(call), at - call.answer))


@njit(cache=True)
def in_progress(book: Book, contract: Record, at: int) -> int:
    """Milli-yen of the contract's calls in progress: the units they have begun by `at`."""
    total = 0
    slot = contract.open_head
    while slot != NONE:
        total += so_far(book, slot, at)
        slot = open_at(book, slot).after
    return total


@njit(cache=True)
def next_look(book: Book, contract: Record, at: int, room: int) -> int:
    """When the calls in progress can have cost `room` milli-yen more, at the earliest; FAR where nothing accrues.

    Far off, a safe lower bound (looked at again then); close by, the beginning of the very next unit.
    """
    a_ms = 0.0
    at_once = 0
    soonest = FAR
    slot = contract.open_head
    while slot != NONE:
        call = open_at(book, slot)
        if call.answer != NEVER:
            price = price_of(call)
            begins = units.next_unit_at(price, call.answer, at)
            if begins < FAR:
                a_ms += price.unit_milliyen / price.unit_ms
                at_once += price.unit_milliyen + (MILLIYEN if price.floor_yen != 0 else 0)  # a unit may tip a yen
                soonest = min(soonest, begins)
        slot = call.after
    if soonest == FAR:
        return FAR
    wait = min((room - at_once) / a_ms, 1e15)
    return max(soonest, at + int(wait))
