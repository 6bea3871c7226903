"""`sekisho backtest`: run the live kernel over recorded calls."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from sekisho.cli.options import Format, Line, Source, TariffFile
from sekisho.cli.screen import check_writable, progress, say_rejects, whole_file
from sekisho.core.terms.call import Feed
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.money import MILLIYEN, yen_text

if TYPE_CHECKING:
    import pyarrow as pa

    from sekisho.lab.backtest import Backtest
    from sekisho.lab.scoring import Score
    from sekisho.wiring.call_sources import SourceCalls


def backtest(
    calls: Annotated[list[str], typer.Argument(help="Files of calls of one company.")],
    feed: Annotated[str, typer.Option(help="live: calls are seen as they happen; cdr: only when they end.")] = "live",
    bars: Annotated[str | None, typer.Option(help="Write asks and holds to this CSV file.")] = None,
    truth: Annotated[str | None, typer.Option(help="Ground truth: CSV call_id,incident,kind.")] = None,
    tariff: TariffFile = None,
    source: Source = None,
    format_: Format = None,
    line: Line = None,
    daily_limit: Annotated[
        int, typer.Option(help="Every customer's limit for 24 hours, in yen; 0 is none.", min=0)
    ] = 0,
    monthly_limit: Annotated[
        int, typer.Option(help="Every customer's limit for a month, in yen; 0 is none.", min=0)
    ] = 0,
) -> None:
    """Say what the judge would have held in recorded calls, and when, knowing nothing of what came later.

    Example: sekisho backtest calls.parquet --feed live --bars bars.csv --truth truth.csv
    """
    from sekisho.core.watch.policy import Policy
    from sekisho.lab.backtest import backtest as run_backtest
    from sekisho.lab.bars_file import bars_csv
    from sekisho.lab.scoring import read_truth, score
    from sekisho.wiring.call_sources import SourceCalls
    from sekisho.wiring.tariffs import load_tariff

    if feed not in ("live", "cdr"):
        raise BadSetting(f"--feed {feed}: there is no such feed; use live or cdr")
    check_writable(bars)
    book = load_tariff(tariff)
    labels = read_truth(truth) if truth is not None else None
    policy = Policy(daily_limit=daily_limit * MILLIYEN, monthly_limit=monthly_limit * MILLIYEN)
    files = [SourceCalls(path, format_, source, line=line) for path in calls]
    expected = sum(file.expected_rows for file in files)
    with progress("judging") as tell:
        begun = time.perf_counter()
        run = run_backtest(_batches(files), book, policy, Feed[feed.upper()], files[0].profile.company, tell, expected)
        if bars is not None:
            with whole_file(bars) as draft:
                draft.write_text(bars_csv(run.verdicts), encoding="utf-8")
        seconds = time.perf_counter() - begun
    _say_run(run, files, seconds)
    if labels is not None:
        for text in score_lines(score(run, labels, book.prices)):
            typer.echo(text)


def _say_run(run: Backtest, files: list[SourceCalls], seconds: float) -> None:
    """What became of every row, what the calls cost, what the judge said."""
    for file in files:
        typer.echo(f"{file.file.name}: {file.tally.sentence()}")
        say_rejects(file)
    typer.echo(
        f"{run.calls.size:,} calls ({run.merged:,} merged, {run.duplicates:,} duplicates, {run.refused:,} refused), "
        f"{run.international:,} international, {run.charged:,} charged: {yen_text(run.charge_milliyen, 'yen')}"
    )
    actions = run.verdicts.column("action").cast("string").to_pylist()
    said = ", ".join(f"{actions.count(action):,} {action}s" for action in ("alert", "ask", "hold"))
    typer.echo(f"{said}; {run.rows / seconds:,.0f} calls/s")


def _batches(files: list[SourceCalls]) -> Iterator[pa.RecordBatch]:
    """The calls of all files. Nothing of their provenance is kept, so they are not hashed."""
    companies = {file.profile.company for file in files}
    if len(companies) > 1:
        raise BadSetting(f"the files belong to {', '.join(sorted(companies))}: a backtest is of one company")
    for file in files:
        yield from file.batches(hashed=False)


def score_lines(result: Score) -> list[str]:
    """What a backtest was worth, for people."""
    share = result.lost / result.at_stake if result.at_stake else 0.0
    at_stake, lost = yen_text(result.at_stake, "yen"), yen_text(result.lost, "yen")
    lines = [
        f"at stake {at_stake}, lost before the hold {lost} ({share:.2%})",
        f"{result.line_days:,} honest international line-days",
        f"false holds {result.false_holds:,} ({result.per_million(result.false_holds):,.0f} per million line-days)",
        f"false asks {result.false_asks:,} ({result.per_million(result.false_asks):,.0f} per million line-days)",
    ]
    for kind in sorted({incident.kind for incident in result.incidents}):
        mine = [incident for incident in result.incidents if incident.kind == kind]
        delays = [incident.delay_ms / 1_000 for incident in mine if incident.delay_ms is not None]
        median = f"median delay {statistics.median(delays):,.1f} s" if delays else "no delay to tell"
        lines.append(f"  {kind}: {len(mine)} incidents, {len(delays)} caught, {median}")
    return lines
