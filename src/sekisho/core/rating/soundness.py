"""Whether the cells of a tariff fit together: what no single cell can tell (docs/algorithms/rating.md, section 9)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from sekisho.core.digits.packed import U64Array
from sekisho.core.rating.cells import (
    ABSENT,
    ALL_DAY,
    JAPAN_RIGHT,
    MATCH_RIGHT,
    NUMBER_COLUMNS,
    BoolArray,
    I64Array,
    class_key,
    hours_text,
    read_matches,
    read_numbers,
)
from sekisho.core.rating.tariff_csv import Fault, Sheet
from sekisho.core.terms.destination import DestinationClass
from sekisho.core.terms.instants import format_rfc3339, japanese_date, start_of_japanese_day

NEVER_CHARGED: Final = (DestinationClass.FREE, DestinationClass.EMERGENCY)
_CHARGED: Final = tuple(
    member for member in DestinationClass if member != DestinationClass.INVALID and member not in NEVER_CHARGED
)
_PRICES: Final = ("yen_per_unit", "first_yen", "connection_yen")


class Cells(NamedTuple):
    """A sheet as numbers, one entry a row: `keys` the matches (cells.py), `numbers` by column name.

    `sound` says by column name which rows have a number that counts.
    """

    keys: U64Array
    numbers: dict[str, I64Array]
    sound: dict[str, BoolArray]


def _cell(sheet: Sheet, column: str, row: int) -> str:
    return str(sheet.columns[column][row])


def _unsound(sheet: Sheet, column: str, rows: Any, right: str) -> list[Fault]:
    return [Fault(sheet.line(row), f"{column} is {_cell(sheet, column, row)!r}", right) for row in rows.tolist()]


def read_cells(sheet: Sheet) -> tuple[Cells, list[Fault]]:
    """Every cell of a sheet as a number, and the faults of those that are not what their column may hold."""
    numbers: dict[str, I64Array] = {}
    sound: dict[str, BoolArray] = {}
    faults = []
    for name, column in NUMBER_COLUMNS.items():
        numbers[name], sound[name] = read_numbers(sheet.columns[name], column)
        faults += _unsound(sheet, name, np.flatnonzero(~sound[name]), column.right)
    keys, sound["match"], japan = read_matches(sheet.columns["match"])
    faults += _unsound(sheet, "match", np.flatnonzero(japan), JAPAN_RIGHT)
    faults += _unsound(sheet, "match", np.flatnonzero(~sound["match"] & ~japan), MATCH_RIGHT)
    return Cells(keys, numbers, sound), faults


def row_faults(sheet: Sheet, cells: Cells) -> list[Fault]:
    """First units that are only half there, and prices on calls that nobody pays."""
    numbers, sound = cells.numbers, cells.sound
    half = (numbers["first_unit_s"] == ABSENT) != (numbers["first_yen"] == ABSENT)
    half &= sound["first_unit_s"] & sound["first_yen"]
    faults = [
        Fault(sheet.line(row), "only one of first_unit_s and first_yen", "give both or neither")
        for row in np.flatnonzero(half).tolist()
    ]
    unpaid = np.isin(cells.keys, [class_key(member) for member in NEVER_CHARGED])
    priced = np.any([numbers[name] > 0 for name in _PRICES], axis=0)
    faults += [
        Fault(sheet.line(row), f"a price for {_cell(sheet, 'match', row)}", "such calls are never charged: write 0")
        for row in np.flatnonzero(unpaid & priced).tolist()
    ]
    return faults


def _begin_text(begins: int) -> str:
    day = japanese_date(begins)
    return day.isoformat() if start_of_japanese_day(day) == begins else format_rfc3339(begins)


def _groups(cells: Cells, rows: Any) -> list[Any]:
    """`rows` split by table and match, file order kept within; only those whose hours are not simply all day."""
    begins, keys = cells.numbers["valid_from"][rows], cells.keys[rows]
    order = np.lexsort((keys, begins))
    ordered = rows[order]
    edges = np.flatnonzero((np.diff(keys[order]) != 0) | (np.diff(begins[order]) != 0)) + 1
    starts, ends = np.append(0, edges), np.append(edges, ordered.size)
    odd = (ends - starts > 1) | (cells.numbers["hours"][ordered[starts]] != ALL_DAY)
    return [ordered[start:end] for start, end in zip(starts[odd], ends[odd], strict=True)]


def _overlaps(sheet: Sheet, cells: Cells, group: Any) -> list[Fault]:
    hours = cells.numbers["hours"]
    faults = []
    taken = 0
    for place, row in enumerate(group.tolist()):
        bits = int(hours[row])
        if bits & taken:
            other = next(before for before in group[:place].tolist() if int(hours[before]) & bits)
            wrong = f"{_cell(sheet, 'match', row)} has a price for {hours_text(bits & taken)} already"
            faults.append(Fault(sheet.line(row), wrong, f"keep this row or line {sheet.line(other)}"))
        taken |= bits
    return faults


def _gap(sheet: Sheet, cells: Cells, group: Any) -> list[Fault]:
    missing = ALL_DAY & ~int(np.bitwise_or.reduce(cells.numbers["hours"][group]))
    if not missing:
        return []
    wrong = f"{_cell(sheet, 'match', int(group[0]))} has no price for {hours_text(missing)}"
    return [Fault(sheet.line(int(group[0])), wrong, "add a row for these hours")]


def _missing_classes(sheet: Sheet, cells: Cells) -> list[Fault]:
    faults = []
    begins = cells.numbers["valid_from"]
    for instant in np.unique(begins).tolist():
        rows = np.flatnonzero(begins == instant)
        for member in _CHARGED:
            if not np.any(cells.keys[rows] == np.uint64(class_key(member))):
                wrong = f"the table of {_begin_text(instant)} has no class:{member.name.lower()}"
                faults.append(Fault(sheet.line(int(rows[0])), wrong, "add a row for the calls that match nothing else"))
    return faults


def table_faults(sheet: Sheet, cells: Cells) -> list[Fault]:
    """Rows of one match that overlap, hours without a price, classes without a rate, within each dated table.

    What is missing is told only where every row says plainly to which table, match and hours it belongs.
    """
    sound = cells.sound["valid_from"] & cells.sound["match"] & cells.sound["hours"]
    groups = _groups(cells, np.flatnonzero(sound)) if sound.any() else []
    faults = [fault for group in groups for fault in _overlaps(sheet, cells, group)]
    if sound.all() and not sheet.ragged:
        faults += [fault for group in groups for fault in _gap(sheet, cells, group)]
        faults += _missing_classes(sheet, cells)
    return faults
