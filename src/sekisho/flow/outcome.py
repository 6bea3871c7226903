"""What one entry of the journal led to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa

from sekisho.core.tables import REJECTS


class Effect(NamedTuple):
    """Something that is so from now on: a bar is in force or lifted, a hold released. `key` names it for ever."""

    kind: str
    key: str
    facts: Mapping[str, Any]


class InProgress(NamedTuple):
    """The calls in progress of a line: how many, how many of them abroad, milli-yen begun so far."""

    company: str
    line: str
    open: int
    open_international: int
    accrued: int


@dataclass(slots=True)
class Outcome:
    """What one journal entry led to. Tables are None where they would be empty.

    `rated`: each call once, when it has ended, from the charging source only; `verdicts`; `rejects`: rows nobody can
    judge; `duplicates`, `merged`: rows told before, and rows that told more of a known call; `effects`: what restricts
    lines from now on.
    """

    rated: pa.RecordBatch | None = None
    verdicts: pa.RecordBatch | None = None
    rejects: pa.RecordBatch | None = None
    calls: int = 0
    duplicates: int = 0
    merged: int = 0
    effects: list[Effect] = field(default_factory=list)


def rejected(batch: pa.RecordBatch, reason: str) -> pa.RecordBatch:
    """The rows of a batch as REJECTS, all for one reason; their file is named by its hash."""
    rows = batch.num_rows
    files = batch.column("file_sha256").cast(pa.string())
    return pa.RecordBatch.from_arrays(
        [files, batch.column("row"), pa.array([reason] * rows, pa.string()), batch.column("company")], schema=REJECTS
    )


def concat(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Batches of one schema as one batch."""
    return pa.Table.from_batches(batches).unify_dictionaries().combine_chunks().to_batches()[0]


def join(outcome: Outcome, more: Outcome) -> None:
    """Add what `more` holds to `outcome`."""
    if more.rated is not None or more.verdicts is not None or more.rejects is not None:
        for name in ("rated", "verdicts", "rejects"):
            both = [table for table in (getattr(outcome, name), getattr(more, name)) if table is not None]
            if both:
                setattr(outcome, name, both[0] if len(both) == 1 else concat(both))
    outcome.calls += more.calls
    outcome.duplicates += more.duplicates
    outcome.merged += more.merged
    if more.effects:
        outcome.effects += more.effects
