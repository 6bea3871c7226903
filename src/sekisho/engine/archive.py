"""The archive: the topic `rated` → the lake. It copies and computes nothing (docs/decisions/0002).

The lake holds the offset: calls and offset become true together, so a crash neither loses nor repeats a call.

In a running system `step` is called every second or two and writes a few calls at a time. Small files are merged when
there is nothing to write, and now and then between writes, for there may always be something.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from sekisho.bodies import batches_of
from sekisho.core.terms.errors import LogDamaged
from sekisho.ports import RATED_TOPIC, Lake, Log

_READ_ENTRIES: Final = 16
_WRITES_A_MERGE: Final = 16


class Archive:
    """Copies rated calls to the lake; `step` until it says that nothing is left. One process a lake."""

    def __init__(self, log: Log, lake: Lake, rows: int) -> None:
        """Write about `rows` calls at a time. Raises LogDamaged where the lake is ahead of the log."""
        if lake.offset() > log.last(RATED_TOPIC):
            raise LogDamaged(
                f"the lake includes {lake.offset()} rated entries, the log has {log.last(RATED_TOPIC)}; "
                "restore the log, or move the lake away to have it rebuilt"
            )
        self._log, self._lake, self._rows = log, lake, rows
        self._writes = 0

    def step(self) -> bool:
        """Write the next calls, or else merge files of the lake; False where there was neither."""
        first = last = self._lake.offset()
        batches: list[pa.RecordBatch] = []
        rows = 0
        while rows < self._rows:
            entries = self._log.read(RATED_TOPIC, last, _READ_ENTRIES)
            if not entries:
                break
            for entry in entries:
                batches += batches_of(entry.body)
            rows = sum(batch.num_rows for batch in batches)
            last = entries[-1].sequence
        if last == first:
            return self._lake.merge()
        self._lake.write(batches, first + 1, last)
        self._writes += 1
        if self._writes % _WRITES_A_MERGE == 0:
            self._lake.merge()
        return True
