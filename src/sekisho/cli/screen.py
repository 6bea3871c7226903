"""What commands write: files that appear whole or not at all, and progress bars on stderr."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sekisho.core.terms.errors import BadSetting

if TYPE_CHECKING:
    from sekisho.wiring.call_sources import SourceCalls

_DRAFT_NAME: Final = 40  # of the file's name, so that the draft's name is never too long


def check_writable(path: str | None) -> None:
    """Raise BadSetting, before any work is done, where a file could not be written at `path`."""
    if path is None:
        return
    folder = Path(path).resolve().parent
    try:
        is_folder, has_folder = Path(path).is_dir(), folder.is_dir()
    except OSError as error:  # a name too long
        raise BadSetting(f"{path}: cannot be written ({error.strerror}); choose another name") from None
    if is_folder:
        raise BadSetting(f"{path}: this is a folder; name a file in it")
    if not has_folder or not os.access(folder, os.W_OK):
        raise BadSetting(f"{path}: nothing can be written there; make the folder {folder.name}/ or choose another")


@contextmanager
def whole_file(path: str) -> Iterator[Path]:
    """A path to write to; only when the block ends well does it become `path`, in one step.

    Raises BadSetting where the disk refuses it; then nothing is left, and what stood at `path` still does.
    """
    target = Path(path)
    draft = target.with_name(f".{target.name[:_DRAFT_NAME]}.{os.getpid()}.tmp")
    try:
        yield draft
        draft.replace(target)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else error
        raise BadSetting(f"{path}: cannot be written ({why}); make room there or choose another place") from None
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, where that is a terminal; call what it gives with the number of rows just done."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} rows"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda rows: bar.advance(task, rows)


def say_rejects(read: SourceCalls, most: int = 10) -> None:
    """Name the first rejects of a file that has been read, one a line."""
    for line in read.reject_lines(most):
        typer.echo(f"  reject {line}")
    left = read.tally.rejects - most
    if left > 0:
        typer.echo(f"  … and {left:,} more")
