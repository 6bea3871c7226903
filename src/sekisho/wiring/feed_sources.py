"""Which source a waiting file is of, and how it is read.

A file `inbox/NAME/…` is of the source that `HOME/sources/NAME.toml` describes. Without a description, and for files
that lie in the inbox itself, the format is told by content and everything else is the default of that format.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

from sekisho.core.records.parsed import Parsed, Provenance
from sekisho.core.records.source import SourceProfile, default_profile
from sekisho.edges.call_files.file import CallFile
from sekisho.ports import FeedFile
from sekisho.wiring.call_sources import read_source

INBOX: Final = "inbox"  # the source of files that lie in no sub-folder


class FeedCalls:
    """One opened file of the feed: its `profile`, and whether a description of its source gave it (`described`)."""

    def __init__(self, file: FeedFile, opened: CallFile, profile: SourceProfile, *, described: bool) -> None:
        self.profile, self.described = profile, described
        self._file, self._opened = file, opened

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes; they are read when it is first asked for."""
        return self._opened.provenance().sha256

    def read(self) -> Iterator[Parsed]:
        """The file's calls and rejects, piece by piece. Raises BadCallFile where it cannot be read (further)."""
        provenance = Provenance(self._file.name, self.sha256)
        return self._opened.dialect.read(self._opened.data, self.profile, provenance)


class FeedSources:
    """The sources described in a folder, read once, at start."""

    def __init__(self, folder: Path, company: str) -> None:
        """Read every description in `folder` (which need not exist); `company` is that of sources without one.

        Raises BadSource.
        """
        self._company = company
        self._profiles = {path.stem: read_source(str(path)) for path in sorted(folder.glob("*.toml"))}

    def describe(self, name: str, profile: SourceProfile) -> None:
        """Have files of the source folder `name` read by `profile`, for this process."""
        self._profiles[name] = profile

    def open(self, file: FeedFile) -> FeedCalls:
        """Open a waiting file. Raises BadCallFile where it cannot be opened or its format cannot be told."""
        source = file.name.split("/", 1)[0] if "/" in file.name else INBOX
        source = source.encode(errors="replace").decode()  # a folder's name need not be UTF-8; a word of ours must be
        profile = self._profiles.get(source)
        opened = CallFile(file.path, profile.format if profile else None)
        described = profile is not None
        profile = profile or default_profile(opened.dialect.name, source, self._company)
        return FeedCalls(file, opened, profile, described=described)
