"""The arithmetic of charging units, for calls that are over (rating) and for calls in progress (watch).

The rules stand in words, with worked tables, in docs/algorithms/rating.md. Times are milliseconds, money is milli-yen.
Whatever the tariff parser lets through stays within int64: a unit is at least 100 ms and costs at most 10^8 milli-yen,
and talk time counts up to 366 days, so that a call has at most 316,224,001 units and costs less than 3.2 x 10^16.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit, types

from sekisho.core.memory import element_reader

MIN_UNIT_MS: Final = 100
MAX_UNIT_MS: Final = 86_400_000
MAX_PRICE_MILLIYEN: Final = 100_000_000
MAX_TALK_MS: Final = 366 * 86_400_000  # no call lasts longer; a longer one is a broken record and costs no more
NEVER: Final = 1 << 62
_i64_at = element_reader(types.int64)


class Price(NamedTuple):
    """The price of one call, in plain numbers. A rate without a first unit of its own repeats the following one.

    `unit_ms` 0: the call costs nothing (see FREE). `floor_yen` 1: the call's charge drops its fraction of a yen.
    """

    first_unit_ms: int
    first_milliyen: int
    unit_ms: int
    unit_milliyen: int
    connection_milliyen: int
    floor_yen: int


PRICE_FIELDS: Final = len(Price._fields)
FREE: Final = Price(0, 0, 0, 0, 0, 0)


@njit(cache=True)
def price_at(table: npt.NDArray[np.int64], row: int) -> Price:
    """Row `row` of an i64 array [row, PRICE_FIELDS], whose columns are the fields of Price in their order."""
    return Price(table[row, 0], table[row, 1], table[row, 2], table[row, 3], table[row, 4], table[row, 5])


@njit(cache=True)
def price_in(address: int, row: int) -> Price:
    """`price_at` for a loop over many calls: the table by its address; whoever has that holds the table too."""
    at = address + 8 * PRICE_FIELDS * row
    return Price(_i64_at(at, 0), _i64_at(at, 1), _i64_at(at, 2), _i64_at(at, 3), _i64_at(at, 4), _i64_at(at, 5))


@njit(cache=True)
def _within(talk_ms: int) -> int:
    return min(max(talk_ms, 0), MAX_TALK_MS)


@njit(cache=True)
def _whole(time_ms: int, unit_ms: int) -> int:
    """Whole units in a time of at most 367 days: exact, for both are far below 2^53; whole division takes thrice it."""
    return int(time_ms / unit_ms)


@njit(cache=True)
def units_of(price: Price, talk_ms: int) -> int:
    """Units of an answered call that talked for `talk_ms`: a started unit is a whole one, and there is at least one.

    Talk time below zero counts as zero. A free call has no units.
    """
    if price.unit_ms == 0:
        return 0
    rest = max(_within(talk_ms) - price.first_unit_ms, 0)
    return 1 + _whole(rest + price.unit_ms - 1, price.unit_ms)


@njit(cache=True)
def units_begun(price: Price, elapsed_ms: int) -> int:
    """Units of a call in progress that was answered `elapsed_ms` ago: a unit counts from the instant it begins."""
    if price.unit_ms == 0:
        return 0
    rest = _within(elapsed_ms) - price.first_unit_ms
    if rest < 0:
        return 1
    return 2 + _whole(rest, price.unit_ms)


@njit(cache=True)
def cost_of(price: Price, units: int) -> int:
    """Milli-yen for so many units (0 units: 0), with the connection charge, rounded as the rate says."""
    if units <= 0:
        return 0
    cost = price.connection_milliyen + price.first_milliyen + (units - 1) * price.unit_milliyen
    if price.floor_yen != 0:
        cost -= cost % 1000
    return cost


@njit(cache=True)
def charge_of(price: Price, talk_ms: int) -> int:
    """Milli-yen for an answered call that is over and talked for `talk_ms`."""
    return int(cost_of(price, units_of(price, talk_ms)))


@njit(cache=True)
def charged_so_far(price: Price, elapsed_ms: int) -> int:
    """Milli-yen that a call in progress has cost already, `elapsed_ms` after its answer.

    For a call that ends at that instant, this is never less than `charge_of`, and more only where a unit just begins.
    """
    return int(cost_of(price, units_begun(price, elapsed_ms)))


@njit(cache=True)
def next_unit_at(price: Price, answer_ms: int, now_ms: int) -> int:
    """The instant, later than `now_ms`, at which a call answered at `answer_ms` begins its next unit.

    NEVER where a further unit costs nothing, so that nobody sets an alarm for it.
    """
    if price.unit_ms == 0 or price.unit_milliyen == 0:
        return NEVER
    elapsed = max(now_ms - answer_ms, 0)
    if elapsed < price.first_unit_ms:
        return answer_ms + price.first_unit_ms
    begun = (elapsed - price.first_unit_ms) // price.unit_ms
    after = price.first_unit_ms + (begun + 1) * price.unit_ms
    return answer_ms + after if after <= MAX_TALK_MS else NEVER
