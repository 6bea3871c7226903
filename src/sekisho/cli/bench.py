"""`sekisho bench`: figures beside a yardstick of the same run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from sekisho.core.terms.errors import BadSetting


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: where to work, how much (None: the benchmark's own figure), how often, who is told."""

    folder: Path
    calls: int | None
    lines: int | None
    repeats: int
    tell: Callable[[str], None]


def _pipeline(wanted: Wanted) -> dict[str, float]:
    from sekisho.bench import pipeline

    calls, lines = wanted.calls or pipeline.CALLS, wanted.lines or pipeline.LINES
    return pipeline.bench_pipeline(wanted.folder, calls, lines, wanted.repeats, wanted.tell)


def _lake(wanted: Wanted) -> dict[str, float]:
    from sekisho.bench import lake_pages

    calls, lines = wanted.calls or lake_pages.CALLS, wanted.lines or lake_pages.LINES
    return lake_pages.bench_lake(wanted.folder, calls, lines, wanted.repeats, wanted.tell)


def _gate(wanted: Wanted) -> dict[str, float]:
    from sekisho.bench import gate

    return gate.bench_gate(wanted.folder, wanted.calls or gate.INVITES, wanted.repeats, wanted.tell)


def _pages(wanted: Wanted) -> dict[str, float]:
    from sekisho.bench import lake_pages, pages

    calls, lines = wanted.calls or lake_pages.CALLS, wanted.lines or lake_pages.LINES
    return pages.bench_pages(wanted.folder, calls, lines, wanted.repeats, wanted.tell)


def _watch(wanted: Wanted) -> dict[str, float]:
    from sekisho.bench import watch

    calls, lines = wanted.calls or watch.CALLS_JUDGED, wanted.lines or watch.LINES
    return watch.bench_watch(wanted.folder, calls, lines, wanted.repeats, wanted.tell)


BENCHES: Final[dict[str, Callable[[Wanted], dict[str, float]]]] = {
    "pipeline": _pipeline,
    "watch": _watch,
    "lake": _lake,
    "gate": _gate,
    "pages": _pages,
}


def bench(
    name: Annotated[str, typer.Argument(help=f"Which one: {', '.join(BENCHES)}.")],
    calls: Annotated[int | None, typer.Option(help="How many calls to make, if not as many as usual.", min=1)] = None,
    lines: Annotated[int | None, typer.Option(help="Of how many lines, if not as many as usual.", min=1)] = None,
    repeats: Annotated[int, typer.Option(help="Runs of each part; the best counts.", min=1)] = 3,
    folder: Annotated[str | None, typer.Option(help="Keep the calls that were made here, for the next run.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure, on one core, beside a yardstick of the same run.

    Example: sekisho bench pipeline --json
    """
    if name not in BENCHES:
        raise BadSetting(f"bench {name}: there is no such benchmark; use {', '.join(BENCHES)}")
    with tempfile.TemporaryDirectory(prefix="sekisho-bench-") as scratch:
        place = Path(folder) if folder is not None else Path(scratch)
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadSetting(f"--folder {place}: cannot be made ({error.strerror}); choose another") from None
        wanted = Wanted(place, calls, lines, repeats, lambda text: typer.echo(text, err=True))
        figures = BENCHES[name](wanted)
    rounded = {key: value if isinstance(value, int) else float(f"{value:.4g}") for key, value in figures.items()}
    if as_json:
        typer.echo(json.dumps(rounded))
        return
    for key, value in rounded.items():
        typer.echo(f"{key:42} {value:>14,}")
