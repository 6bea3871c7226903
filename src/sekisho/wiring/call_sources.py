"""Calls from files, as the commands and the intake read them: which profile, which dialect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from sekisho.core.records.canonical_parquet import rows_promised
from sekisho.core.records.parsed import Tally
from sekisho.core.records.source import SourceProfile, default_profile, parse_source, with_line
from sekisho.core.records.written_out import lines_written_out
from sekisho.core.terms.errors import BadSource
from sekisho.edges.call_files.file import CallFile

BYTES_A_ROW: Final = 120  # of a text file; a few more rows are expected where lines are shorter


def read_source(path: str) -> SourceProfile:
    """The source that the TOML file at `path` describes. Raises BadSource."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSource(path, 0, f"cannot be read ({error})", "give a source description in TOML") from None
    return parse_source(text, path)


def source_profile(
    file: CallFile, source: str | None = None, company: str | None = None, line: str | None = None
) -> SourceProfile:
    """The profile of a file's source: its TOML where one is named, else the default of its format.

    `company` from the command line must be that of the TOML; `line` beats what it says of lines. Raises BadSource.
    """
    if source is None:
        profile = default_profile(file.dialect.name, file.dialect.name, company or "default")
    else:
        profile = read_source(source)
        if company is not None and company != profile.company:
            raise BadSource(source, 0, f"company is {profile.company!r}", f"it was asked to be {company!r}: drop one")
        if profile.format != file.dialect.name:
            raise BadSource(source, 0, f"format is {profile.format!r}", f"{file.name} is {file.dialect.name!r}")
    if line is None:
        return profile
    if file.dialect.name == "canonical":
        raise BadSource(file.name, 0, "canonical records name their lines themselves", f"drop the line {line!r}")
    return with_line(profile, line)


def open_source(
    path: str, format_name: str | None, source: str | None, company: str | None, line: str | None
) -> SourceProfile:
    """The profile of the file at `path`, which must be readable. Raises BadCallFile or BadSource."""
    return source_profile(CallFile(path, format_name), source, company, line)


class SourceCalls:
    """The calls of one file, read once; afterwards `tally` and `rejects` say what became of every row."""

    def __init__(
        self,
        path: str,
        format_name: str | None = None,
        source: str | None = None,
        company: str | None = None,
        line: str | None = None,
    ) -> None:
        """Open the file. Raises BadCallFile or BadSource."""
        self.file = CallFile(path, format_name)
        self.profile = source_profile(self.file, source, company, line)
        self.tally = Tally()
        self.rejects: list[pa.RecordBatch] = []

    @property
    def expected_rows(self) -> int:
        """About how many rows the file has: as a Parquet file says itself, else by its size."""
        promised = rows_promised(self.file.data)
        return self.file.data.size // BYTES_A_ROW if promised is None else promised

    def batches(self, *, hashed: bool = True, words: bool = False) -> Iterator[pa.RecordBatch]:
        """CALLS, piece by piece; `hashed` only where rows keep their provenance. Raises BadCallFile.

        `words`: where the file has its lines as words, and rows are not hashed, pieces may be in CALLS_OF_WORDS.
        """
        for parsed in self.file.dialect.read(self.file.data, self.profile, self.file.provenance(hashed=hashed)):
            self.tally += parsed.tally
            if parsed.rejects.num_rows:
                self.rejects.append(parsed.rejects)
            yield parsed.calls if words else lines_written_out(parsed.calls)

    def reject_lines(self, most: int) -> list[str]:
        """`file:row: reason` of the first rejects, for people."""
        lines: list[str] = []
        for batch in self.rejects:
            rows = batch.slice(0, most - len(lines)).to_pylist()
            lines.extend(f"{row['file']}:{row['row']}: {row['reason']}" for row in rows)
        return lines
