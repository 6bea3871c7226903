"""One call as plain values, the rules every call must keep, and rows of calls as Arrow batches.

The same rules stand a second time in `canonical_checks.py`, over whole columns; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from sekisho.core.records.parsed import Parsed, Provenance, Tally
from sekisho.core.tables import CALL_FIELDS, CALLS, CALLS_OF_WORDS, CANONICAL_COLUMNS, REJECTS, WORD
from sekisho.core.terms.instants import DAY_MS
from sekisho.core.terms.masking import mask_digits

LATEST: Final = 7_258_118_400_000  # 2200-01-01: a time after it is a broken clock, not a call
LONGEST_MS: Final = 366 * DAY_MS  # of a call, and of its charged duration
MAX_TEXT: Final = 255  # bytes of a line, a number, a source
MAX_CALL_ID: Final = 512
MAX_CAUSE: Final = 999
DIRECTIONS: Final = ("in", "out")
_SURELY: Final = MAX_TEXT // 4
_SHOWN: Final = 48
_BATCH_ROWS: Final = 65_536
_TEXT_LIMITS: Final = (("call_id", MAX_CALL_ID), ("source", MAX_TEXT), ("line", MAX_TEXT), ("number", MAX_TEXT))


class CallRow(NamedTuple):
    """A row of CALLS without provenance, in the order of the canonical columns; times in ms since the epoch."""

    call_id: str
    source: str
    direction: str
    line: str
    number: str
    start: int
    answer: int | None
    end: int | None
    cause: int | None
    talk_ms: int | None


class BadRow(ValueError):
    """A record that cannot become a call; its text is the plain reason, not yet masked."""


def shown(text: str) -> str:
    """Somebody else's text for a reason: in quotes, one line, cut where it is long."""
    cut = text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
    return '"' + "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in cut) + '"'


def check(row: CallRow) -> CallRow:
    """The row, once it keeps every rule of a call. Raises BadRow with the first rule it breaks."""
    call_id, source, direction, line, number, start, answer, end, cause, talk_ms = row
    if not (call_id and source and line):
        missing = "call_id" if not call_id else "source" if not source else "line"
        raise BadRow(f"{missing} is empty")
    if len(call_id) > MAX_CALL_ID // 4 or len(line) > _SURELY or len(number) > _SURELY or len(source) > _SURELY:
        _check_lengths(row)  # a sign is four bytes at most, so shorter texts need no counting
    if direction not in DIRECTIONS:
        raise BadRow(f"direction {shown(direction)} is neither in nor out")
    last = start
    if not 0 <= start < LATEST:
        raise BadRow("start is not between 1970 and 2199")
    if answer is not None:
        if not start <= answer < LATEST:
            raise BadRow("answer is before start" if answer < start else "answer is not between 1970 and 2199")
        last = answer
    if end is not None:
        if end < last:
            raise BadRow(f"end is before {'start' if answer is None else 'answer'}")
        if end - start > LONGEST_MS:
            raise BadRow("end is more than 366 days after start")
    if cause is not None and not 0 <= cause <= MAX_CAUSE:
        raise BadRow(f"cause {cause} is no SIP status")
    if talk_ms is not None and not 0 <= talk_ms <= LONGEST_MS:
        raise BadRow("talk_ms is negative" if talk_ms < 0 else "talk_ms is more than 366 days")
    return row


def _check_lengths(row: CallRow) -> None:
    for name, limit in _TEXT_LIMITS:
        if len(getattr(row, name).encode()) > limit:
            raise BadRow(f"{name} is longer than {limit} bytes")


class Rows:
    """Collects the rows of one file, calls and rejects, and turns them into batches."""

    def __init__(self, company: str, provenance: Provenance) -> None:
        self.company, self.provenance = company, provenance
        self.calls: list[tuple[Any, ...]] = []  # plain tuples: of those the collector of garbage soon knows enough
        self.numbers: list[int] = []
        self.bad: list[tuple[int, str]] = []
        self.merged = self.not_a_record = 0

    def call(self, row: CallRow, number: int) -> None:
        """Add a call that was checked, whose first record stands in row `number`."""
        self.calls.append(tuple(row))
        self.numbers.append(number)

    def reject(self, number: int, reason: str) -> None:
        """Add a row that became no call."""
        self.bad.append((number, mask_digits(reason)))

    def parsed(self) -> Iterator[Parsed]:
        """Everything collected as one Parsed or, so that no text column outgrows its offsets, a few."""
        for at in range(0, max(len(self.calls), 1), _BATCH_ROWS):
            calls, last = self.calls[at : at + _BATCH_ROWS], at + _BATCH_ROWS >= len(self.calls)
            batch = calls_batch(calls, self.numbers[at : at + _BATCH_ROWS], self.company, self.provenance)
            if not last:
                yield Parsed(
                    batch,
                    rejects_batch((), self.provenance.file, self.company),
                    Tally(rows_in=len(calls), calls=len(calls)),
                )
                continue
            rows_in = len(calls) + self.merged + self.not_a_record + len(self.bad)
            tally = Tally(rows_in, len(calls), self.merged, 0, self.not_a_record, len(self.bad))
            yield Parsed(batch, rejects_batch(sorted(self.bad), self.provenance.file, self.company), tally)


def calls_batch(calls: Sequence[tuple[Any, ...]], numbers: Sequence[int], company: str, provenance: Provenance) -> Any:
    """Checked rows as a RecordBatch in CALLS; `numbers` are their row numbers."""
    columns = list(zip(*calls, strict=True)) if calls else [()] * len(CANONICAL_COLUMNS)
    arrays = [
        pa.array(values, pa.string()).dictionary_encode() if field.type == WORD else pa.array(values, field.type)
        for field, values in zip(CALL_FIELDS, columns, strict=True)
    ]
    return with_provenance(arrays, company, provenance, np.asarray(numbers, np.int64))


def with_provenance(arrays: list[Any], company: str, provenance: Provenance, rows: Any) -> Any:
    """The canonical columns plus company, file and row (i64) as a RecordBatch in CALLS.

    Where lines are words it is in CALLS_OF_WORDS.
    """
    zeros = pa.array(np.zeros(len(rows), np.int32))
    both = (company, provenance.sha256)
    words = [pa.DictionaryArray.from_arrays(zeros, pa.array([word]), safe=False) for word in both]
    of_words = pa.types.is_dictionary(arrays[CANONICAL_COLUMNS.index("line")].type)
    return pa.RecordBatch.from_arrays([*arrays, *words, pa.array(rows)], schema=CALLS_OF_WORDS if of_words else CALLS)


def rejects_batch(bad: Sequence[tuple[int, str]], file: str, company: str) -> Any:
    """(row, masked reason) pairs of one company's file as a RecordBatch in REJECTS."""
    file = file.encode(errors="replace").decode()  # a name of a file need not be UTF-8
    columns = [[file] * len(bad), [row for row, _ in bad], [reason for _, reason in bad]]
    owner = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(bad), np.int32)), pa.array([company]))
    texts = [pa.array(c, f.type) for c, f in zip(columns, REJECTS, strict=False)]
    return pa.RecordBatch.from_arrays([*texts, owner], schema=REJECTS)
