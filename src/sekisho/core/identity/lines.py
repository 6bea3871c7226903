"""Lines by number: (company, packed number) → a row that stays theirs. Open addressing, linear probing."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit, types

from sekisho.core.memory import element_reader, prefetch

U64 = npt.NDArray[np.uint64]
TEXT: Final = "S32"  # a line as its input wrote it; longer texts are no numbers
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_FULL: Final = 0.6
_ENTRY_BYTES: Final = 16
AHEAD: Final = 16  # lines whose entries are asked for at once
_word_at = element_reader(types.uint64)
_ROW_BITS: Final = np.uint64(32)
_LOW: Final = np.uint64(0xFFFFFFFF)


@njit(cache=True)
def _first_place(mask: int, number: Any, company: Any) -> int:
    """Where a line stands if no other is in its way."""
    mixed = (number ^ (company * np.uint64(0xC2B2AE3D27D4EB4F))) * _MIX
    return int(np.int64((mixed ^ (mixed >> np.uint64(29))) & np.uint64(mask)))


@njit(cache=True)
def _place_at(table: int, mask: int, number: Any, company: Any) -> int:
    """Where the line stands in the table at an address, or the free entry where it would stand."""
    at = _first_place(mask, number, company)
    while True:
        row = _word_at(table, 2 * at + 1)
        if row == np.uint64(0) or (_word_at(table, 2 * at) == number and (row >> _ROW_BITS) == company):
            return at
        at = (at + 1) & mask


@njit(cache=True)
def _place(table: Any, number: Any, company: Any) -> int:
    """`_place_at` of a table."""
    return int(_place_at(np.int64(table.ctypes.data), table.shape[0] - 1, number, company))


@njit(cache=True)
def _find(table: Any, numbers: Any, company: Any, count: int, limit: int, first: int, rows: Any) -> tuple[int, int]:
    """Rows of `numbers[first:]`, adding lines that are new; stops at `limit` lines. Returns (next, lines known)."""
    owner = np.uint64(company)
    address, mask = np.int64(table.ctypes.data), table.shape[0] - 1
    for index in range(first, numbers.size):
        number = numbers[index]
        if number == np.uint64(0):
            rows[index] = -1
            continue
        if index + AHEAD < numbers.size:
            prefetch(address + _ENTRY_BYTES * _first_place(mask, numbers[index + AHEAD], owner))
        at = _place_at(address, mask, number, owner)
        if table[at, 1] == np.uint64(0):
            if count >= limit:
                return index, count
            table[at, 0] = number
            count += 1
            table[at, 1] = (owner << _ROW_BITS) | np.uint64(count)
        rows[index] = np.int32((table[at, 1] & _LOW) - np.uint64(1))
    return numbers.size, count


@njit(cache=True)
def _rehash(old: Any, new: Any) -> None:
    for entry in range(old.shape[0]):
        if old[entry, 1] != np.uint64(0):
            at = _place(new, old[entry, 0], old[entry, 1] >> _ROW_BITS)
            new[at, 0] = old[entry, 0]
            new[at, 1] = old[entry, 1]


@njit(cache=True)
def _first_rows(rows: Any, before: int, count: int) -> Any:
    """Where each line from `before` up to `count` comes up first: lines are numbered as they come up."""
    first = np.zeros(count - before, np.int64)
    line = before
    for row in range(rows.size):
        if rows[row] == line:
            first[line - before] = row
            line += 1
            if line == count:
                break
    return first


class LineTable:
    """All lines we know, numbered in the order in which they were first met."""

    def __init__(self) -> None:
        self.count = 0
        self.companies: list[str] = []
        self.texts: npt.NDArray[np.bytes_] = np.zeros(1024, TEXT)
        self.owners: npt.NDArray[np.int32] = np.zeros(1024, np.int32)  # the company of every line
        self._table: U64 = np.zeros((2048, 2), np.uint64)

    def company_id(self, company: str) -> int:
        """The small number of a company, given out at first sight."""
        if company not in self.companies:
            self.companies.append(company)
        return self.companies.index(company)

    def rows_of(self, company: str, numbers: U64) -> npt.NDArray[np.int32]:
        """The row of every packed number of `company` (i32; -1 for 0, which is no number). New lines get new rows.

        Lines met for the first time are rows `count` before the call up to `count` after it; `note_texts` names them.
        """
        rows = np.empty(numbers.size, np.int32)
        owner = self.company_id(company)
        before = self.count
        done = 0
        while done < numbers.size:
            limit = int(self._table.shape[0] * _FULL)
            done, self.count = _find(self._table, numbers, owner, self.count, limit, done, rows)
            if done < numbers.size:
                grown = np.zeros((2 * self._table.shape[0], 2), np.uint64)
                _rehash(self._table, grown)
                self._table = grown
        self._make_room()
        self.owners[before : self.count] = owner
        return rows

    def row_of(self, company: str, number: int) -> int:
        """`rows_of` for one packed number that was asked for before, quickly; else -1, and nothing is added."""
        if not number or company not in self.companies:
            return -1
        at = _place(self._table, np.uint64(number), np.uint64(self.companies.index(company)))
        return int(self._table[at, 1] & _LOW) - 1

    def _make_room(self) -> None:
        if self.count > self.texts.size:
            more = max(self.count, 2 * self.texts.size) - self.texts.size
            self.texts = np.concatenate([self.texts, np.zeros(more, TEXT)])
            self.owners = np.concatenate([self.owners, np.zeros(more, np.int32)])

    def note_texts(self, before: int, rows: npt.NDArray[np.int32], texts: Any) -> None:
        """Keep the text of every line numbered from `before` on, as its first row wrote it.

        `rows` are the line rows of a batch; `texts(picked)` gives the texts (bytes) of the batch's rows `picked`.
        """
        if self.count > before:
            self.texts[before : self.count] = texts(_first_rows(rows, before, self.count))

    def text(self, row: int) -> str:
        """The line as its input wrote it."""
        return bytes(self.texts[row]).decode("utf-8", "replace")

    def company(self, row: int) -> str:
        """The company of a line."""
        return self.companies[int(self.owners[row])]

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """For a snapshot."""
        return {
            "lines.table": self._table,
            "lines.texts": self.texts[: self.count],
            "lines.owners": self.owners[: self.count],
            "lines.companies": np.array(self.companies, dtype=np.str_),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> LineTable:
        """The inverse of `to_arrays`."""
        table = cls()
        table._table = np.array(arrays["lines.table"], np.uint64)
        table.count = arrays["lines.texts"].size
        table._make_room()
        table.texts[: table.count] = arrays["lines.texts"]
        table.owners[: table.count] = arrays["lines.owners"]
        table.companies = [str(name) for name in arrays["lines.companies"]]
        return table
