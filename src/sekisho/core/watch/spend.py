"""What a contract has spent: this billing month, the month before, the last 24 hours, calls in progress included.

Nothing resets at midnight: the day is the three-hour buckets that touch the last 24 hours, so a limit of a day is never
exceeded in any 24 hours (it may count up to three hours more). A finished call counts in the bucket of its end and in
the billing month of its start; a call in progress counts the units it has begun. Calls abroad are counted in all sums
and, by month, apart. The order in which calls are told changes no sum.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from sekisho.core import units
from sekisho.core.terms.instants import NEVER
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.book import Book, dials_of, open_at, totals_of
from sekisho.core.watch.calendar import month_and_day, month_index
from sekisho.core.watch.open_calls import price_of
from sekisho.core.watch.state import BUCKET_MS, DAY_BUCKETS, FAR, NONE, PIECE_DAYS, PIECES, Record

TENTH: Final = MILLIYEN // 10  # milli-yen; the course of a month is kept in tenths of a yen
_MOST_TENTHS: Final = (1 << 32) - 1


@njit(cache=True, forceinline=True)
def reach(book: Book, contract: Record, at: int) -> None:
    """`turn_to`, for a contract of the book; of one that is seen for the first time, note whether the watch is new too.

    A customer whom the watch meets in its own first `settling_days` may be an old one.
    """
    if contract.month == NONE:
        totals = totals_of(book)
        if totals.begun == NEVER or at < totals.begun:
            totals.begun = at
        contract.stranger = 1 if at < totals.begun + dials_of(book).settling_ms else 0
    turn_to(contract, at)


@njit(cache=True, forceinline=True)
def turn_to(contract: Record, at: int) -> None:
    """Move the contract's month and day windows on to `at`; an earlier instant moves nothing."""
    youngest = at // BUCKET_MS
    if contract.month == NONE:
        contract.month, contract.first_day = month_and_day(at)
        contract.first_month = contract.month
        contract.bucket = youngest
        return
    if youngest <= contract.bucket:  # a month begins at 15:00 UTC, which is the edge of a bucket
        return
    ahead = month_index(at) - contract.month
    if ahead > 0:
        _turn_month(contract, ahead)
    if youngest - contract.bucket >= DAY_BUCKETS:
        for place in range(DAY_BUCKETS):
            contract.day_spend[place] = 0
    else:
        place = contract.bucket % DAY_BUCKETS
        for _ in range(youngest - contract.bucket):
            place = place + 1 if place < DAY_BUCKETS - 1 else 0
            contract.day_spend[place] = 0
    contract.bucket = youngest


@njit(cache=True)
def _turn_month(contract: Record, ahead: int) -> None:
    contract.last_spend = contract.month_spend if ahead == 1 else 0
    contract.abroad_last = contract.abroad_spend if ahead == 1 else 0
    contract.month_spend = 0
    contract.abroad_spend = 0
    for piece in range(PIECES - 1):
        contract.last_course[piece] = contract.course[piece] if ahead == 1 else np.uint32(0)
        contract.course[piece] = 0
    contract.month += ahead
    contract.told_multiple = 0
    contract.told_abroad = 0
    contract.told_same_day = 0
    contract.told_limits = 0


@njit(cache=True)
def piece_of(day: int) -> int:
    """The piece of a month that holds this day (from 1)."""
    return min((day - 1) // PIECE_DAYS, PIECES - 1)


@njit(cache=True, forceinline=True)
def _count_course(course: Record, day: int, charge: int) -> None:
    piece = piece_of(day)
    if piece < PIECES - 1:
        tenths = (abs(charge) + TENTH - 1) // TENTH
        changed = int(course[piece]) + (tenths if charge >= 0 else -tenths)
        course[piece] = np.uint32(min(max(changed, 0), _MOST_TENTHS))


@njit(cache=True, forceinline=True)
def _note_first(contract: Record, month: int, day: int) -> None:
    """The contract was there on this day already."""
    if month < contract.first_month or (month == contract.first_month and day < contract.first_day):
        contract.first_month = month
        contract.first_day = day


@njit(cache=True, forceinline=True)
def add_finished(contract: Record, start: int, end: int, charge: int, international: int = 0) -> None:
    """Count a finished call. A late one goes to the month and the bucket it belongs to, while they are remembered.

    `charge` below zero takes back what was counted before.
    """
    month, day = month_and_day(start)
    behind = contract.month - month
    abroad = charge if international == 1 else 0
    if behind <= 0:
        contract.month_spend += charge
        contract.abroad_spend += abroad
        _count_course(contract.course, day, charge)
        if behind == 0:
            _note_first(contract, month, day)
    elif behind == 1:
        contract.last_spend += charge
        contract.abroad_last += abroad
        _count_course(contract.last_course, day, charge)
        _note_first(contract, month, day)
    bucket = min(end // BUCKET_MS, int(contract.bucket))
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
    return both_in_progress(book, contract, at)[0]


@njit(cache=True, forceinline=True)
def both_in_progress(book: Book, contract: Record, at: int) -> tuple[int, int]:
    """Milli-yen of the contract's calls in progress: of all, and of those that go abroad."""
    total = 0
    abroad = 0
    slot = contract.open_head
    while slot != NONE:
        cost = so_far(book, slot, at)
        total += cost
        call = open_at(book, slot)
        if call.international == 1:
            abroad += cost
        slot = call.after
    return total, abroad


@njit(cache=True)
def next_look(book: Book, contract: Record, at: int, room: int, abroad: int = 0) -> int:
    """When the calls in progress can have cost `room` milli-yen more, at the earliest; FAR where nothing accrues.

    `abroad` 1: of the international calls alone. Far off, a safe lower bound (looked at again then); close by, the
    beginning of the very next unit.
    """
    a_ms = 0.0
    at_once = 0
    soonest = FAR
    slot = contract.open_head
    while slot != NONE:
        call = open_at(book, slot)
        if call.answer != NEVER and (abroad == 0 or call.international == 1):
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
