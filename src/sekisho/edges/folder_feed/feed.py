"""The feed: a folder in which switches leave files, one sub-folder a source.

    inbox/pbx-tokyo/cdr-000123.csv              complete files; write to `.name` or `name.tmp` first, then rename
    done/pbx-tokyo/3f1c…-cdr-000123.csv         originals, read-only; a part of their SHA-256 in front
    failed/pbx-tokyo/cdr-000124.csv             files that could not be taken in; beside each
    failed/pbx-tokyo/cdr-000124.csv.reason      says why; put right, a file may be moved back to the inbox

A file moves by renaming, so it is in one of these places at any moment and never half in one.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sekisho.core.terms.errors import BadSetting, InUse
from sekisho.edges.folder_feed import numbering
from sekisho.ports import FeedFile

READ_ONLY: Final = 0o444
_SHA_SHOWN: Final = 16
_KEPT_NAME: Final = re.compile(rf"[0-9a-f]{{{_SHA_SHOWN}}}-(.*)", re.DOTALL)
_REASON: Final = ".reason"
_LONGEST_NAME: Final = 224  # bytes: 255 less what `done` and `failed` put around it
_NUMBER: Final = re.compile(r"(\d+)")


class FolderFeed:
    """The Feed port over a folder; see the head of this module. One process takes files out of it."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`; its three sub-folders are made if absent."""
        self._inbox, self._done, self._failed = (folder / name for name in ("inbox", "done", "failed"))
        for place in (self._inbox, self._done, self._failed):
            place.mkdir(parents=True, exist_ok=True)

    def waiting(self) -> list[FeedFile]:
        """Complete files in the order of their names, numbers in them by value: `cdr-9.csv` before `cdr-10.csv`.

        Hidden files, `.tmp` files, links, and what lies in hidden folders are not among them.
        """
        found = [FeedFile(path.relative_to(self._inbox).as_posix(), str(path)) for path in _files(self._inbox)]
        complete = (file for file in found if not file.name.endswith(".tmp"))
        return sorted(complete, key=lambda file: _natural(file.name))

    def put(self, path: str, source: str) -> FeedFile:
        """Copy the file `path` into the inbox, whole or not at all, as one of `source`.

        Raises BadSetting where it cannot be read, another file of this name waits already, or no file of such a name or
        source would ever be taken.
        """
        original, folder = Path(path), self._inbox / source
        if source.startswith(".") or "/" in source:
            raise BadSetting(f"{source!r} cannot be the name of a folder of the inbox; give the source another name")
        if original.name.startswith(".") or original.name.endswith(".tmp"):
            raise BadSetting(f"{path}: a file of this name is taken for an unfinished one; rename it")
        folder.mkdir(parents=True, exist_ok=True)
        target, draft = folder / original.name, folder / f".{original.name}.{os.getpid()}.tmp"
        try:
            shutil.copyfile(original, draft)
            _force(draft)
            os.link(draft, target)  # unlike a rename it replaces nothing
        except FileExistsError:
            if not filecmp.cmp(draft, target, shallow=False):
                raise BadSetting(f"{target}: another file of this name waits; have it taken in first") from None
        except OSError as error:
            raise BadSetting(f"{path}: cannot be copied to {folder} ({error.strerror})") from None
        finally:
            draft.unlink(missing_ok=True)
        _force(folder)
        return FeedFile(target.relative_to(self._inbox).as_posix(), str(target))

    def done(self, file: FeedFile, sha256: str) -> None:
        """Keep the original under done/, read-only, its name beginning with a part of `sha256`. Raises InUse."""
        name = Path(file.name)
        with _told(file):
            # Read-only first: it is never under done/ and writable.
            Path(file.path).chmod(READ_ONLY)
            self._move(file, self._done / name.parent / f"{sha256[:_SHA_SHOWN]}-{_short(name.name)}")

    def failed(self, file: FeedFile, reason: str) -> None:
        """Put the file under failed/, the reason (one line) beside it; earlier ones stay. Raises InUse.

        A file that somebody took away meanwhile is left at that.
        """
        if not Path(file.path).exists():
            return
        folder, base = self._failed / Path(file.name).parent, _short(Path(file.name).name)
        with _told(file):
            folder.mkdir(parents=True, exist_ok=True)
            count, target = 1, folder / base
            while target.exists():
                count += 1
                target = folder / f"{count}-{base}"
            # The reason first: a file without a reason would be a riddle, a reason without its file is overwritten.
            note = target.with_name(target.name + _REASON)
            note.write_text(reason + "\n", "utf-8", "replace")
            _force(note)
            self._move(file, target)

    def gaps(self) -> list[str]:
        """One plain line for every gap in the numbers of the files that ever came, whatever became of them."""
        came = [path.relative_to(self._inbox).as_posix() for path in _files(self._inbox)]
        for path in _files(self._done):
            place, kept = path.relative_to(self._done), _KEPT_NAME.fullmatch(path.name)
            came.append((place.with_name(kept[1]) if kept else place).as_posix())
        failed = [path.relative_to(self._failed).as_posix() for path in _files(self._failed)]
        return numbering.gaps([*came, *(name for name in failed if not name.endswith(_REASON))])

    def _move(self, file: FeedFile, target: Path) -> None:
        source = Path(file.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        _force(target.parent)
        _force(source.parent)


def _files(folder: Path) -> Iterator[Path]:
    """Plain files below `folder` that are not hidden."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _short(name: str) -> str:
    """A file's name, its front cut where the system would not take it with something of ours around it."""
    return os.fsdecode(os.fsencode(name)[-_LONGEST_NAME:])


def _natural(name: str) -> tuple[list[str | int], str]:
    pieces: list[str | int] = [int(piece) if piece.isdecimal() else piece for piece in _NUMBER.split(name)]
    return pieces, name  # `7` and `007` are the same number, so the name decides


def _force(path: Path) -> None:
    """Force a file's bytes, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(file: FeedFile) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InUse(f"{file.path}: cannot be moved ({error.strerror}); see to the folder's owner and disk") from error
