"""Where thieves call: beginnings of numbers abroad, all over the world, each with its price under a tariff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import phonenumbers
import pyarrow as pa
from phonenumbers import PhoneNumberType

from sekisho.core.numbering.plan import NumberPlan, number_calls
from sekisho.core.rating.charge import rate_calls
from sekisho.core.rating.tariff import NO_RATE, Tariff
from sekisho.core.tables import CALLS
from sekisho.core.terms.destination import DestinationClass
from sekisho.core.terms.instants import MINUTE_MS
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.units import MAX_TALK_MS

KINDS: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.PREMIUM_RATE)
FREE_TAIL: Final = 6  # last digits that may be anything
LEAST_HEAD: Final = 2  # national digits that stay
_UNIT_MS, _UNIT_MILLIYEN = 2, 3  # fields of units.Price


@dataclass(frozen=True, slots=True)
class Places:
    """One entry a range of numbers.

    `head`: its first E.164 digits; `code`: how many of these are the calling code; `tail`: how many digits follow;
    `yen`: the price a minute; `country` as in terms/destination.
    """

    head: npt.NDArray[np.str_]
    code: npt.NDArray[np.int64]
    tail: npt.NDArray[np.int64]
    yen: npt.NDArray[np.float64]
    country: npt.NDArray[np.int16]


def _ranges() -> list[tuple[str, str]]:
    """(calling code, national digits of one number) of every region's kinds and of the global services."""
    found: dict[tuple[str, str], None] = {}
    for region in sorted(phonenumbers.SUPPORTED_REGIONS - {"JP"}):
        for kind in KINDS:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                found[str(number.country_code), phonenumbers.national_significant_number(number)] = None
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        number = phonenumbers.example_number_for_non_geo_entity(code)
        if number is not None:
            found[str(code), phonenumbers.national_significant_number(number)] = None
    return list(found)


def _as_calls(numbers: list[str], line: str, at: int) -> pa.RecordBatch:
    """Outgoing calls to these numbers, all at one instant."""
    size = len(numbers)

    def word(text: str) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(size, np.int32)), pa.array([text]))

    columns: dict[str, Any] = {
        "call_id": pa.array([""] * size),
        "direction": word("out"),
        "line": pa.array([line] * size),
        "number": pa.array(numbers),
        "start": pa.array(np.full(size, at)).cast(pa.timestamp("ms", tz="UTC")),
        "row": pa.array(np.zeros(size, np.int64)),
    }
    arrays = [
        columns[field.name] if field.name in columns else (pa.nulls(size, field.type) if field.nullable else word(""))
        for field in CALLS
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=CALLS)


def yen_a_minute(prices: npt.NDArray[np.int64], rate: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """Yen for a minute of going on talking, at each rate (a row of a tariff's `prices`); 0 where it costs nothing."""
    unit = prices[rate, _UNIT_MS]
    price = prices[rate, _UNIT_MILLIYEN] * MINUTE_MS / np.maximum(unit, 1) / MILLIYEN
    return np.where((unit > 0) & (unit <= MAX_TALK_MS), price, 0.0)


def build_places(plan: NumberPlan, tariff: Tariff, line: str, at: int) -> Places:
    """The ranges abroad that the plan knows and the tariff charges, as dialled on `line` at the instant `at`."""
    ranges = _ranges()
    batch = _as_calls([f"+{code}{national}" for code, national in ranges], line, at)
    numbered = number_calls(plan, batch)
    charged = rate_calls(tariff, batch, numbered, charging=True)
    good = (numbered.class_ == DestinationClass.INTERNATIONAL) & (charged.rate != NO_RATE)
    yen = yen_a_minute(tariff.prices, charged.rate)
    kept = np.flatnonzero(good & (yen > 0)).tolist()
    tails = [min(FREE_TAIL, max(len(ranges[index][1]) - LEAST_HEAD, 2)) for index in kept]
    heads = [
        ranges[index][0] + ranges[index][1][: len(ranges[index][1]) - tail]
        for index, tail in zip(kept, tails, strict=True)
    ]
    return Places(
        np.array(heads, np.str_),
        np.array([len(ranges[index][0]) for index in kept], np.int64),
        np.array(tails, np.int64),
        yen[kept],
        numbered.country[kept],
    )
