"""Snapshots as files, laid out so that loading one is mapping it.

A file is: the mark, the length of the head (8 bytes, little end first), the CRC-32 of the head (4 bytes), the head as
JSON, then the arrays' bytes, each begun at a multiple of 64. The head names each array's dtype, shape, place and
CRC-32.

A snapshot is written beside its name, forced to the disk, then renamed. The last two are kept: should the newest be
damaged, the one before it and a longer replay give the same state.
"""

from __future__ import annotations

import ast
import json
import logging
import mmap
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.errors import InUse, LogDamaged
from sekisho.failpoint import failpoint

_logger = logging.getLogger(__name__)
Arrays = Mapping[str, npt.NDArray[Any]]

MARK: Final = b"SEKISHO SNAPSHOT 1\n"
KEPT: Final = 2
_ALIGNED: Final = 64
_LENGTH: Final = 8
_CRC: Final = 4
_HEAD_AT: Final = len(MARK) + _LENGTH + _CRC


class SnapshotFiles:
    """The Snapshots port over the files of one folder. One process writes."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, made if absent. `damaged` lists, after `load`, what it could not use and why."""
        self._folder = folder
        self._good = ""  # the name of the newest snapshot known to be whole
        self.damaged: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    def load(self) -> tuple[int, dict[str, npt.NDArray[Any]]] | None:
        """The newest whole snapshot as (journal sequence, arrays), or None where there is none.

        The arrays are private views of the mapped file: writing to them changes no file.
        """
        self.damaged = []
        for path in reversed(self._snapshots()):
            try:
                sequence, arrays = _read(path)
            except LogDamaged as fault:
                self.damaged.append(str(fault))
                _logger.warning("%s; the one before it is taken, or the whole journal", fault)
                continue
            self._good = path.name
            return sequence, arrays
        return None

    def save(self, sequence: int, arrays: Arrays) -> None:
        """Write a snapshot that includes the journal up to `sequence`; on return it survives a power cut.

        Raises InUse where the disk takes no more.
        """
        name = f"snapshot-{sequence:016d}"
        draft = self._folder / f".{name}.tmp"
        try:
            with draft.open("wb") as file:
                _write(file, sequence, arrays)
                file.flush()
                os.fsync(file.fileno())
            failpoint("snapshot_rename")
            draft.rename(self._folder / name)
            _force_names(self._folder)
        except OSError as error:
            raise InUse(f"{draft.parent}: no snapshot can be written ({error.strerror}); see to its disk") from error
        self._tidy(name)

    def _snapshots(self) -> list[Path]:
        """Complete snapshots, oldest first."""
        return sorted(self._folder.glob("snapshot-*"))

    def _tidy(self, newest: str) -> None:
        """Remove what is neither the newest nor the whole one before it: older, damaged and unfinished ones."""
        before = self._good or next((path.name for path in reversed(self._snapshots()) if path.name != newest), "")
        for path in [*self._snapshots(), *self._folder.glob(".snapshot-*.tmp")]:
            if path.name not in (newest, before):
                path.unlink(missing_ok=True)
        self._good = newest


def _force_names(folder: Path) -> None:
    """Force to the disk which names the folder holds."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rounded(place: int) -> int:
    return -(-place // _ALIGNED) * _ALIGNED


def _write(file: IO[bytes], sequence: int, arrays: Arrays) -> None:
    entries: list[dict[str, Any]] = []
    at = 0
    whole = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    for name, array in whole.items():
        if array.dtype.hasobject:
            raise TypeError(f"array {name!r} holds Python objects; a snapshot holds numbers and texts of fixed width")
        dtype = repr(np.lib.format.dtype_to_descr(array.dtype))
        entries.append({"name": name, "dtype": dtype, "shape": array.shape, "at": at, "crc": zlib.crc32(_bytes(array))})
        at = _rounded(at + array.nbytes)
    head = json.dumps({"sequence": sequence, "arrays": entries}).encode()
    file.write(MARK + len(head).to_bytes(_LENGTH, "little") + zlib.crc32(head).to_bytes(_CRC, "little") + head)
    begin = _rounded(_HEAD_AT + len(head))
    for entry, array in zip(entries, whole.values(), strict=True):
        file.seek(begin + entry["at"])
        file.write(_bytes(array))
    file.truncate(max(file.tell(), begin))


def _bytes(array: npt.NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data if array.size else memoryview(b"")


def _read(path: Path) -> tuple[int, dict[str, npt.NDArray[Any]]]:
    """The sequence and arrays of a snapshot. Raises LogDamaged where it is not what was written."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size < _HEAD_AT:
            raise LogDamaged(f"{path}: too short for a snapshot")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    length = int.from_bytes(mapped[len(MARK) : len(MARK) + _LENGTH], "little")
    head = mapped[_HEAD_AT : _HEAD_AT + length]
    crc = int.from_bytes(mapped[_HEAD_AT - _CRC : _HEAD_AT], "little")
    if mapped[: len(MARK)] != MARK or crc != zlib.crc32(head):
        raise LogDamaged(f"{path}: not a snapshot of this program, or its head is damaged")
    told = json.loads(head)
    return int(told["sequence"]), {entry["name"]: _array(path, mapped, length, entry) for entry in told["arrays"]}


def _array(path: Path, mapped: mmap.mmap, head: int, entry: dict[str, Any]) -> npt.NDArray[Any]:
    dtype = np.lib.format.descr_to_dtype(ast.literal_eval(entry["dtype"]))
    count = int(np.prod(entry["shape"], dtype=np.int64))
    begin = _rounded(_HEAD_AT + head) + entry["at"]
    stored = memoryview(mapped)[begin : begin + count * dtype.itemsize]
    if len(stored) != count * dtype.itemsize or zlib.crc32(stored) != entry["crc"]:
        raise LogDamaged(f"{path}: the bytes of {entry['name']!r} are not what was written")
    return np.frombuffer(stored, dtype).reshape(entry["shape"]) if count else np.zeros(entry["shape"], dtype)
