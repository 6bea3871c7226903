"""The lake: rated calls as Parquet, one folder a Japanese date of start, and a manifest that says what belongs to it.

1. Parts are written beside their names, forced to the disk, renamed: `date=2026-11-23/part-000000000007-000000000012
   .parquet` holds the calls of that date from the `rated` sequences 7 to 12. The same write again gives the same names.
2. Then the manifest is swapped. It holds the offset, so calls and offset become true in the same instant.
3. Readers go by the manifest alone. A part that it does not name is left from a crash; the writer removes it when it
   opens the lake.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sekisho.core.tables import RATED
from sekisho.core.terms.errors import InUse, LogDamaged
from sekisho.core.terms.instants import DAY_MS, JST_OFFSET_MS
from sekisho.failpoint import failpoint

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
# Columns that seldom hold a value twice: a dictionary of them is work for nothing (half of the time of a write).
_SELDOM_TWICE: Final = frozenset(("call_id", "number", "start", "answer", "end", "row", "e164", "valid"))
_REPEATED: Final = [name for name in RATED.names if name not in _SELDOM_TWICE]
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the lake: its path in it, the `rated` sequences it was written from, its rows and bytes."""

    path: str
    first: int
    last: int
    rows: int
    size: int


class ParquetLake:
    """The Lake port over a folder. One process writes, any number read."""

    def __init__(self, folder: Path, *, writer: bool = False) -> None:
        """Open the lake in `folder`, made if absent; the one `writer` also removes what a crash left behind.

        Raises LogDamaged where the manifest is damaged or gone.
        """
        self._folder, self._writer = folder, writer
        with self._told():
            if not (folder / MANIFEST).exists():
                self._begin()
        _, parts = self._manifest()
        if writer:
            self._remove_orphans({part.path for part in parts})

    def _begin(self) -> None:
        if any(self._folder.glob("date=*")):
            raise LogDamaged(
                f"{self._folder}: {MANIFEST} is gone; restore it, or move the folder away to have it rebuilt"
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        self._swap(0, [])

    def offset(self) -> int:
        """The last `rated` sequence that is in the lake."""
        return self._manifest()[0]

    def parts(self) -> list[Part]:
        """The files that belong to the lake, oldest first."""
        return self._manifest()[1]

    def write(self, batches: Iterable[pa.RecordBatch], first: int, last: int) -> None:
        """Add RATED batches that cover the sequences first..last; afterwards `offset()` is `last`.

        Sequences the lake holds already are taken as done; raises LogDamaged where some are missing between, InUse
        where the disk takes no more.
        """
        if not self._writer:
            raise TypeError("this lake was opened to be read; open it with writer=True")
        offset, parts = self._manifest()
        if last <= offset:
            return
        if first != offset + 1:
            raise LogDamaged(f"{self._folder}: holds {offset} rated entries, was given {first} to {last}")
        table = pa.Table.from_batches(list(batches), schema=RATED).unify_dictionaries()
        with self._told():
            added = [self._write_part(f"{day:%Y-%m-%d}", rows, first, last) for day, rows in _by_day(table)]
            self._swap(last, parts + added)

    def read(self) -> pa.Table:
        """All rated calls (RATED). Raises LogDamaged where a part is not what was written."""
        return pa.concat_tables([RATED.empty_table(), *map(self._read_part, self.parts())]).unify_dictionaries()

    def _write_part(self, day: str, rows: pa.Table, first: int, last: int) -> Part:
        folder = self._folder / f"date={day}"
        if not folder.exists():
            folder.mkdir()
            _force(self._folder)
        path = folder / f"part-{first:012d}-{last:012d}.parquet"
        draft = folder / f".{path.name}.tmp"
        pq.write_table(rows, draft, compression="zstd", use_dictionary=_REPEATED, write_page_checksum=True)
        _force(draft)
        failpoint("parquet_rename")
        draft.rename(path)
        _force(folder)
        return Part(path.relative_to(self._folder).as_posix(), first, last, rows.num_rows, path.stat().st_size)

    def _read_part(self, part: Part) -> pa.Table:
        path = self._folder / part.path
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                rows = file.read().cast(RATED)
        except (OSError, pa.ArrowException) as error:
            raise LogDamaged(f"{path}: {error}; restore it") from error
        if rows.num_rows != part.rows:
            raise LogDamaged(f"{path}: holds {rows.num_rows} calls, {part.rows} were written; restore it")
        return rows

    def _manifest(self) -> tuple[int, list[Part]]:
        path = self._folder / MANIFEST
        try:
            told = json.loads(path.read_bytes())
            if told["format"] != FORMAT:
                raise LogDamaged(f"{path}: format {told['format']}, this program knows {FORMAT}; use its own version")
            return int(told["offset"]), [Part(**part) for part in told["parts"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LogDamaged(f"{path}: not a manifest ({error}); restore it") from error

    def _swap(self, offset: int, parts: list[Part]) -> None:
        path = self._folder / MANIFEST
        draft = path.with_name(f".{MANIFEST}.tmp")
        told = {"format": FORMAT, "offset": offset, "parts": [asdict(part) for part in parts]}
        draft.write_text(json.dumps(told, indent=0), "utf-8")
        _force(draft)
        failpoint("offset_commit")
        draft.rename(path)
        _force(self._folder)

    def _remove_orphans(self, named: set[str]) -> None:
        for path in [*self._folder.glob("date=*/part-*"), *self._folder.glob("date=*/.part-*.tmp")]:
            if path.relative_to(self._folder).as_posix() not in named:
                path.unlink()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InUse(f"{self._folder}: cannot be written ({error.strerror or error}); see to its disk") from error


def _force(path: Path) -> None:
    """Force a file's bytes, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _by_day(table: pa.Table) -> Iterator[tuple[date, pa.Table]]:
    """The rows of each Japanese date of start, in their order."""
    start: Any = table["start"].cast(pa.int64()).to_numpy()
    days = (start + JST_OFFSET_MS) // DAY_MS
    for day in np.unique(days):
        yield _EPOCH + timedelta(days=int(day)), table.filter(pa.array(days == day))
