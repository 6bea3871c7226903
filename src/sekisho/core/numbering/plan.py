"""The dialling plan, ready to use: tables built once from metadata, then batches of CALLS → Numbered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.columns import among
from sekisho.core.digits.packed import U64Array, pack, text_bytes, unpack
from sekisho.core.digits.prefixes import PrefixIndex, build_index
from sekisho.core.numbering.assigned import assigned_ranges
from sekisho.core.numbering.country_prefixes import prefixes_by_country
from sekisho.core.numbering.destinations import (
    EMERGENCY_NUMBERS,
    INTERNATIONAL,
    INVALID,
    KNOWN_SHORT_NUMBERS,
    DestinationTable,
    build_destinations,
)
from sekisho.core.numbering.japan import JAPAN_CODE, japan_prefixes
from sekisho.core.numbering.regions import RegionPrefix, region_prefixes
from sekisho.core.numbering.resolving import (
    PlanTables,
    complete_rows,
    describe_rows,
    number_row,
    read_lines,
    read_rows,
    settle_rows,
)
from sekisho.core.tables import Numbered
from sekisho.core.terms.destination import DestinationClass, country_code, country_text


@dataclass(frozen=True, slots=True)
class NumberPlan:
    """The arrays of the kernel, what the ids it gives mean, and the prefixes of each country abroad."""

    tables: PlanTables
    destinations: DestinationTable
    country_prefixes: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Destination:
    """What one number resolves to. `e164` and `line` are digits without `+`, empty where there are none."""

    destination_id: int
    class_: DestinationClass
    country: str
    name: str
    place: str
    e164: str
    valid: bool
    line: str


@dataclass(frozen=True, slots=True)
class _Range:
    prefix: str
    destination: int
    lengths: int
    area: int = 0


def _ranges(abroad: list[RegionPrefix]) -> tuple[list[_Range], list[str]]:
    """All ranges of E.164 numbers, and the countries among them."""
    ranges = [
        _Range(JAPAN_CODE + row.prefix, row.destination, row.lengths << len(JAPAN_CODE), row.area)
        for row in japan_prefixes()
    ]
    countries: dict[str, None] = {}
    for row in abroad:
        countries[row.region] = None
        ranges.append(_Range(row.prefix, INTERNATIONAL + country_code(row.region), row.lengths))
    return ranges, list(countries)


@lru_cache(maxsize=1)
def _assigned() -> tuple[PrefixIndex, npt.NDArray[np.uint32]]:
    """Numbers abroad that operators were given: prefix → row, and the lengths of each row (bit n: n digits)."""
    ranges = assigned_ranges(int(JAPAN_CODE))
    lengths, rows = np.unique([each for _, each in ranges], return_inverse=True)
    prefixes = np.array([pack(prefix) for prefix, _ in ranges], np.uint64)
    return build_index(prefixes, rows.astype(np.int32)), lengths.astype(np.uint32)


def _tables(ranges: list[_Range], destinations: DestinationTable) -> PlanTables:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, each in enumerate(ranges):
        rows[each.prefix].append(row)
    other = np.full(len(ranges), -1, np.int32)
    for same in rows.values():
        other[same[:-1]] = same[1:]
    short = np.full(1_000, INVALID, np.int32)
    short[100:200] = np.arange(100, 200)
    known = np.zeros(1_000, np.bool_)
    known[[int(digits) for digits in KNOWN_SHORT_NUMBERS]] = True
    known |= destinations.class_[short] == DestinationClass.EMERGENCY
    assigned, assigned_lengths = _assigned()
    return PlanTables(
        prefixes=build_index(
            np.array([pack(prefix) for prefix in rows], np.uint64),
            np.array([same[0] for same in rows.values()], np.int32),
        ),
        range_destination=np.array([each.destination for each in ranges], np.int32),
        range_lengths=np.array([each.lengths for each in ranges], np.uint32),
        range_area=np.array([each.area for each in ranges], np.int8),
        range_other=other,
        assigned=assigned,
        assigned_lengths=assigned_lengths,
        short_destination=short,
        short_known=known,
        class_=destinations.class_,
        country=destinations.country,
    )


@lru_cache(maxsize=4)
def build_plan(emergency: tuple[str, ...] = EMERGENCY_NUMBERS) -> NumberPlan:
    """The plan with these three-digit emergency numbers. Cheap to call again: the plan is built once and not changed.

    Raises ValueError for an emergency number that is not 1XX.
    """
    abroad = [row for row in region_prefixes() if row.prefix != JAPAN_CODE]
    ranges, countries = _ranges(abroad)
    destinations = build_destinations(countries, emergency)
    return NumberPlan(_tables(ranges, destinations), destinations, prefixes_by_country(abroad))


def prefixes_of_country(plan: NumberPlan, country: int) -> tuple[str, ...]:
    """The E.164 prefixes (digits, no +) of a country or global service abroad, in their order; none of any other code.

    `country` as in terms/destination: Sierra Leone is ("232",), Jamaica ("1658", "1876"), +870 ("870",).
    """
    return plan.country_prefixes.get(country, ())


def _numbered(plan: NumberPlan, line: U64Array, numbers: Any, outgoing: npt.NDArray[np.bool_]) -> Numbered:
    rows = outgoing.size
    forms, held, counts = read_rows(*numbers, outgoing)
    out = Numbered(
        line=line,
        e164=np.empty(rows, np.uint64),
        destination_id=np.empty(rows, np.int32),
        class_=np.empty(rows, np.int8),
        country=np.empty(rows, np.int16),
        valid=np.empty(rows, np.bool_),
        stripped=held,
    )
    found = (out.e164, out.destination_id, out.valid)
    digits = complete_rows(plan.tables, forms, held, counts, out.line, found)
    settle_rows(plan.tables, forms, digits, found)
    describe_rows(plan.tables, out.destination_id, out.class_, out.country)
    return out


def number_lines(lines: pa.Array) -> U64Array:
    """The packed number of every line, as its input wrote it; 0 where it is none."""
    packed = np.empty(len(lines), np.uint64)
    read_lines(*text_bytes(lines), packed)
    return packed


def number_calls(
    plan: NumberPlan,
    calls: pa.RecordBatch,
    lines: U64Array | None = None,
    outgoing: npt.NDArray[np.bool_] | None = None,
) -> Numbered:
    """What the plan says of each row of CALLS (its columns `line`, `number`, `direction`). No input is an error.

    A number that cannot be read is class INVALID; so is the caller of an incoming call who hides. `lines` (what
    `number_lines` said of them) and `outgoing` are given where they are known already.
    """
    if outgoing is None:
        outgoing = ~among(calls.column("direction"), frozenset(("in",)))
    lines = number_lines(calls.column("line")) if lines is None else lines
    return _numbered(plan, lines, text_bytes(calls.column("number")), outgoing)


def _one(text: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """One text as `text_bytes` gives a column of it."""
    encoded = text.encode()
    return np.frombuffer(np.array([0, len(encoded)], np.int32).tobytes(), np.int32), np.frombuffer(encoded, np.uint8)


def number_call(plan: NumberPlan, number: str, line: str) -> tuple[int, int, int, int, bool]:
    """One number as dialled on `line`: (packed line, packed E.164, class, country, valid), quickly. Never fails."""
    one, other = line.encode("utf-8", "replace"), number.encode("utf-8", "replace")
    packed, e164, _, class_, country, valid = number_row(
        plan.tables, np.frombuffer(one, np.uint8), len(one), np.frombuffer(other, np.uint8), len(other), True
    )
    return int(packed), int(e164), int(class_), int(country), bool(valid)


def resolve(plan: NumberPlan, number: str, line: str = "", *, outgoing: bool = True) -> Destination:
    """One number as dialled on `line` (or, with `outgoing` false, the caller of an incoming call). Never fails."""
    packed = np.empty(1, np.uint64)
    read_lines(*_one(line), packed)
    found = _numbered(plan, packed, _one(number), np.array([outgoing]))
    row = int(found.destination_id[0])
    return Destination(
        destination_id=row,
        class_=DestinationClass(int(found.class_[0])),
        country=country_text(int(found.country[0])),
        name=plan.destinations.name[row],
        place=plan.destinations.place[row],
        e164=unpack(int(found.e164[0])),
        valid=bool(found.valid[0]),
        line=unpack(int(found.line[0])),
    )
