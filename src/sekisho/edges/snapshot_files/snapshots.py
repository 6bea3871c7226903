"""Snapshots as files that follow each other: one with all of the state, then some with what changed since.

A file is: the mark, the pieces' bytes, each begun at a multiple of 64, the foot as JSON, its length (8 bytes, little
end first) and its CRC-32 (4 bytes). The foot names the file this one follows (none: it holds all), and of each piece
its name, row, dtype, shape, place and CRC-32. A file is named for the journal sequence it includes.

A snapshot is written beside its name, forced to the disk, then renamed: the rename of that one file makes it valid. All
files of the running set are kept, and those of the set before it: should the newest be damaged, the files before it and
a longer replay give the same state.
"""

from __future__ import annotations

import ast
import json
import logging
import mmap
import os
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.errors import InUse, LogDamaged
from sekisho.failpoint import failpoint
from sekisho.ports import Piece

_logger = logging.getLogger(__name__)

MARK: Final = b"SEKISHO SNAPSHOT 2\n"
MOST_FILES: Final = 64  # of one set; every start reads them all
_ALIGNED: Final = 64
_LENGTH: Final = 8
_CRC: Final = 4
_READERS: Final = 2  # threads that check files


class SnapshotFiles:
    """The Snapshots port over the files of one folder. One process writes."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, made if absent. `damaged` lists, after `load`, what it could not use and why."""
        self.folder = folder
        self.damaged: list[str] = []
        self._set: list[Path] = []  # the running set, the whole one first
        self._before: list[Path] = []
        folder.mkdir(parents=True, exist_ok=True)

    def load(self) -> tuple[int, list[Piece]] | None:
        """The newest whole set as (journal sequence, pieces), or None where there is none.

        The arrays are private views of the mapped files: writing to them changes no file.
        """
        self.damaged = []
        self._set = []
        names = self._snapshots()
        while names:
            newest = names.pop()
            try:
                files = _followed(newest)
                pieces = _checked(files)
            except LogDamaged as fault:
                self.damaged.append(str(fault))
                _logger.warning("%s; the one before it is taken, or the whole journal", fault)
                continue
            self._set = [file.path for file in files]
            older = [path for path in names if path < self._set[0]]
            self._before = [file.path for file in _followed_or_none(older[-1])] if older else []
            return files[-1].sequence, pieces
        return None

    @property
    def whole_due(self) -> bool:
        """Whether there is no set to follow, or what changed since is more than the whole, or in too many files."""
        if not self._set or len(self._set) >= MOST_FILES:
            return True
        whole, *changes = [path.stat().st_size for path in self._set]
        return sum(changes) > whole

    def begin(self, *, whole: bool) -> DraftFile:
        """Begin a snapshot. Raises ValueError where there is none to follow, InUse where the disk takes no more."""
        if not whole and not self._set:
            raise ValueError("the first snapshot must hold all")
        return DraftFile(self, "" if whole else self._set[-1].name)

    def adopt(self, path: Path, *, whole: bool) -> None:
        """A file is valid now: remove what is of neither this set nor the one before it, drafts too."""
        if whole:
            self._set, self._before = [path], self._set or self._before
        else:
            self._set.append(path)
        for other in [*self._snapshots(), *self.folder.glob(".snapshot*.tmp")]:
            if other not in self._set and other not in self._before:
                other.unlink(missing_ok=True)

    def _snapshots(self) -> list[Path]:
        """Complete snapshots, oldest first."""
        return sorted(self.folder.glob("snapshot-*"))


