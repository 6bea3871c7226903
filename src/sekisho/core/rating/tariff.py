"""A tariff: one price book, that is one or several dated tables (docs/algorithms/rating.md, sections 4, 6 and 9)."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from sekisho.core.digits.prefixes import PrefixIndex, build_index
from sekisho.core.rating.cells import ABSENT, ALL_DAY, COLUMNS, FIRST_CLASS, FIRST_PREFIX, BoolArray, I64Array
from sekisho.core.rating.soundness import Cells, read_cells, row_faults, table_faults
from sekisho.core.rating.tariff_csv import Sheet, bad_tariff, read_sheet
from sekisho.core.terms.destination import COUNTRY_CODES_END, DestinationClass
from sekisho.core.terms.instants import japanese_date
from sekisho.core.units import FREE, PRICE_FIELDS

NO_RATE: Final = -1
_CLASSES: Final = len(DestinationClass)

I32Array = npt.NDArray[np.int32]


class RateTable(NamedTuple):
    """One dated table, arrays only, as kernels take it: what a call matches → a choice, -1 where nothing fits.

    A choice below `banded_from` is a row of the tariff's rates; choice `banded_from + b` means
    `by_hour[b, hour in Japan]`, which is such a row.
    """

    prefixes: PrefixIndex
    by_country: I32Array  # [country code] (terms/destination)
    by_class: I32Array  # [DestinationClass]
    by_hour: I32Array  # [b, 24]
    banded_from: int


@dataclass(frozen=True, slots=True, eq=False)
class DatedTable:
    """A table in force from `begins` (ms, UTC) until the next one begins. `version` names its content."""

    begins: int
    version: str
    rates: RateTable


@dataclass(frozen=True, slots=True, eq=False)
class Tariff:
    """One price book. Rates are rows, in the order of the file, over all its dated tables.

    `prices` i64 [rate + 1, PRICE_FIELDS] holds the fields of `units.Price`. Its last row is FREE, so that row -1, no
    rate, costs nothing: `prices[charged.rate]` is the price of every call. `taxable` and `dated` (row of `tables`) have
    one entry a rate; `rate_names` and `rate_names_ja` are pa.StringArrays with one name a rate.
    """

    name: str
    tables: tuple[DatedTable, ...]
    begins: I64Array  # of each table, ascending
    prices: I64Array
    taxable: BoolArray
    dated: I32Array
    rate_names: Any
    rate_names_ja: Any


def _prices(cells: Cells) -> I64Array:
    numbers = cells.numbers
    own_first = numbers["first_unit_s"] != ABSENT
    prices = np.empty((cells.keys.size + 1, PRICE_FIELDS), np.int64)
    prices[:-1] = np.stack(
        [
            np.where(own_first, numbers["first_unit_s"], numbers["unit_s"]),
            np.where(own_first, numbers["first_yen"], numbers["yen_per_unit"]),
            numbers["unit_s"],
            numbers["yen_per_unit"],
            numbers["connection_yen"],
            numbers["rounding"],
        ],
        axis=1,
    )
    prices[-1] = FREE
    return prices


def _rate_table(cells: Cells, rows: Any) -> RateTable:
    """The table of the rates `rows`."""
    banded_from = cells.keys.size
    hours, keys = cells.numbers["hours"][rows], cells.keys[rows]
    all_day = hours == ALL_DAY
    banded_keys, band_of = np.unique(keys[~all_day], return_inverse=True)
    by_hour: I32Array = np.full((banded_keys.size, 24), NO_RATE, np.int32)
    for hour in range(24):
        now = (hours[~all_day] >> hour & 1) == 1
        by_hour[band_of[now], hour] = rows[~all_day][now]
    keys = np.concatenate([keys[all_day], banded_keys])
    choices = np.concatenate([rows[all_day], banded_from + np.arange(banded_keys.size)]).astype(np.int32)
    by_country: I32Array = np.full(COUNTRY_CODES_END, NO_RATE, np.int32)
    by_class: I32Array = np.full(_CLASSES, NO_RATE, np.int32)
    prefix, country = keys >= FIRST_PREFIX, keys < FIRST_CLASS
    class_ = ~prefix & ~country
    by_country[keys[country].astype(np.int64)] = choices[country]
    by_class[(keys[class_] - np.uint64(FIRST_CLASS)).astype(np.int64)] = choices[class_]
    return RateTable(build_index(keys[prefix], choices[prefix]), by_country, by_class, by_hour, banded_from)


def _version(sheet: Sheet, begins: int, rows: Any) -> str:
    """The table's day in Japan and twelve hex digits of its rows: all that a price depends on, so no notes."""
    names = [name for name in COLUMNS if name != "note"]
    sink = io.BytesIO()
    pa_csv.write_csv(pa.table([sheet.columns[name].take(rows) for name in names], names), sink)
    return f"{japanese_date(begins).isoformat()}-{hashlib.sha256(sink.getbuffer()).hexdigest()[:12]}"


def _built(sheet: Sheet, cells: Cells, name: str) -> Tariff:
    begins, dated = np.unique(cells.numbers["valid_from"], return_inverse=True)
    tables = []
    for table, instant in enumerate(begins.tolist()):
        rows = np.flatnonzero(dated == table)
        tables.append(DatedTable(instant, _version(sheet, instant, rows), _rate_table(cells, rows)))
    names, names_ja = sheet.columns["name"], sheet.columns["name_ja"]
    return Tariff(
        name=name,
        tables=tuple(tables),
        begins=begins,
        prices=_prices(cells),
        taxable=cells.numbers["tax"] == 1,
        dated=dated.astype(np.int32),
        rate_names=names,
        rate_names_ja=pc.if_else(pc.equal(names_ja, ""), names, names_ja),
    )


def parse_tariff(data: bytes, file: str) -> Tariff:
    """The bytes of a tariff file (docs/algorithms/rating.md, section 9) as a Tariff; `file` is its name.

    The tariff is called as the file, without folders and without `.csv`. Raises BadTariff with every fault of the file:
    the first in line order, and the `others`.
    """
    sheet = read_sheet(data, file)
    cells, faults = read_cells(sheet)
    faults += sheet.ragged_faults() + row_faults(sheet, cells) + table_faults(sheet, cells)
    if faults:
        raise bad_tariff(file, faults)
    return _built(sheet, cells, file.rpartition("/")[2].removesuffix(".csv"))
