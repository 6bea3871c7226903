"""Lines by number: (company, packed number) → a row that stays theirs.

Of each line we keep its number, its company and how its input wrote it; all are only ever added to. The index that
finds the row is many small tables, its segments, of which a full one is split in two (as in segments.py): no line waits
for an index to be built anew. It can be made again from the numbers, so no snapshot holds it.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit, types

from sekisho.core.columns import picked
from sekisho.core.identity.line_texts import OTHERWISE, TEXT, forms_of, written
from sekisho.core.memory import address_of, element_reader, prefetch
from sekisho.core.reserved import reserve
from sekisho.core.terms.errors import LogDamaged

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]
MOST_LINES: Final = 1 << 26
_SEGMENT: Final = 4_096
_SEGMENT_BITS: Final = 12
_SEGMENTS: Final = MOST_LINES >> 10
_FULL: Final = 3_276  # entries of a segment in use (0.8) when it is split
_EXPECTED: Final = 2_900  # lines a segment, so that hardly one is full
_DEEPEST: Final = 18
_MOST_COMPANIES: Final = 1 << 16
_ROW: Final = np.uint64(0xFFFF_FFFF)
_TAG: Final = ~_ROW
_COUNT, _SEGMENTS_USED, _DEPTH = range(3)
_AHEAD: Final = 16  # lines whose entries are asked for before they are looked up

_u64_at, _u32_at, _u16_at = element_reader(types.uint64), element_reader(types.uint32), element_reader(types.uint16)


class _Index(NamedTuple):
    """`entries` u64 [segment * _SEGMENT + slot]: the high half of the line's hash, its row + 1; 0 = free.

    `directory` u32: the segment by the low bits of that half; `depths` u8, `counts` i32 of each segment; `shape` i64:
    lines, segments, depth; `numbers` u64 and `owners` u16 of every line.
    """

    entries: U64
    directory: npt.NDArray[np.uint32]
    depths: npt.NDArray[np.uint8]
    counts: npt.NDArray[np.int32]
    shape: I64
    numbers: U64
    owners: npt.NDArray[np.uint16]


@njit(cache=True)
def _hash(number: Any, company: Any) -> Any:
    mixed = (number ^ (np.uint64(company) * np.uint64(0xC2B2AE3D27D4EB4F))) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(32))


class _Places(NamedTuple):
    """Where the arrays of an index lie, and the mask of its depth; they hold until the index is added to.

    For what is done once a line: an index as an argument has the references of seven arrays counted every time.
    """

    entries: int
    directory: int
    numbers: int
    owners: int
    low: Any


@njit(cache=True)
def _places_of(index: _Index) -> _Places:
    return _Places(
        address_of(index.entries),
        address_of(index.directory),
        address_of(index.numbers),
        address_of(index.owners),
        (np.uint64(1) << np.uint64(index.shape[_DEPTH])) - np.uint64(1),
    )


@njit(cache=True)
def _first_at(places: _Places, hashed: Any) -> int:
    """Where a line is looked for first: the segment by the low bits of the tag, the slot by the low bits of all."""
    segment = np.int64(_u32_at(places.directory, np.int64((hashed >> np.uint64(32)) & places.low)))
    return int((segment << _SEGMENT_BITS) | np.int64(hashed & np.uint64(_SEGMENT - 1)))


@njit(cache=True)
def _next(at: int) -> int:
    """The place after this one in its segment, which is a ring."""
    return (at & ~(_SEGMENT - 1)) | ((at + 1) & (_SEGMENT - 1))


@njit(cache=True)
def _row_at(places: _Places, number: Any, company: Any) -> int:
    """The row of a line, -1 where it is not known."""
    hashed = _hash(number, company)
    at = _first_at(places, hashed)
    while True:
        entry = _u64_at(places.entries, at)
        if entry == np.uint64(0):
            return -1
        if (entry ^ hashed) & _TAG == np.uint64(0):
            row = np.int64(entry & _ROW) - 1
            if _u64_at(places.numbers, row) == number and _u16_at(places.owners, row) == company:
                return int(row)
        at = _next(at)


@njit(cache=True)
def _free_at(places: _Places, hashed: Any) -> int:
    """The free place where a line that is not known would stand."""
    at = _first_at(places, hashed)
    while _u64_at(places.entries, at) != np.uint64(0):
        at = _next(at)
    return int(at)


@njit(cache=True)
def _split(index: _Index, segment: int) -> None:
    """Split a segment in two."""
    entries, numbers, owners = index.entries, index.numbers, index.owners
    begin, depth, new = segment << _SEGMENT_BITS, np.int64(index.depths[segment]), index.shape[_SEGMENTS_USED]
    old = entries[begin : begin + _SEGMENT].copy()
    entries[begin : begin + _SEGMENT] = np.uint64(0)
    index.shape[_SEGMENTS_USED] += 1
    if depth == index.shape[_DEPTH]:
        size = 1 << depth
        index.directory[size : 2 * size] = index.directory[:size]
        index.shape[_DEPTH] += 1
    index.depths[segment] = index.depths[new] = depth + 1
    member = np.int64(old[np.flatnonzero(old)[0]] >> np.uint64(32))
    for place in range((member & ((1 << depth) - 1)) | (1 << depth), 1 << index.shape[_DEPTH], 1 << (depth + 1)):
        index.directory[place] = new
    moved = kept = 0
    for entry in old:
        if entry != np.uint64(0):
            row = np.int64(entry & _ROW) - 1
            goes = int(entry >> np.uint64(32 + depth)) & 1
            slot = np.int64(_hash(numbers[row], owners[row]) & np.uint64(_SEGMENT - 1))
            free = ((new if goes else segment) << _SEGMENT_BITS) | slot
            while entries[free] != np.uint64(0):
                free = _next(free)
            entries[free] = entry
            moved += goes
            kept += 1 - goes
    index.counts[segment], index.counts[new] = kept, moved


@njit(cache=True)
def _add(index: _Index, places: _Places, row: int) -> _Places:
    """Enter the line in `row`, whose number and owner are written; the places after that."""
    hashed = _hash(index.numbers[row], index.owners[row])
    at = _free_at(places, hashed)
    segment = at >> _SEGMENT_BITS
    while index.counts[segment] >= _FULL and index.depths[segment] < _DEEPEST:
        _split(index, segment)
        places = _places_of(index)
        at = _free_at(places, hashed)
        segment = at >> _SEGMENT_BITS
    index.entries[at] = (hashed & _TAG) | np.uint64(row + 1)
    index.counts[segment] += 1
    return places


@njit(cache=True)
def _look(index: _Index, number: Any, company: Any) -> int:
    """`_row_at` for one line."""
    return int(_row_at(_places_of(index), number, company))


@njit(cache=True)
def _add_new(index: _Index, places: _Places, number: Any, owner: Any) -> tuple[int, _Places]:
    """The row given to a line that is not known, -2 where there is none left; the places after that."""
    row = index.shape[_COUNT] if index.shape[_COUNT] < MOST_LINES else -2
    if row >= 0:
        index.numbers[row], index.owners[row] = number, owner
        places = _add(index, places, row)
        index.shape[_COUNT] = row + 1
    return row, places


@njit(cache=True)
def _find(index: _Index, numbers: Any, company: int, rows: Any) -> None:
    """The rows of numbers; lines that are new are added, and are -2 where there is no row left."""
    owner, places = np.uint16(company), _places_of(index)
    for at in range(numbers.size):
        if at + _AHEAD < numbers.size:
            prefetch(places.entries + 8 * _first_at(places, _hash(numbers[at + _AHEAD], owner)))
        number = numbers[at]
        row = -1 if number == np.uint64(0) else _row_at(places, number, owner)
        if row == -1 and number != np.uint64(0):
            row, places = _add_new(index, places, number, owner)
        rows[at] = row


@njit(cache=True)
def _find_words(index: _Index, numbers: Any, company: int, indices: Any, known: Any, rows: Any) -> None:
    """`_find` for those `rows` that are NOT_MET: `numbers` and `known` rows of all words, `indices` each one's word."""
    owner, places = np.uint16(company), _places_of(index)
    for at in range(indices.size):
        if rows[at] != NOT_MET:
            continue
        word = indices[at]
        row = np.int64(known[word])
        if row == NOT_MET:
            number = numbers[word]
            row = np.int64(-1 if number == np.uint64(0) else _row_at(places, number, owner))
            if row == -1 and number != np.uint64(0):
                row, places = _add_new(index, places, number, owner)
            known[word] = row
        rows[at] = row


