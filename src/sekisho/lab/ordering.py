"""Events of a whole file in the order of time, equal instants in the order of the calls and of a call's events.

Calls come nearly in order. So the time is cut into buckets of about one event, each is put into its bucket, and what
is left is to put a few neighbours right. Where the events lie too unevenly for that (one broken clock is enough to
make the buckets wide), a radix sort does it, which takes the same time for any input.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.terms.call import CallEvent
from sekisho.core.terms.instants import NEVER
from sekisho.core.watch.state import Records

I64 = npt.NDArray[np.int64]
_START, _ANSWER, _END = (int(event) for event in CallEvent)
_BITS: Final = 11
_BUCKETS: Final = 1 << _BITS
_A_BUCKET: Final = 1  # event at most, on average
_MANY: Final = 1 << 31
_CROWDED: Final = 64  # times the events: more comparisons than that, and neighbours are no longer few


class Survey(NamedTuple):
    """Of the calls that count: how many events, from when to when (ms), and what they come to."""

    events: int
    first: int
    last: int
    charged: int  # calls with a charge
    charge: int  # milli-yen
    international: int  # outgoing calls abroad


@njit(cache=True)
def _gather(calls: Any, taken: Any, live: bool, at: Any, what: Any) -> Survey:
    """Look once at all calls of which `taken` is true, and write down their events, call by call.

    `live`: start, answer and end are events, else the end alone. There must be room for one more than there can be.
    """
    count = charged = charge = international = 0
    first, last = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    for row in range(calls.size):
        if not taken[row]:
            continue
        call = calls[row]
        for event in range(_START if live else _END, _END + 1):
            instant = call.end if event == _END else (call.answer if event == _ANSWER else call.start)
            at[count], what[count] = instant, 4 * row + event  # the next event overwrites it where there is none
            if instant != NEVER:
                count += 1
                first, last = min(first, instant), max(last, instant)
        charged += call.charge > 0
        charge += call.charge
        international += call.international & call.outgoing
    return Survey(count, first, last, charged, charge, international)


@njit(cache=True)
def _count(at: Any, first: int, shift: int, ends: Any) -> int:
    """Fill `ends` (zeros) with where each bucket of time begins; returns the sum of the squares of their events."""
    for event in range(at.size):
        ends[(at[event] - first) >> shift] += 1
    total = squares = 0
    for bucket in range(ends.size):
        size = int(ends[bucket])
        squares += size * size
        ends[bucket] = total
        total += size
    return squares


@njit(cache=True)
def _spread(at: Any, what: Any, first: int, shift: int, ends: Any, out_at: Any, out_what: Any) -> None:
    """Put every event behind those of its bucket that came before it."""
    for event in range(at.size):
        bucket = (at[event] - first) >> shift
        place = ends[bucket]
        ends[bucket] = place + 1
        out_at[place], out_what[place] = at[event], what[event]


@njit(cache=True)
def _settle(at: Any, what: Any) -> None:
    """Put neighbours right: insertion, stable."""
    for index in range(1, at.size):
        instant, event = at[index], what[index]
        place = index
        while place > 0 and at[place - 1] > instant:
            at[place], what[place] = at[place - 1], what[place - 1]
            place -= 1
        at[place], what[place] = instant, event


def events_of(calls: Records, taken: npt.NDArray[np.bool_], *, live: bool) -> tuple[Survey, I64, I64]:
    """Of the calls that are `taken`: a survey, and their events in order: instants, and 4 x row + CallEvent.

    `live`: start, answer and end are events, else the end alone.
    """
    room = calls.size * (3 if live else 1) + 1
    at, what = np.empty(room, np.int64), np.empty(room, np.int64)
    seen = Survey(*_gather(calls, taken, live, at, what))
    at, what = at[: seen.events], what[: seen.events]
    if not seen.events:
        return seen, at, what
    span = seen.last - seen.first
    wanted = 1 << (seen.events // _A_BUCKET).bit_length()
    shift = max((span // wanted).bit_length(), 0)
    ends = np.zeros((span >> shift) + 1, np.int32 if seen.events < _MANY else np.int64)
    if _count(at, seen.first, shift, ends) > _CROWDED * seen.events:
        return seen, *in_order(at, what)
    out_at, out_what = np.empty_like(at), np.empty_like(what)
    _spread(at, what, seen.first, shift, ends, out_at, out_what)
    _settle(out_at, out_what)
    return seen, out_at, out_what


@njit(cache=True)
def _pass(keys: Any, values: Any, shift: int, out_keys: Any, out_values: Any) -> None:
    starts = np.zeros(_BUCKETS + 1, np.int64)
    for index in range(keys.size):
        starts[((keys[index] >> shift) & (_BUCKETS - 1)) + 1] += 1
    for bucket in range(_BUCKETS):
        starts[bucket + 1] += starts[bucket]
    for index in range(keys.size):
        bucket = (keys[index] >> shift) & (_BUCKETS - 1)
        place = starts[bucket]
        starts[bucket] = place + 1
        out_keys[place] = keys[index]
        out_values[place] = values[index]


def in_order(at: I64, what: I64) -> tuple[I64, I64]:
    """`at` sorted, and `what` beside it; equal instants keep their order. The arguments are not changed."""
    if at.size <= 1 or bool((at[1:] >= at[:-1]).all()):
        return at, what
    first = int(at.min())
    keys, values = at - first, what.copy()
    spare_keys, spare_values = np.empty_like(keys), np.empty_like(values)
    for shift in range(0, max(int(keys.max()).bit_length(), 1), _BITS):
        _pass(keys, values, shift, spare_keys, spare_values)
        keys, spare_keys = spare_keys, keys
        values, spare_values = spare_values, values
    return keys + first, values
