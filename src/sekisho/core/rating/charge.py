"""The charge of a call, in the steps of docs/algorithms/rating.md, section 1."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sekisho.core.columns import among, filled
from sekisho.core.digits.packed import U64Array
from sekisho.core.digits.prefixes import find_at, longest_prefix, places_of
from sekisho.core.memory import address_of
from sekisho.core.rating.cells import BoolArray, I64Array
from sekisho.core.rating.tariff import NO_RATE, RateTable, Tariff
from sekisho.core.tables import WORD, Charged, Numbered
from sekisho.core.terms.destination import DestinationClass
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, NEVER
from sekisho.core.units import cost_of, price_in, units_of

_NONE: Final = np.uint64(0)
_FOREVER: Final = np.iinfo(np.int64).max
_INVALID: Final = int(DestinationClass.INVALID)
_FREE: Final = int(DestinationClass.FREE)
_EMERGENCY: Final = int(DestinationClass.EMERGENCY)


class Moments(NamedTuple):
    """When the calls happened and how long they talked, one entry a call, ms; NEVER where there is none."""

    start: I64Array
    answer: I64Array
    end: I64Array
    talk: I64Array


@njit(cache=True)
def _without_prefix(choice: int, of_country: int, of_class: int, class_: int) -> int:
    """The choice where the longest prefix said `choice`: that, else the country's, else the class's."""
    if choice < 0:
        choice = of_country
    if choice < 0:
        choice = of_class
    if class_ in (_INVALID, _FREE, _EMERGENCY):
        choice = NO_RATE
    return choice


@njit(cache=True)
def _in_band(choice: int, by_hour: npt.NDArray[np.int32], banded_from: int, at_ms: int) -> int:
    if choice < banded_from:
        return choice
    hour = ((at_ms + JST_OFFSET_MS) % DAY_MS) // HOUR_MS
    return int(by_hour[choice - banded_from, hour])


@njit(cache=True)
def price_of(table: RateTable, e164: int, class_: int, country: int, at_ms: int) -> int:
    """The rate (row of the tariff's rates) of a call at an instant at which `table` is in force; -1: not charged.

    `e164` is packed, uint64; `class_` a DestinationClass; `country` as in terms/destination.
    """
    choice = np.int64(longest_prefix(table.prefixes, e164))
    choice = _without_prefix(choice, np.int64(table.by_country[country]), np.int64(table.by_class[class_]), class_)
    return int(_in_band(choice, table.by_hour, table.banded_from, at_ms))


@njit(cache=True)
def _talk_ms(answer: int, end: int, talk: int) -> int:
    """Talk time, or NEVER where there is nothing to charge: no answer, or still up."""
    if answer == NEVER:
        return NEVER
    if talk != NEVER:
        return talk
    return end - answer if end != NEVER else NEVER


@njit(cache=True)
def _charge_rows(
    table: RateTable,
    prices: I64Array,
    begins: int,
    until: int,
    moments: Moments,
    numbers: tuple[U64Array, npt.NDArray[np.int8], npt.NDArray[np.int16]],
    outgoing: BoolArray,
    charging: BoolArray,
    charged: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32], I64Array],
) -> None:
    """Charge the calls to which `table` applies: those at `begins` or later and before `until`."""
    # `price_of` in its parts: handing it the whole table for every call would cost four times the work itself.
    prefixes, by_country, by_class, by_hour, banded_from = table
    starts, values, top = prefixes
    places = places_of(starts, values, top)
    begun, answers, ends, talks = moments
    e164, classes, countries = numbers
    rate, unit_ms, units, charge = charged
    free = prices.shape[0] - 1
    price_table = address_of(prices)
    for row in range(rate.size):
        at = begun[row] if answers[row] == NEVER else answers[row]
        if at < begins or at >= until or not outgoing[row]:
            continue
        class_ = np.int64(classes[row])
        chosen = np.int64(NO_RATE)
        if e164[row] != _NONE:
            chosen = np.int64(find_at(places, e164[row]))
        chosen = _without_prefix(chosen, np.int64(by_country[countries[row]]), np.int64(by_class[class_]), class_)
        if chosen >= banded_from:
            chosen = _in_band(chosen, by_hour, banded_from, at)
        price = price_in(price_table, free if chosen == NO_RATE else chosen)
        rate[row], unit_ms[row] = chosen, price.unit_ms
        talk = _talk_ms(answers[row], ends[row], talks[row])
        if talk != NEVER and charging[row]:
            units[row] = units_of(price, talk)
            charge[row] = cost_of(price, np.int64(units[row]))


@njit(cache=True)
def _span(start: I64Array, answer: I64Array) -> tuple[int, int]:
    """The first and the last instant that decides a rate: the answers or, where there is none, the starts."""
    first, last = _FOREVER, NEVER
    for row in range(start.size):
        at = int(start[row] if answer[row] == NEVER else answer[row])
        first, last = min(first, at), max(last, at)
    return first, last


def moments_of(calls: Any) -> Moments:
    """The columns of a pa.RecordBatch of CALLS that say when."""
    columns = (calls.column(name) for name in ("start", "answer", "end", "talk_ms"))
    return Moments(*(filled(column, NEVER) for column in columns))


def _is_out(direction: Any) -> BoolArray:
    return among(direction, frozenset(("out",)))


def _table_of(tariff: Tariff, at: I64Array) -> npt.NDArray[np.int32]:
    """The dated table in force at each instant; the first one also before it begins."""
    return np.maximum(np.searchsorted(tariff.begins, at, side="right") - 1, 0).astype(np.int32)


def rate_calls(
    tariff: Tariff,
    calls: Any,
    numbered: Numbered,
    charging: bool | BoolArray,
    outgoing: BoolArray | None = None,
    moments: Moments | None = None,
) -> Charged:
    """What each call of a batch costs.

    `calls` is a pa.RecordBatch of CALLS, `numbered` what numbering says of it; `charging` tells whether the calls'
    source charges, for all or by row; `outgoing` and `moments`, where they are known already, which calls the lines
    made, and when. A call of a source that does not charge has a rate, no units and a charge of 0.
    """
    size = calls.num_rows
    charged = Charged(
        rate=np.full(size, NO_RATE, np.int32),
        unit_ms=np.zeros(size, np.int32),
        units=np.zeros(size, np.int32),
        charge=np.zeros(size, np.int64),
    )
    if size == 0:
        return charged
    moments = moments_of(calls) if moments is None else moments
    first, last = _table_of(tariff, np.array(_span(moments.start, moments.answer))).tolist()
    charging = np.full(size, charging) if isinstance(charging, bool) else charging
    outgoing = _is_out(calls.column("direction")) if outgoing is None else outgoing
    numbers = (numbered.e164, numbered.class_, numbered.country)
    for place in range(first, last + 1):
        table = tariff.tables[place]
        begins = table.begins if place else NEVER
        until = tariff.tables[place + 1].begins if place + 1 < len(tariff.tables) else _FOREVER
        _charge_rows(
            table.rates, tariff.prices, begins, until, moments, numbers, outgoing, charging,
            (charged.rate, charged.unit_ms, charged.units, charged.charge),
        )  # fmt: skip
    return charged


def tariff_versions(tariff: Tariff, calls: Any) -> Any:
    """The RATED column `tariff_version` of a pa.RecordBatch of CALLS: the version in force at the answer, or start."""
    moments = moments_of(calls)
    words = pa.array([table.version for table in tariff.tables], pa.string())
    at = np.where(moments.answer == NEVER, moments.start, moments.answer)
    return pa.DictionaryArray.from_arrays(pa.array(_table_of(tariff, at)), words).cast(WORD)