@njit(cache=True, nogil=True)
def _enter_all(index: _Index, count: int) -> None:
    """Make the index of the first `count` lines, in an index that is empty."""
    depth = 0
    while count > _EXPECTED << depth:
        depth += 1
    index.shape[_SEGMENTS_USED], index.shape[_DEPTH] = 1 << depth, depth
    for segment in range(1 << depth):
        index.directory[segment] = segment
        index.depths[segment] = depth
    places = _places_of(index)
    for row in range(count):
        if row + _AHEAD < count:
            hashed = _hash(index.numbers[row + _AHEAD], index.owners[row + _AHEAD])
            prefetch(places.entries + 8 * _first_at(places, hashed))
        places = _add(index, places, row)
    index.shape[_COUNT] = count


@njit(cache=True)
def _first_met(rows: Any, before: int, out: Any) -> int:
    """Where each line from row `before` on is met first; how many are. New rows are given as lines are met."""
    line = before
    for at in range(rows.size):
        if rows[at] == line:
            out[line - before] = at
            line += 1
    return int(line - before)


NOT_MET: Final = -3  # the row of a word that no call has had yet


class Words(NamedTuple):
    """Lines as the words of a dictionary: the packed number of each, and its row where that is known."""

    numbers: U64
    rows: npt.NDArray[np.int32]


def words_of(numbers: U64) -> Words:
    """Words of which no row is known."""
    return Words(numbers, np.full(numbers.size, NOT_MET, np.int32))


