"""Rule `opensips-limits`: limits in the manner of the OpenSIPS module fraud_detection.

That module keeps five figures for each user (here: the line) and called prefix: calls a minute, calls, concurrent
calls, sequential calls (to the very number of the call before), and the length of a call. Each has a warning and a
critical threshold in a rule, and a rule holds in hours of some days. As in the module:

- the first four are looked at as a call begins, the length as it ends; a figure at its critical threshold is critical;
- the minute glides over 60 seconds; all counts begin anew at midnight and whenever another rule comes to hold;
- calls that began before that are no longer counted as concurrent.

Thresholds: the module has none of its own; its official tutorial's example, four rules for one prefix, stands here for
every prefix (its hours end at 17:00 and begin at 17:01; we close the minute). A prefix is a country's calling code.
Seen live, in Japanese time. Warnings are told to nobody here: only a critical figure bars.

What the script of such a proxy does on a critical figure is up to the carrier; two readings are scored: the prefix is
barred for the line, or all its international calls are, for four hours in both. The rule speaks again after half of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from sekisho.core.digits.packed import pack
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, MINUTE_MS, NEVER, SECOND_MS
from sekisho.core.watch.state import Records
from sekisho.lab.bars import BAR_MS, Bars, holds, spaced

NAME: Final = "opensips-limits"
NAME_ALL: Final = "opensips-limits-all"
JA: Final = "OpenSIPS方式の回数制限 (国番号を止める)"
EN: Final = "OpenSIPS-style limits, bar the calling code"
JA_ALL: Final = "OpenSIPS方式の回数制限 (国際通話を止める)"
EN_ALL: Final = "OpenSIPS-style limits, bar all international"
SOURCE: Final = "OpenSIPS module fraud_detection; thresholds of its tutorial (opensips.org, Tutorials-FraudDetection)"

# Critical thresholds: calls a minute, calls, concurrent calls, sequential calls, length of a call in seconds.
WORKING_DAY, EVENING, NIGHT, WEEKEND = range(4)
CRITICAL: Final = np.array(
    [
        (5, 35, 5, 20, 13_200),  # Monday to Friday, 9 to 17
        (5, 35, 5, 26, 16_000),  # Monday to Friday, 17 to 24
        (4, 20, 4, 15, 9_600),  # Monday to Friday, 0 to 9
        (5, 40, 5, 30, 17_400),  # Saturday and Sunday
    ],
    np.int64,
)
_CODE_DIGITS: Final = 3  # at most
_CODE_BITS: Final = np.uint64(52)  # three digits of a packed number stand above them
_SATURDAY: Final = 5
_DAY_BEGINS: Final = 9
_EVENING_BEGINS: Final = 17
_CHANNELS: Final = 1_024  # so many calls at once to one prefix are remembered; the thresholds lie far below

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


@cache
def _codes() -> U64:
    """The calling code (packed) of a number by its first three digits, as a table of their 4,096 packed forms."""
    table = np.zeros(1 << 12, np.uint64)
    for code in map(str, COUNTRY_CODE_TO_REGION_CODE):
        behind = _CODE_DIGITS - len(code)
        for more in range(10**behind):
            number = np.uint64(pack(code + str(more).zfill(behind)[:behind]))
            table[number >> _CODE_BITS] = pack(code)
    return table


def calling_codes(numbers: U64) -> U64:
    """The international calling code each packed E.164 number begins with; 0: none."""
    return _codes()[numbers >> _CODE_BITS]


@njit(cache=True)
def _rule_at(instant: int) -> int:
    local = instant + JST_OFFSET_MS
    day, hour = local // DAY_MS, local % DAY_MS // HOUR_MS
    if (day + 3) % 7 >= _SATURDAY:  # day 0 was a Thursday; Monday is 0
        return WEEKEND
    if hour < _DAY_BEGINS:
        return NIGHT
    return WORKING_DAY if hour < _EVENING_BEGINS else EVENING


@njit(cache=True)
def _critical(line: Any, prefix: Any, number: Any, start: Any, answer: Any, end: Any, limits: Any, out: Any) -> int:
    """The instants of critical figures of calls in the order of line, prefix and start: out[k] = (row, instant)."""
    filled, window, same, total, rule, day, opened = 0, 0, 0, 0, -1, -1, 0
    ends = np.zeros(_CHANNELS, np.int64)
    for row in range(start.size):
        at = start[row]
        today, holds_now = (at + JST_OFFSET_MS) // DAY_MS, _rule_at(at)
        fresh = row == 0 or line[row] != line[row - 1] or prefix[row] != prefix[row - 1]
        if fresh or today != day or holds_now != rule:
            window, same, total, opened = row, 0, 0, 0
            day, rule = today, holds_now
        total += 1
        same = same + 1 if same > 0 and number[row] == number[row - 1] else 1
        while start[window] <= at - MINUTE_MS:
            window += 1
        kept = 0
        for place in range(opened):
            if ends[place] > at:
                ends[kept] = ends[place]
                kept += 1
        if kept < ends.size:
            ends[kept] = end[row]
            kept += 1
        opened = kept
        limit = limits[rule]
        if row - window + 1 >= limit[0] or total >= limit[1] or opened >= limit[2] or same >= limit[3]:
            out[filled, 0], out[filled, 1] = row, at
            filled += 1
        if answer[row] != NEVER and end[row] != NEVER and end[row] - answer[row] >= limit[4] * SECOND_MS:
            out[filled, 0], out[filled, 1] = row, end[row]
            filled += 1
    return filled


@dataclass(frozen=True, slots=True)
class Critical:
    """Critical figures: on which line, when (ms), to which calling code (packed)."""

    line: npt.NDArray[np.int32]
    at: I64
    prefix: U64


def critical(calls: Records) -> Critical:
    """Every critical figure of international calls."""
    abroad = calls[(calls["international"] == 1) & (calls["outgoing"] == 1)]
    prefix = calling_codes(abroad["number"])
    order = np.lexsort((abroad["start"], prefix, abroad["line"]))
    line, prefix = abroad["line"][order], prefix[order]
    columns = [abroad[name][order] for name in ("number", "start", "answer", "end")]
    out = np.zeros((2 * line.size, 2), np.int64)
    filled = _critical(line, prefix, *columns, CRITICAL, out)
    row, at = out[:filled, 0], out[:filled, 1].copy()
    return Critical(line[row], at, prefix[row])


def bars(found: Critical, *, all_international: bool = False) -> Bars:
    """A hold at each critical figure, on the calls to its prefix, or on all international calls of the line."""
    scope = np.zeros_like(found.prefix) if all_international else found.prefix
    kept = spaced(found.line, scope, found.at, BAR_MS // 2)
    line, at, scope = found.line[kept], found.at[kept], scope[kept]
    return holds(line, at, at + BAR_MS, None if all_international else scope)
