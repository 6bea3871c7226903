"""The countries of the world: ranges of their numbers, their clocks, and what a minute costs (the shipped tariff).

`countries.csv` was written by `scripts/simulator_countries.py` and is frozen with the simulator, so that newer metadata
does not change what a seed gives. A range is its first digits and how many follow; `unallocated` ranges have the form
of a number that no operator was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pyarrow import csv

from sekisho.core.rating.tariff import Tariff
from sekisho.core.terms.destination import DestinationClass, country_code
from sekisho.core.terms.instants import MINUTE_MS
from sekisho.core.terms.money import MILLIYEN
from sekisho.lab.simulator.byte_rows import Words, mixed
from sekisho.lab.simulator.chance import F64, I64
from sekisho.wiring.tariffs import load_tariff

_FILE = Path(__file__).with_name("countries.csv")


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """Ranges of numbers, country by country; those of country c are the rows first[c] … first[c] + count[c]."""

    head: Words
    free: npt.NDArray[np.int64]
    first: I64
    count: I64


@dataclass(frozen=True, slots=True, eq=False)
class Countries:
    """One entry a country. `rank` 1 is what Japan rings most, 0 unranked; `yen` a minute of the shipped tariff."""

    names: tuple[str, ...]
    rank: I64
    offset_h: I64
    yen: F64
    allocated: Ranges
    unallocated: Ranges

    def index(self, name: str) -> int:
        """The place of a country, by its name (`SL`, `+870`)."""
        return self.names.index(name)

    def numbers(self, country: I64, words: Words, *, unallocated: bool = False) -> Words:
        """E.164 numbers as whole numbers: the same country and word always give the same number."""
        ranges = self.unallocated if unallocated else self.allocated
        row = ranges.first[country] + (mixed(words) % ranges.count[country].astype(np.uint64)).astype(np.int64)
        size = np.uint64(10) ** ranges.free[row].astype(np.uint64)
        return ranges.head[row] * size + (words >> np.uint64(7)) % size


def _ranges(texts: list[str], otherwise: list[str]) -> Ranges:
    """Ranges from the cells of one column, and of another where a cell is empty."""
    cells = [(text or other).split() for text, other in zip(texts, otherwise, strict=True)]
    rows = [each.split("/") for cell in cells for each in cell]
    count = np.array([len(cell) for cell in cells], np.int64)
    return Ranges(
        head=np.array([int(head) for head, _ in rows], np.uint64),
        free=np.array([int(free) for _, free in rows], np.int64),
        first=np.cumsum(count) - count,
        count=count,
    )


def yen_a_minute(tariff: Tariff, country: str) -> float:
    """What a minute to a country costs by the tariff's last table."""
    rates = tariff.tables[-1].rates
    row = int(rates.by_country[country_code(country)])
    row = row if row >= 0 else int(rates.by_class[DestinationClass.INTERNATIONAL])
    _, _, unit_ms, price, _, _ = tariff.prices[row].tolist()
    return price * MINUTE_MS / unit_ms / MILLIYEN


@lru_cache(maxsize=1)
def load_countries() -> Countries:
    """The frozen table with the prices of the shipped tariff."""
    table = csv.read_csv(_FILE, convert_options=csv.ConvertOptions(strings_can_be_null=False)).to_pydict()
    tariff = load_tariff()
    return Countries(
        names=tuple(table["country"]),
        rank=np.array(table["rank"], np.int64),
        offset_h=np.array(table["utc_offset_h"], np.int64),
        yen=np.array([yen_a_minute(tariff, name) for name in table["country"]]),
        allocated=_ranges(table["ranges"], table["ranges"]),
        unallocated=_ranges(table["unallocated"], table["ranges"]),
    )