class DraftFile:
    """The Draft port: a file that gets its name when it is complete."""

    def __init__(self, snapshots: SnapshotFiles, follows: str) -> None:
        """`follows`: the file before it, empty where this one holds all. Raises InUse where the disk takes no more."""
        self._snapshots, self._follows = snapshots, follows
        self._path = snapshots.folder / ".snapshot.tmp"
        self._entries: list[dict[str, Any]] = []
        try:
            self._file: IO[bytes] = self._path.open("wb")
            self._file.write(MARK)
        except OSError as error:
            raise self._full(error) from error

    def add(self, pieces: Iterable[Piece]) -> None:
        """Write pieces. Raises InUse where the disk takes no more, and the draft is gone."""
        try:
            for piece in pieces:
                self._write(piece)
        except OSError as error:
            self.drop()
            raise self._full(error) from error
        except TypeError:
            self.drop()
            raise
        failpoint("snapshot_piece")

    def commit(self, sequence: int) -> None:
        """Complete the file and give it its name; on return it survives a power cut."""
        path = self._snapshots.folder / f"snapshot-{sequence:016d}"
        if path.name == self._follows:
            self.drop()
            raise ValueError(f"a snapshot up to {sequence} is there; one after it includes more of the journal")
        foot = json.dumps({"sequence": sequence, "follows": self._follows, "pieces": self._entries}).encode()
        try:
            self._file.write(foot + len(foot).to_bytes(_LENGTH, "little") + zlib.crc32(foot).to_bytes(_CRC, "little"))
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            failpoint("snapshot_rename")
            self._path.rename(path)
            _force_names(self._snapshots.folder)
        except OSError as error:
            self.drop()
            raise self._full(error) from error
        failpoint("snapshot_tidy")
        self._snapshots.adopt(path, whole=not self._follows)

    def drop(self) -> None:
        """Remove the unfinished file."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _write(self, piece: Piece) -> None:
        rows = np.asarray(piece.rows, order="C")
        if rows.dtype.hasobject:
            raise TypeError(f"{piece.name!r} holds Python objects; a snapshot holds numbers and texts of fixed width")
        content = _bytes(rows)
        entry = {
            "name": piece.name,
            "first": piece.first,
            "dtype": repr(np.lib.format.dtype_to_descr(rows.dtype)),
            "shape": rows.shape,
            "at": self._padded(),
            "crc": zlib.crc32(content),
        }
        self._file.write(content)
        self._entries.append(entry)

    def _padded(self) -> int:
        place = self._file.tell()
        self._file.write(bytes(-place % _ALIGNED))
        return self._file.tell()

    def _full(self, error: OSError) -> InUse:
        return InUse(f"{self._path.parent}: no snapshot can be written ({error.strerror}); see to its disk")


def _force_names(folder: Path) -> None:
    """Force to the disk which names the folder holds."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _bytes(array: npt.NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data if array.size else memoryview(b"")


class _File:
    """A mapped file, its foot read. Raises LogDamaged where it is not what was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        ends = _LENGTH + _CRC
        try:
            with path.open("rb") as file:
                if file.seek(0, os.SEEK_END) < len(MARK) + ends:
                    raise LogDamaged(f"{path}: too short for a snapshot")
                self.mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        except OSError as error:
            raise LogDamaged(f"{path}: cannot be read ({error.strerror})") from error
        length = int.from_bytes(self.mapped[-ends:-_CRC], "little")
        foot = self.mapped[-ends - length : -ends] if length <= len(self.mapped) - ends else b""
        if self.mapped[: len(MARK)] != MARK:
            raise LogDamaged(f"{path}: not a snapshot of this version")
        if int.from_bytes(self.mapped[-_CRC:], "little") != zlib.crc32(foot) or not foot:
            raise LogDamaged(f"{path}: its foot is damaged")
        told = json.loads(foot)
        self.sequence, self.follows, self.entries = int(told["sequence"]), str(told["follows"]), told["pieces"]

    def piece(self, entry: dict[str, Any]) -> Piece:
        """A piece of it, unchecked."""
        dtype = np.lib.format.descr_to_dtype(ast.literal_eval(entry["dtype"]))
        count = int(np.prod(entry["shape"], dtype=np.int64))
        stored = memoryview(self.mapped)[entry["at"] : entry["at"] + count * dtype.itemsize]
        if len(stored) != count * dtype.itemsize:
            raise LogDamaged(f"{self.path}: {entry['name']!r} is cut off")
        rows = np.frombuffer(stored, dtype).reshape(entry["shape"]) if count else np.zeros(entry["shape"], dtype)
        return Piece(entry["name"], entry["first"], rows)

    def check(self, entry: dict[str, Any], piece: Piece) -> None:
        """Raise LogDamaged where the bytes of a piece are not what was written."""
        if zlib.crc32(_bytes(piece.rows)) != entry["crc"]:
            raise LogDamaged(f"{self.path}: the bytes of {piece.name!r} are not what was written")


def _followed(newest: Path) -> list[_File]:
    """A file and all those before it in its set, the whole one first. Raises LogDamaged where one is missing."""
    files = [_File(newest)]
    while files[-1].follows:
        files.append(_File(newest.with_name(files[-1].follows)))
    return files[::-1]


def _followed_or_none(newest: Path) -> list[_File]:
    try:
        return _followed(newest)
    except LogDamaged:
        return []


def _checked(files: list[_File]) -> list[Piece]:
    """All pieces of some files, their bytes checked in several threads. Raises LogDamaged."""
    told = [(file, entry, file.piece(entry)) for file in files for entry in file.entries]
    with ThreadPoolExecutor(_READERS) as pool:
        for _ in pool.map(lambda one: one[0].check(*one[1:]), told):
            pass  # what a thread raised is raised here
    return [piece for _, _, piece in told]
