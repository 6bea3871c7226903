"""What bars do to calls: which begin under one, which are cut by one, and what a cut call costs (DESIGN §10).

A call that begins at the bar's time or later, while it is in force and within its scope, does not come about. A call in
progress at that time is cut: answered, it costs the units it has begun one second later; ringing, it costs nothing.
Domestic and incoming calls pass every bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.digits.packed import prefix_high
from sekisho.core.terms.call import Action
from sekisho.core.terms.instants import SECOND_MS
from sekisho.core.units import charge_of, price_at
from sekisho.core.watch.state import Records
from sekisho.lab.bars import Bars

NEVER: Final = 1 << 62
HOLD: Final = int(Action.HOLD)
I8 = npt.NDArray[np.int8]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Stopped:
    """One entry a call: the harshest bar it begins under (Action; 0: none), the harshest that comes while it is up.

    `stopped_at`: the first instant at which a bar stops or cuts it (NEVER: none does); `cost`: milli-yen it still costs
    a thief, who cannot answer an ask.
    """

    begun: I8
    during: I8
    stopped_at: I64
    cost: I64


class _Bars(NamedTuple):
    """The bars inside a kernel: those of line n are `lines[n]` to `lines[n + 1]`."""

    lines: I64
    at: I64
    until: I64
    action: I8
    first: I64
    prefixes: U64
    longest: int


def _for_kernel(bars: Bars, lines: int) -> _Bars:
    return _Bars(bars.of_lines(lines), bars.at, bars.until, bars.action, bars.first, bars.prefixes, bars.longest_ms)


@njit(cache=True)
def _covers(bars: _Bars, bar: int, number: Any) -> bool:
    covered = bars.first[bar] == bars.first[bar + 1]
    for place in range(bars.first[bar], bars.first[bar + 1]):
        covered |= bars.prefixes[place] <= number <= prefix_high(bars.prefixes[place])
    return bool(covered)


@njit(cache=True)
def _after(at: Any, low: int, high: int, instant: int) -> int:
    """The first of `at[low:high]`, which is sorted, that is later than `instant`."""
    while low < high:
        middle = (low + high) // 2
        if at[middle] <= instant:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True)
def _begun_under(call: Any, bars: _Bars, low: int, later: int) -> int:
    """The harshest of the bars `low` to `later`, which came no later than the call's start, that covers its start."""
    action = 0
    for bar in range(later - 1, low - 1, -1):
        if bars.at[bar] <= call.start - bars.longest or action == HOLD:
            break
        if bars.until[bar] > call.start and bars.action[bar] > action and _covers(bars, bar, call.number):
            action = bars.action[bar]
    return action


@njit(cache=True)
def _meets(call: Any, bars: _Bars, later: int, high: int) -> tuple[int, int]:
    """Of the bars `later` to `high` that come while the call is up: when the first comes, and the harshest."""
    first, action = NEVER, 0
    for bar in range(later, high):
        if bars.at[bar] >= call.end or action == HOLD:
            break
        if bars.action[bar] > action and _covers(bars, bar, call.number):
            first, action = min(first, bars.at[bar]), bars.action[bar]
    return first, action


@njit(cache=True)
def _cost_of_cut(call: Any, at: int, prices: Any) -> int:
    if call.answer > at:
        return 0
    return min(call.charge, charge_of(price_at(prices, call.rate), at + SECOND_MS - call.answer))


@njit(cache=True)
def _stop(calls: Any, bars: _Bars, prices: Any, begun: Any, during: Any, stopped_at: Any, cost: Any) -> None:
    for row in range(calls.size):
        call = calls[row]
        cost[row] = call.charge
        low, high = bars.lines[call.line], bars.lines[call.line + 1]
        if low == high or call.international == 0 or call.outgoing == 0:
            continue
        later = _after(bars.at, low, high, call.start)
        begun[row] = _begun_under(call, bars, low, later)
        cut_at, during[row] = _meets(call, bars, later, high)
        if begun[row] > 0:
            stopped_at[row], cost[row] = call.start, 0
        elif cut_at < NEVER:
            stopped_at[row], cost[row] = cut_at, _cost_of_cut(call, cut_at, prices)


def stopped(calls: Records, bars: Bars, lines: int, prices: I64) -> Stopped:
    """What `bars` do to `calls` (the kernel's records) of `lines` lines; `prices` are the tariff's."""
    size = calls.size
    result = Stopped(
        np.zeros(size, np.int8), np.zeros(size, np.int8), np.full(size, NEVER, np.int64), np.zeros(size, np.int64)
    )
    _stop(calls, _for_kernel(bars, lines), prices, result.begun, result.during, result.stopped_at, result.cost)
    return result


@njit(cache=True)
def _noticed(calls: Any, bars: _Bars, known_until: Any, out: Any) -> None:
    for row in range(calls.size):
        call = calls[row]
        if call.international == 0 or call.outgoing == 0:
            continue
        high = bars.lines[call.line + 1]
        for bar in range(_after(bars.at, bars.lines[call.line], high, call.start), high):
            if bars.at[bar] > known_until[row]:
                break
            if _covers(bars, bar, call.number):
                out[row] = bars.at[bar]
                break


def noticed(calls: Records, bars: Bars, lines: int, known_until: I64) -> I64:
    """When the first bar came, behind each call's start and until `known_until[i]`, whose scope its number is in.

    NEVER where none came. So a bar that comes while a thief pauses is told from one on another destination.
    """
    out = np.full(calls.size, NEVER, np.int64)
    _noticed(calls, _for_kernel(bars, lines), known_until, out)
    return out
