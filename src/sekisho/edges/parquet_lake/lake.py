"""The lake: rated calls as Parquet, one folder a Japanese date of start, and a manifest that says what belongs to it.

1. Parts are written beside their names, forced to the disk, renamed: `date=2026-11-23/part-000000000007-000000000012
   .parquet` holds the calls of that date from the `rated` sequences 7 to 12. The same write again gives the same names.
2. Then the manifest is swapped. It holds the offset, so calls and offset become true in the same instant.
3. A merge puts one part in the place of several of its date (`merging.py`): written the same way, and with the swap it
   belongs to the lake and they do not. They stay for a grace, because readers may hold the manifest of before.
4. Readers go by the manifest alone. A part that it does not name is left from a crash or a merge; the writer removes it
   when it opens the lake.

In a part calls lie by company, line and start, so that a reader of one line passes over most of a large part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sekisho.core.tables import RATED
from sekisho.core.terms.errors import InUse, LogDamaged
from sekisho.core.terms.instants import DAY_MS, JST_OFFSET_MS, SECOND_MS
from sekisho.edges.parquet_lake.manifest import Manifest, ManifestFile, Part, day_folder, force
from sekisho.edges.parquet_lake.merging import due
from sekisho.failpoint import failpoint
from sekisho.ports import Clock

GRACE_MS: Final = 60 * SECOND_MS  # longer than any reader keeps a manifest
ROW_GROUP: Final = 1 << 16  # rows that a reader takes or passes over at once
# Columns that seldom hold a value twice: a dictionary of them is work for nothing (half of the time of a write).
_SELDOM_TWICE: Final = frozenset(("call_id", "number", "start", "answer", "end", "row", "e164", "valid"))
_REPEATED: Final = [name for name in RATED.names if name not in _SELDOM_TWICE]
_ORDER: Final = [("company", "ascending"), ("line", "ascending"), ("start", "ascending")]
_PLAIN: Final = r"^\+?[0-9]+$"
_EPOCH: Final = date(1970, 1, 1)


class ParquetLake:
    """The Lake port over a folder. One process writes, any number read."""

    def __init__(self, folder: Path, *, writer: bool = False, clock: Clock | None = None) -> None:
        """Open the lake in `folder`; the one `writer` makes it if absent, and removes what no manifest names.

        `clock` measures the grace of parts that were merged away; without one they stay until the lake is opened again.
        Raises LogDamaged where the manifest is damaged or gone.
        """
        self._folder, self._writer, self._clock = folder, writer, clock
        self._file = ManifestFile(folder)
        self._replaced: list[tuple[int, str]] = []  # the instant and the path
        if writer and not self._file.exists():
            with self._told():
                folder.mkdir(parents=True, exist_ok=True)
                self._file.swap(0, [])
        manifest = self._file.read()
        if writer:
            self._remove_orphans(manifest)

    def offset(self) -> int:
        """The last `rated` sequence that is in the lake."""
        return self._file.read().offset

    def parts(self) -> list[Part]:
        """The files that belong to the lake, oldest first."""
        return list(self._file.read().parts)

    def write(self, batches: Iterable[pa.RecordBatch], first: int, last: int) -> None:
        """Add RATED batches that cover the sequences first..last; afterwards `offset()` is `last`.

        Sequences the lake holds already are taken as done; raises LogDamaged where some are missing between, InUse
        where the disk takes no more.
        """
        self._must_write()
        manifest = self._file.read()
        if last <= manifest.offset:
            return
        if first != manifest.offset + 1:
            raise LogDamaged(f"{self._folder}: holds {manifest.offset} rated entries, was given {first} to {last}")
        table = pa.Table.from_batches(list(batches), schema=RATED)
        with self._told():
            added = [
                self._write_part(f"{day:%Y-%m-%d}", rows, first, last, "parquet_rename") for day, rows in _by_day(table)
            ]
            self._file.swap(last, [*manifest.parts, *added])

    def merge(self) -> bool:
        """Make one part of several where a date has many; False where no date has. Calls and offset stay the same.

        Raises LogDamaged where a part is not what was written, InUse where the disk takes no more.
        """
        self._must_write()
        with self._told():
            self._remove_replaced()
        manifest = self._file.read()
        several = due(manifest.parts)
        if not several:
            return False
        table = pa.concat_tables(map(self._read_part, several))
        with self._told():
            first, last = min(part.first for part in several), max(part.last for part in several)
            merged = self._write_part(several[0].day, table, first, last, "merge_rename")
            kept = [merged if part is several[0] else part for part in manifest.parts if part not in several[1:]]
            self._file.swap(manifest.offset, kept)
        if self._clock is not None:
            now = self._clock.now_ms()
            self._replaced += [(now, part.path) for part in several]
        return True

    def read(self) -> pa.Table:
        """All rated calls (RATED). Raises LogDamaged where a part is not what was written."""
        return pa.concat_tables([RATED.empty_table(), *map(self._read_part, self.parts())]).unify_dictionaries()

    def _must_write(self) -> None:
        if not self._writer:
            raise TypeError("this lake was opened to be read; open it with writer=True")

    def _write_part(self, day: str, rows: pa.Table, first: int, last: int, point: str) -> Part:
        folder = self._folder / day_folder(day)
        if not folder.exists():
            folder.mkdir()
            force(self._folder)
        path = folder / f"part-{first:012d}-{last:012d}.parquet"
        draft = folder / f".{path.name}.tmp"
        pq.write_table(
            _in_order(rows),
            draft,
            row_group_size=ROW_GROUP,
            compression="zstd",
            use_dictionary=_REPEATED,
            write_page_checksum=True,
        )
        force(draft)
        failpoint(point)
        draft.rename(path)
        force(folder)
        plain = pc.all(pc.match_substring_regex(rows["line"].unique(), _PLAIN)).as_py()
        return Part(path.relative_to(self._folder).as_posix(), first, last, rows.num_rows, path.stat().st_size, plain)

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

    def _remove_replaced(self) -> None:
        while self._replaced and self._clock is not None:
            since, path = self._replaced[0]
            if self._clock.now_ms() - since < GRACE_MS:
                return
            (self._folder / path).unlink(missing_ok=True)
            del self._replaced[0]

    def _remove_orphans(self, manifest: Manifest) -> None:
        named = {part.path for part in manifest.parts}
        for path in [*self._folder.glob("date=*/part-*"), *self._folder.glob("date=*/.part-*.tmp")]:
            if path.relative_to(self._folder).as_posix() not in named:
                path.unlink()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InUse(f"{self._folder}: cannot be written ({error.strerror or error}); see to its disk") from error


def _in_order(rows: pa.Table) -> pa.Table:
    """By company, line and start; a column's pieces share one dictionary."""
    words = rows.set_column(rows.schema.get_field_index("company"), "company", rows["company"].cast(pa.string()))
    return rows.unify_dictionaries().take(pc.sort_indices(words, sort_keys=_ORDER))


def _by_day(table: pa.Table) -> Iterator[tuple[date, pa.Table]]:
    """The rows of each Japanese date of start, in their order."""
    start: Any = table["start"].cast(pa.int64()).to_numpy()
    days = (start + JST_OFFSET_MS) // DAY_MS
    for day in np.unique(days):
        yield _EPOCH + timedelta(days=int(day)), table.filter(pa.array(days == day))
