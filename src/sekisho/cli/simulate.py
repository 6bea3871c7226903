"""`sekisho simulate`: a carrier's traffic with and without thieves, from one seed, with the truth beside it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from sekisho.cli.screen import check_writable, progress
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.instants import start_of_japanese_day

_FORMATS = ("parquet", "csv")


def simulate(
    folder: Annotated[str, typer.Argument(help="A folder that does not exist yet, or is empty.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same calls.", min=0)] = 1,
    lines: Annotated[int, typer.Option(help="Lines of the carrier.")] = 5_000,
    days: Annotated[int, typer.Option(help="Days; the first seven are free of attacks.")] = 60,
    incidents: Annotated[int, typer.Option(help="Incidents of each kind.")] = 30,
    kinds: Annotated[str, typer.Option(help="all, none, or names with commas between.")] = "all",
    first_day: Annotated[str, typer.Option(help="The first day, in Japan.")] = "2026-01-05",
    format_: Annotated[str, typer.Option("--format", help="parquet or csv.")] = "parquet",
    honest_only: Annotated[bool, typer.Option("--honest-only", help="No attacks: the same as --kinds none.")] = False,
) -> None:
    """Make a carrier's calls for the lab: honest traffic, attacks of every kind, and which calls are whose.

    Writes calls.parquet (or calls.csv), truth.csv, lines.csv and simulation.json.

    Example: sekisho simulate worlds/1 --seed 1 --lines 5000 --days 60
    """
    from sekisho.lab.simulator.folder import write_simulation
    from sekisho.lab.simulator.simulation import simulate as run

    if format_ not in _FORMATS:
        raise BadSetting(f"--format {format_}: there is no such format; use parquet or csv")
    chosen = () if honest_only else _kinds(kinds)
    first_ms = start_of_japanese_day(_day(first_day))
    with _whole_folder(folder) as draft, progress("simulating") as tell:
        begun = time.perf_counter()
        made = run(seed, lines, days, incidents, first_ms, chosen, tell)
        seconds = time.perf_counter() - begun
        arguments = {
            "seed": seed, "lines": lines, "days": days, "incidents": incidents, "kinds": list(chosen),
            "first_day": first_day, "format": format_,
        }  # fmt: skip
        write_simulation(made, draft, format_, arguments)
    names = len(set(made.truth.column("incident").to_pylist()))
    typer.echo(
        f"{folder}: {made.calls.num_rows:,} calls of {lines:,} lines on {days} days, {names:,} incidents with "
        f"{made.truth.num_rows:,} calls; {made.calls.num_rows / seconds:,.0f} calls/s"
    )


def _kinds(text: str) -> tuple[str, ...]:
    """The kinds that `--kinds` names. Raises BadSetting."""
    from sekisho.lab.simulator.attacks.kinds import KINDS

    if text in ("all", "none"):
        return KINDS if text == "all" else ()
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in KINDS:
            raise BadSetting(f"--kinds {name}: there is no such kind; use all, none or some of {', '.join(KINDS)}")
    return names


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadSetting(f"--first-day {text}: this is no day; write it like 2026-01-05") from None


@contextmanager
def _whole_folder(path: str) -> Iterator[Path]:
    """A folder to write into; only when the block ends well does it become `path`. Raises BadSetting."""
    target = Path(path).resolve()
    if target.is_dir() and any(target.iterdir()):
        raise BadSetting(f"{path}: this folder is not empty; name a new one")
    if not target.is_dir():
        check_writable(str(target))
        if target.exists():
            raise BadSetting(f"{path}: this is a file; name a folder")
    draft = target.with_name(f".{target.name[:40]}.{os.getpid()}.tmp")
    try:
        draft.mkdir()
        yield draft
        draft.replace(target)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else error
        raise BadSetting(f"{path}: cannot be written ({why}); make room there or choose another place") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
