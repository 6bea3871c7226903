"""What a reader of records hands out: calls, rejects, and the sum in which every row is accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

Bytes = Any  # whatever offers its bytes (pa.py_buffer takes it): usually a memory map of the whole file


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where records come from: the file's name as the user gave it, and the hash of its bytes."""

    file: str
    sha256: str  # empty where nobody keeps the records

    @property
    def kept(self) -> bool:
        """Whether the records are kept. If not, their lines may stay words (CALLS_OF_WORDS)."""
        return bool(self.sha256)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the rows: rows in = calls + merged + duplicates + not a record + rejects.

    `merged` are rows that told more of a call another row began; `duplicates` are found later, by the judge.
    """

    rows_in: int = 0
    calls: int = 0
    merged: int = 0
    duplicates: int = 0
    not_a_record: int = 0
    rejects: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.rows_in + other.rows_in,
            self.calls + other.calls,
            self.merged + other.merged,
            self.duplicates + other.duplicates,
            self.not_a_record + other.not_a_record,
            self.rejects + other.rejects,
        )

    def sentence(self) -> str:
        """`72 rows in = 64 calls + 8 merged + 0 duplicates + 0 not a record + 0 rejects`, for people."""
        return (
            f"{self.rows_in:,} rows in = {self.calls:,} calls + {self.merged:,} merged + {self.duplicates:,} duplicates"
            f" + {self.not_a_record:,} not a record + {self.rejects:,} rejects"
        )

    @property
    def balanced(self) -> bool:
        """Whether the sum holds: nothing was dropped silently."""
        return self.rows_in == self.calls + self.merged + self.duplicates + self.not_a_record + self.rejects


@dataclass(frozen=True, slots=True)
class Parsed:
    """A piece of a file, read: `calls` is a RecordBatch in CALLS, `rejects` one in REJECTS, `tally` balances."""

    calls: pa.RecordBatch
    rejects: pa.RecordBatch
    tally: Tally
