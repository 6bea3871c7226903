"""`sekisho tune`: fit the watch to a carrier's own calls, and write a profile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sekisho.cli.options import Format, Line, Source, TariffFile
from sekisho.cli.screen import check_writable, progress, say_rejects, whole_file
from sekisho.core.terms.call import Feed
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.instants import format_rfc3339, parse_rfc3339
from sekisho.core.terms.money import MILLIYEN, yen_text

if TYPE_CHECKING:
    import pyarrow as pa

    from sekisho.wiring.call_sources import SourceCalls


def tune(
    calls: Annotated[list[str], typer.Argument(help="Files of calls of one company: some weeks, the more the better.")],
    out: Annotated[str, typer.Option(help="The profile to write (JSON).")],
    asks: Annotated[float, typer.Option(help="False asks per million international line-days.", min=1)] = 1_000.0,
    holds: Annotated[float, typer.Option(help="False holds per million international line-days.", min=1)] = 100.0,
    seed: Annotated[int, typer.Option(help="The same seed and calls give the same profile.", min=0)] = 1,
    feed: Annotated[str, typer.Option(help="live: calls are seen as they happen; cdr: only when they end.")] = "live",
    trees: Annotated[int, typer.Option(help="Trees at most.", min=1, max=1_000)] = 160,
    name: Annotated[str | None, typer.Option(help="Name of the profile; else its file's.")] = None,
    made: Annotated[str | None, typer.Option(help="When it was made (RFC 3339); else now.")] = None,
    tariff: TariffFile = None,
    source: Source = None,
    format_: Format = None,
    line: Line = None,
) -> None:
    """Fit the watch to your own calls: made-up thieves are put among them, and a scorecard learns to tell them apart.

    No labels are needed. The thresholds are those that your honest lines reach as rarely as the budgets say.

    Example: sekisho tune calls-*.parquet --out profile.json --asks 1000 --holds 100
    """
    from sekisho.core.watch.policy import Policy
    from sekisho.core.watch.profile import Profile, to_text
    from sekisho.lab.tune.tuning import Asked
    from sekisho.lab.tune.tuning import tune as run_tuning
    from sekisho.wiring.call_sources import SourceCalls
    from sekisho.wiring.tariffs import load_tariff

    if feed not in ("live", "cdr"):
        raise BadSetting(f"--feed {feed}: there is no such feed; use live or cdr")
    check_writable(out)
    when = _instant(made)
    book = load_tariff(tariff)
    files = [SourceCalls(path, format_, source, line=line) for path in calls]
    asked = Asked(asks, holds, Feed[feed.upper()], seed, trees, _company(files))
    with progress("tuning") as tell:
        tuned = run_tuning(_batches(files), book, Policy(), asked, lambda _step, done: tell(done))
    told = {"files": [_file(file) for file in files], **tuned.told}
    profile = Profile(name or Path(out).stem, when, tuned.policy, told)
    with whole_file(out) as draft:
        draft.write_text(to_text(profile), encoding="utf-8")
    for file in files:
        typer.echo(f"{file.file.name}: {file.tally.sentence()}")
        say_rejects(file)
    for text in tuning_lines(tuned.told):
        typer.echo(text)
    typer.echo(f"{out}: policy {profile.policy.version}")


def _instant(made: str | None) -> str:
    """RFC 3339 of when the profile is made. Raises BadSetting."""
    if made is None:
        return format_rfc3339(int(datetime.now(UTC).timestamp()) * 1_000)
    try:
        return format_rfc3339(parse_rfc3339(made))
    except ValueError as error:
        raise BadSetting(f"--made {made}: {error}") from None


def _company(files: list[SourceCalls]) -> str:
    companies = sorted({file.profile.company for file in files})
    if len(companies) > 1:
        raise BadSetting(f"the files belong to {', '.join(companies)}: a profile is tuned on one company")
    return companies[0]


def _batches(files: list[SourceCalls]) -> Iterator[pa.RecordBatch]:
    for file in files:
        yield from file.batches(hashed=False)


def _file(read: SourceCalls) -> dict[str, Any]:
    """What the profile keeps of a file it was tuned on."""
    digest = hashlib.sha256(read.file.data).hexdigest()
    return {"name": Path(read.file.name).name, "sha256": digest, "calls": read.tally.calls}


def tuning_lines(told: dict[str, Any]) -> list[str]:
    """What came of it, for people: thresholds with what is not known of them, and the table before and after."""
    calls, made_up = told["calls"], told["made_up"]
    lines = [
        (
            f"{calls['calls']:,} calls of {calls['lines']:,} lines on {calls['days']:,.1f} days, "
            f"{calls['international']:,} abroad; {made_up['incidents']:,} made-up thieves "
            f"with {made_up['calls']:,} calls"
        ),
        "threshold in nats (false alarms per million line-days, 95 % range)",
    ]
    lines += [
        f"  {row['segment']:<10} ask {_limit(row['ask'])}  hold {_limit(row['hold'])}" for row in told["thresholds"]
    ]
    lines.append("on lines held out, with made-up thieves")
    for row in told["on_lines_held_out"]:
        at_stake, lost = row["yen_at_stake"], row["yen_lost"]
        share = lost / at_stake if at_stake else 0.0
        lines.append(
            f"  {row['policy']:<7} lost {yen_text(lost * MILLIYEN, 'yen')} of {yen_text(at_stake * MILLIYEN, 'yen')} "
            f"({share:.2%}); false asks {row['false_asks_per_million']:,}, "
            f"holds {row['false_holds_per_million']:,} per million of {row['line_days']:,} line-days"
        )
    return lines


def _limit(found: dict[str, Any]) -> str:
    most = f"{found['high']:,.0f}" if found["high"] is not None else "?"
    return f"{found['nats']:.2f} ({found['low']:,.0f} to {most}; {found['found']})"
