"""Lines by number: (company, packed number) → a row that stays theirs. Open addressing, linear probing."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

U64 = npt.NDArray[np.uint64]
TEXT: Final = "S32"  # a line as its input wrote it; longer texts are no numbers
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_FULL: Final = 0.6
_ROW_BITS: Final = np.uint64(32)
_LOW: Final = np.uint64(0xFFFFFFFF)


@njit(cache=True)
def _place(table: Any, number: Any, company: Any) -> int:
    """Where the line stands in the table, or the free entry where it would stand."""
    mask = np.uint64(table.shape[0] - 1)
    mixed = (number ^ (company * np.uint64(0xC2B2AE3D27D4EB4F))) * _MIX
    at = (mixed ^ (mixed >> np.uint64(29))) & mask
    while table[at, 1] != np.uint64(0) and not (table[at, 0] == number and (table[at, 1] >> _ROW_BITS) == company):
        at = (at + np.uint64(1)) & mask
    return int(at)


@njit(cache=True)
def _find(table: Any, numbers: Any, company: Any, count: int, limit: int, first: int, rows: Any) -> tuple[int, int]:
    """Rows of `numbers[first:]`, adding lines that are new; stops at `limit` lines. Returns (next, lines known)."""
    owner = np.uint64(company)
    for index in range(first, numbers.size):
        number = numbers[index]
        if number == np.uint64(0):
            rows[index] = -1
            continue
        at = _place(table, number, owner)
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
        fresh = np.flatnonzero(rows >= before)
        lines, first = np.unique(rows[fresh], return_index=True)
        if lines.size:
            self.texts[lines] = texts(fresh[first])

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
