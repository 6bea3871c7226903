"""The CallBook over the lake's folder: duckdb reads the parts of the Japanese dates that an interval touches.

1. The manifest says which parts there are. A merge may take some away while they are read; then the manifest is another
   one, and all of it is asked again. Where it is the same one, the lake is damaged.
2. What is asked for is bound, never written into the statement. Only the names of parts are, for a bound list of files
   would be opened twice: once to plan, once to read.
3. Few lines are compared one by one, and large parts are passed over where their rows cannot match; many lines are
   joined as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from sekisho.core.tables import CLASS_SUMS, COUNTRY_SUMS, HOUR_SUMS, LINE_SUMS, RATED
from sekisho.core.terms.errors import InUse, LogDamaged
from sekisho.core.terms.instants import DAY_MS, HOUR_MS
from sekisho.edges.parquet_lake.line_forms import BARE, E164, written_forms
from sekisho.edges.parquet_lake.manifest import ManifestFile, Part

TRIES: Final = 4
FEW_FORMS: Final = 48
_THREADS: Final = 2  # of all questions together: the judge lives on the same machine
_LATE_ROWS: Final = 1_000  # up to so many calls are first found, and then read in full
_SETTINGS: Final = (  # for all cursors; a plain SET holds for one
    "SET GLOBAL autoinstall_known_extensions = false",
    "SET GLOBAL autoload_known_extensions = false",
    f"SET GLOBAL threads = {_THREADS}",
    "SET GLOBAL memory_limit = '1GB'",
    "SET GLOBAL temp_directory = ''",  # nothing is put on the disk
    "SET GLOBAL parquet_metadata_cache = true",  # a part never changes
    "SET GLOBAL preserve_insertion_order = false",
    f"SET GLOBAL late_materialization_max_rows = {_LATE_ROWS}",
    "SET GLOBAL lock_configuration = true",
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_MADE: Final = "direction <> 'in'"
_ABROAD: Final = "class = 'international'"
_SUM: Final = "sum(charge_milliyen)::BIGINT AS charge_milliyen"
_SUM_ABROAD: Final = f"coalesce(sum(charge_milliyen) FILTER ({_ABROAD}), 0)::BIGINT AS international_milliyen"
_TALK: Final = """CASE WHEN answer IS NULL THEN 0
    ELSE greatest(coalesce(talk_ms, epoch_ms("end") - epoch_ms(answer), 0), 0) END"""
_COLUMNS: Final = ", ".join(f'"{name}"' for name in RATED.names)


@dataclass(frozen=True, slots=True)
class _Question:
    """Whose calls, of which time, and the two halves of the statement round the parts and the lines."""

    company: str
    lines: tuple[str, ...]
    first_ms: int
    last_ms: int
    select: str
    more: str
    schema: pa.Schema


class ParquetCallBook:
    """The CallBook port over the lake in a folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._file = folder, ManifestFile(folder)
        self._base = duckdb.connect(":memory:")
        for setting in _SETTINGS:
            self._base.execute(setting)

    def calls(
        self,
        company: str,
        lines: Sequence[str],
        first_ms: int,
        last_ms: int,
        *,
        limit: int,
        offset: int = 0,
        international_only: bool = False,
        outgoing_only: bool = False,
        newest_first: bool = True,
    ) -> pa.Table:
        """See the port."""
        if limit < 0 or offset < 0:
            raise ValueError(f"limit {limit}, offset {offset}: both are at least 0")
        more = f" AND {_MADE}" if outgoing_only or international_only else ""
        more += f" AND {_ABROAD}" if international_only else ""
        way = "DESC" if newest_first else "ASC"
        more += f" ORDER BY start {way}, call_id {way}, row {way} LIMIT {int(limit)} OFFSET {int(offset)}"
        return self._ask(_Question(company, tuple(lines), first_ms, last_ms, _COLUMNS, more, RATED))

    def by_class(self, company: str, lines: Sequence[str], first_ms: int, last_ms: int) -> pa.Table:
        """See the port."""
        select = f"class, count(*) AS calls, count(answer) AS answered, {_SUM}"
        more = f" AND {_MADE} GROUP BY class ORDER BY class"
        return self._ask(_Question(company, tuple(lines), first_ms, last_ms, select, more, CLASS_SUMS))

    def by_country(self, company: str, lines: Sequence[str], first_ms: int, last_ms: int) -> pa.Table:
        """See the port."""
        select = f"country, count(*) AS calls, {_SUM}, sum({_TALK})::BIGINT AS talk_ms"
        more = f" AND {_MADE} AND {_ABROAD} GROUP BY country ORDER BY charge_milliyen DESC, country"
        return self._ask(_Question(company, tuple(lines), first_ms, last_ms, select, more, COUNTRY_SUMS))

    def by_hour(self, company: str, lines: Sequence[str], first_ms: int, last_ms: int) -> pa.Table:
        """See the port."""
        hour = f"floor(epoch_ms(start) / {HOUR_MS})::BIGINT * {HOUR_MS} AS hour_ms"
        select = f"{hour}, count(*) AS calls, count(*) FILTER ({_ABROAD}) AS international_calls, {_SUM}, {_SUM_ABROAD}"
        more = f" AND {_MADE} GROUP BY hour_ms ORDER BY hour_ms"
        return self._ask(_Question(company, tuple(lines), first_ms, last_ms, select, more, HOUR_SUMS))

    def by_line(self, company: str, lines: Sequence[str], first_ms: int, last_ms: int) -> pa.Table:
        """See the port."""
        select = f"{E164} AS asked_line, count(*) AS calls, {_SUM}, {_SUM_ABROAD}"
        more = f" AND {_MADE} GROUP BY asked_line ORDER BY asked_line"
        return self._ask(_Question(company, tuple(lines), first_ms, last_ms, select, more, LINE_SUMS))

    def _ask(self, question: _Question) -> pa.Table:
        forms = sorted({form for line in question.lines for form in written_forms(line)})
        for _ in range(TRIES):
            manifest = self._file.read()
            parts = manifest.of_days(question.first_ms, question.last_ms)
            if not parts or not forms:
                return question.schema.empty_table()
            try:
                return _as_told(self._answer(question, parts, forms), question.schema)
            except (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException) as error:
                if self._file.read() is manifest:
                    text = str(error).partition("\n")[0]
                    raise LogDamaged(f"{self._folder}: a part cannot be read ({text}); restore it") from error
        raise InUse(f"{self._folder}: its parts were merged {TRIES} times while they were read; ask again")

    def _answer(self, question: _Question, parts: list[Part], forms: list[str]) -> pa.Table:
        begin, end = parts[0].begin_ms, parts[0].begin_ms + DAY_MS
        for part in parts:
            begin, end = min(begin, part.begin_ms), max(end, part.begin_ms + DAY_MS)
        bound: dict[str, Any] = {
            "company": question.company,
            "first": _EPOCH + timedelta(milliseconds=max(begin, question.first_ms)),
            "last": _EPOCH + timedelta(milliseconds=min(end, question.last_ms)),
        }
        files = ", ".join(_quoted(self._folder / part.path) for part in parts)
        number = "line" if all(part.plain for part in parts) else BARE
        with self._base.cursor() as cursor:
            if len(forms) <= FEW_FORMS:
                names = {f"form{place}": form for place, form in enumerate(forms)}
                bound |= names
                asked = ", ".join(f"${name}" for name in names)
            else:
                cursor.register("asked", pa.table({"form": forms}))
                asked = "SELECT form FROM asked"
            statement = (
                f"SELECT {question.select} FROM read_parquet([{files}], hive_partitioning = false)"  # noqa: S608 - see 2
                f" WHERE company = $company AND start >= $first AND start < $last AND {number} IN ({asked})"
                f"{question.more}"
            )
            return cursor.execute(statement, bound).to_arrow_table()


def _quoted(path: Path) -> str:
    """The name of a file as a SQL text in which no sign of it means more than itself."""
    text = path.as_posix()
    for sign in "[*?":
        text = text.replace(sign, f"\0{sign}]")
    return "'" + text.replace("\0", "[").replace("'", "''") + "'"


def _as_told(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The answer's columns, in their order, as the schema's."""
    if not table.num_rows:
        return schema.empty_table()
    columns = []
    for field, column in zip(schema, table.combine_chunks().columns, strict=True):
        told = column.dictionary_encode() if pa.types.is_dictionary(field.type) else column
        columns.append(told.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)
