"""The dialects of records by the name of their format, and which one a file is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from sekisho.core.records import asterisk, canonical_csv, canonical_parquet, kamailio_acc
from sekisho.core.records.parsed import Bytes, Parsed, Provenance
from sekisho.core.records.source import SourceProfile
from sekisho.core.terms.errors import BadCallFile

_HEAD: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """One format: its name, what it is in a line of help, how it is read, and how its files are known.

    `read(data, profile, provenance)` yields Parsed pieces and raises nothing but BadCallFile; `looks(head)` says
    whether a file that begins with these bytes is in it.
    """

    name: str
    what: str
    read: Callable[[Bytes, SourceProfile, Provenance], Iterator[Parsed]]
    looks: Callable[[bytes], bool]


def _read_canonical(data: Bytes, profile: SourceProfile, provenance: Provenance) -> Iterator[Parsed]:
    """Canonical records, as Parquet if the bytes say so, else as CSV."""
    buffer = pa.py_buffer(data)
    parquet = _head(buffer, len(canonical_parquet.MAGIC)) == canonical_parquet.MAGIC
    return (canonical_parquet.read if parquet else canonical_csv.read)(buffer, profile, provenance)


def _looks_canonical(head: bytes) -> bool:
    return head.startswith(canonical_parquet.MAGIC) or canonical_csv.looks_canonical(head)


DIALECTS: Final = {
    dialect.name: dialect
    for dialect in (
        Dialect("canonical", "canonical CSV or Parquet", _read_canonical, _looks_canonical),
        Dialect("asterisk", "Asterisk Master.csv, of cdr_csv or cdr_custom", asterisk.read, asterisk.looks_asterisk),
        Dialect("kamailio-acc", "Kamailio acc and acc_cdrs log lines", kamailio_acc.read, kamailio_acc.looks_kamailio),
    )
}


def sniff(data: Bytes, file: str) -> str:
    """The name of the format that a file's first bytes are in. Raises BadCallFile where they are in none."""
    head = _head(pa.py_buffer(data), _HEAD)
    for name, dialect in DIALECTS.items():
        if dialect.looks(head):
            return name
    wrong = "an empty file" if not head.strip() else "not one of the formats known"
    raise BadCallFile(file, 0, wrong, f"name its format: {', '.join(DIALECTS)}")


def _head(buffer: pa.Buffer, size: int) -> bytes:
    return bytes(buffer.slice(0, min(size, buffer.size)))