class LineTable:
    """All lines we know, numbered in the order in which they were first met."""

    def __init__(self) -> None:
        self.companies: list[str] = []
        self._forms: npt.NDArray[np.uint8] = reserve(np.uint8, MOST_LINES)
        self._texts: npt.NDArray[np.bytes_] = reserve(TEXT, MOST_LINES)  # touched for lines written otherwise alone
        self._index = _Index(
            reserve(np.uint64, _SEGMENTS * _SEGMENT),
            reserve(np.uint32, 1 << _DEEPEST),
            reserve(np.uint8, _SEGMENTS),
            reserve(np.int32, _SEGMENTS),
            np.array([0, 1, 0], np.int64),
            reserve(np.uint64, MOST_LINES),
            reserve(np.uint16, MOST_LINES),
        )

    @property
    def count(self) -> int:
        """How many lines we know."""
        return int(self._index.shape[_COUNT])

    @property
    def owners(self) -> npt.NDArray[np.uint16]:
        """The small number of the company of every line, by row."""
        return self._index.owners[: self.count]

    @property
    def nbytes(self) -> int:
        """Bytes of memory that lines take here, texts that are kept apart."""
        return self.count * 11 + int(self._index.shape[_SEGMENTS_USED]) * _SEGMENT * 8

    def company_id(self, company: str) -> int:
        """The small number of a company, given out at first sight. Raises LogDamaged where there are too many."""
        if company not in self.companies:
            if len(self.companies) == _MOST_COMPANIES:
                raise LogDamaged(f"one judge holds {_MOST_COMPANIES:,} companies; split the journal over several")
            self.companies.append(company)
        return self.companies.index(company)

    def rows_of(self, company: str, numbers: U64) -> npt.NDArray[np.int32]:
        """The row of every packed number of `company` (i32; -1 for 0, which is no number). New lines get new rows.

        Lines met for the first time are rows `count` before the call up to `count` after it; `note_texts` names them.
        Raises LogDamaged where there are more than MOST_LINES.
        """
        rows = np.empty(numbers.size, np.int32)
        _find(self._index, numbers, self.company_id(company), rows)
        return self._all_found(rows)

    def rows_of_words(self, company: str, words: Words, indices: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """`rows_of` for lines that come as words: what was found of a word is kept in `words`."""
        rows = picked(words.rows, indices)
        if (rows == NOT_MET).any():
            _find_words(self._index, words.numbers, self.company_id(company), indices, words.rows, rows)
        return self._all_found(rows)

    def _all_found(self, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        if self.count == MOST_LINES and (rows == -2).any():
            raise LogDamaged(f"one judge holds {MOST_LINES:,} lines; the journal must be split over several")
        return rows

    def row_of(self, company: str, number: int) -> int:
        """`rows_of` for one packed number that was asked for before, quickly; else -1, and nothing is added."""
        if not number or company not in self.companies:
            return -1
        return int(_look(self._index, np.uint64(number), np.uint16(self.companies.index(company))))

    def note_texts(self, before: int, rows: npt.NDArray[np.int32], texts: Any) -> None:
        """Keep the text of every line numbered from `before` on, as its first row wrote it.

        `rows` is what `rows_of` said of a batch when `before` lines were known; `texts(picked)` gives the texts (bytes)
        of the batch's rows `picked`.
        """
        first = np.empty(self.count - before, np.int64)
        first = first[: _first_met(rows, before, first)] if first.size else first
        if not first.size:
            return
        lines = slice(before, before + first.size)
        told = np.ascontiguousarray(texts(first))
        forms = forms_of(self._index.numbers[lines], told)
        self._forms[lines] = forms
        otherwise = forms == OTHERWISE
        self._texts[lines][otherwise] = told[otherwise]

    def text(self, row: int) -> str:
        """The line as its input wrote it."""
        if self._forms[row] == OTHERWISE:
            return bytes(self._texts[row]).decode("utf-8", "replace")
        return written(self._index.numbers[row], int(self._forms[row]))

    def company(self, row: int) -> str:
        """The company of a line."""
        return self.companies[int(self._index.owners[row])]

    def kept(self, first: int, last: int) -> dict[str, npt.NDArray[Any]]:
        """What is kept of the lines in rows first..last; no copies, for it never changes.

        `numbers` u64, `owners` u16, `forms` u8, one a line; `others` i64 and `texts` the rows and texts of those lines
        whose text does not follow from their number.
        """
        rows = slice(first, last)
        others = first + np.flatnonzero(self._forms[rows] == OTHERWISE)
        return {
            "numbers": self._index.numbers[rows],
            "owners": self._index.owners[rows],
            "forms": self._forms[rows],
            "others": others,
            "texts": self._texts[others],
        }

    def put(self, first: int, kept: dict[str, npt.NDArray[Any]]) -> None:
        """Take in what `kept` gave of rows from `first` on; `enter` makes the index when all has been taken in."""
        rows = slice(first, first + kept["numbers"].size)
        self._index.numbers[rows], self._index.owners[rows] = kept["numbers"], kept["owners"]
        self._forms[rows] = kept["forms"]
        self._texts[kept["others"]] = kept["texts"]

    def enter(self, count: int) -> None:
        """Make the index of the first `count` lines, all of which have been `put`."""
        _enter_all(self._index, count)
