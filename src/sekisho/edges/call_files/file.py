"""A file of calls, memory-mapped: its bytes are read once, where they are needed, and never copied whole."""

from __future__ import annotations

import hashlib
import mmap
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from sekisho.core.records.dialects import DIALECTS, Dialect, sniff
from sekisho.core.records.parsed import Provenance
from sekisho.core.terms.errors import BadCallFile

UNHASHED: Final = ""
_CHUNK: Final = 1 << 22


class CallFile:
    """One file: `name` as the user gave it, `data` its bytes (pa.Buffer), `dialect` how it is read.

    `sha256` is taken of all bytes at the first use of `provenance`.
    """

    def __init__(self, path: str, format_name: str | None = None) -> None:
        """Open `path`; without a format it is told by content. Raises BadCallFile for what cannot be opened or told."""
        self.name = path
        try:
            with Path(path).open("rb") as file:
                size = file.seek(0, 2)
                self._map: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        except OSError as error:
            raise BadCallFile(path, 0, f"cannot be read ({error.strerror})", "give a file of calls") from None
        self.data = pa.py_buffer(self._map)
        if format_name is not None and format_name not in DIALECTS:
            raise BadCallFile(path, 0, f"format {format_name!r} is not known", f"use one of {', '.join(DIALECTS)}")
        self.dialect: Dialect = DIALECTS[format_name or sniff(self.data, path)]

    def provenance(self, *, hashed: bool = True) -> Provenance:
        """The file's name and the SHA-256 of its bytes; not hashed where nothing of it will be kept."""
        if not hashed:
            return Provenance(self.name, UNHASHED)
        digest = hashlib.sha256()
        for begin in range(0, self.data.size, _CHUNK):
            digest.update(self.data.slice(begin, min(_CHUNK, self.data.size - begin)))
        return Provenance(self.name, digest.hexdigest())
