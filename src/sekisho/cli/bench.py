"""`sekisho bench`: figures beside a yardstick of the same run."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from sekisho.core.terms.errors import BadSetting

BENCHES = ("pipeline",)


def bench(
    name: Annotated[str, typer.Argument(help=f"Which one: {', '.join(BENCHES)}.")],
    calls: Annotated[int, typer.Option(help="How many calls to make.", min=1)] = 5_000_000,
    lines: Annotated[int, typer.Option(help="Of how many lines.", min=1)] = 320_000,
    repeats: Annotated[int, typer.Option(help="Runs of each part; the best counts.", min=1)] = 3,
    folder: Annotated[str | None, typer.Option(help="Keep the calls that were made here, for the next run.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure, on one core, beside a yardstick of the same run.

    Example: sekisho bench pipeline --json
    """
    from sekisho.bench.pipeline import bench_pipeline

    if name not in BENCHES:
        raise BadSetting(f"bench {name}: there is no such benchmark; use {', '.join(BENCHES)}")
    with tempfile.TemporaryDirectory(prefix="sekisho-bench-") as scratch:
        place = Path(folder) if folder is not None else Path(scratch)
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadSetting(f"--folder {place}: cannot be made ({error.strerror}); choose another") from None
        figures = bench_pipeline(place, calls, lines, repeats, lambda text: typer.echo(text, err=True))
    rounded = {key: value if isinstance(value, int) else float(f"{value:.4g}") for key, value in figures.items()}
    if as_json:
        typer.echo(json.dumps(rounded))
        return
    for key, value in rounded.items():
        typer.echo(f"{key:42} {value:>14,}")
