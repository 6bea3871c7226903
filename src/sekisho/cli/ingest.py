"""`sekisho ingest`: take files of records in, judge and keep them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated

import typer

from sekisho.cli.options import Company, Format, Home, Line, Source, TariffFile, environment_at
from sekisho.cli.screen import progress
from sekisho.core.terms.errors import BadCallFile
from sekisho.core.terms.instants import japanese_time_text
from sekisho.core.terms.money import yen_text

if TYPE_CHECKING:
    from sekisho.engine.runner import Engine, FileSum
    from sekisho.wiring.embedded import Embedded

EXTENSION_DIGITS = 6  # a line with so few digits is an extension, not a number somebody is charged for
LINES_SHOWN = 20


def ingest(
    files: Annotated[list[str], typer.Argument(help="Files of records of one source.")],
    format_: Format = None,
    source: Source = None,
    company: Company = None,
    line: Line = None,
    tariff: TariffFile = None,
    home: Home = None,
) -> None:
    """Take files in: calls to the journal, judged, rated and kept; every row is accounted for.

    Example: sekisho ingest --format asterisk --line 0312000000 cdr_Master.csv
    """
    from sekisho.engine.runner import drain, file_sums, start_engine
    from sekisho.wiring.embedded import open_embedded
    from sekisho.wiring.settings import read_settings

    opened = open_embedded(read_settings(environment_at(home)))
    try:
        _put(opened, files, format_, source, company or opened.settings.company, line, tariff)
        engine = start_engine(opened)
        before = {topic: engine.log.last(topic) for topic in ("rated", "verdicts")}
        with progress("taking in") as tell:
            drain(engine, told=lambda taken: tell(taken.read.rows_in))
        for each in file_sums(engine):
            _say_sum(each)
        _say_charged(engine, before["rated"], hint=line is None and source is None)
        _say_verdicts(engine, before["verdicts"])
        for gap in opened.feed.gaps():
            typer.echo(f"gap: {gap}")
        for name, reason in engine.intake.blocked.items():
            typer.echo(f"{name} waits: {reason}")
        faults = [each.fault for each in file_sums(engine) if each.fault]
    finally:
        opened.close()
    if faults:
        raise typer.Exit(2)


def _put(
    opened: Embedded,
    files: list[str],
    format_name: str | None,
    source: str | None,
    company: str,
    line: str | None,
    tariff: str | None,
) -> None:
    """Copy the files into the feed, all or none, with what the command line says of their source; see to a tariff."""
    from sekisho.engine.control import has_tariff, load_tariff
    from sekisho.wiring.call_sources import open_source
    from sekisho.wiring.tariffs import read_tariff

    profiles = [open_source(path, format_name, source, company if source is None else None, line) for path in files]
    for owner in sorted({profile.company for profile in profiles}):
        if tariff is not None or not has_tariff(opened.log, owner):
            table, name = read_tariff(tariff)
            # With the instant: loading A, then B, then A again must bring A back.
            key = f"{owner}:{name}:{hashlib.sha256(table).hexdigest()}:{opened.clock.now_ms()}"
            load_tariff(opened.log, owner, name, table, key=key)
    for path, profile in zip(files, profiles, strict=True):
        opened.sources.describe(profile.name, profile)
        opened.feed.put(path, profile.name)


def _say_sum(each: FileSum) -> None:
    if each.tally is None:
        raise BadCallFile(each.file, 0, "the judge has not seen all of its calls", "run ingest again")
    typer.echo(f"{each.file}: {each.tally.sentence()}{' (taken in before, as it was then)' if each.again else ''}")
    if each.fault:
        typer.echo(f"put aside: {each.fault}", err=True)


def _say_charged(engine: Engine, after: int, *, hint: bool) -> None:
    """What the calls cost that were kept after this sequence of `rated`."""
    from sekisho.bodies import batches_of
    from sekisho.ports import RATED_TOPIC

    calls = charged = charge = abroad = 0
    lines: set[str] = set()
    while entries := engine.log.read(RATED_TOPIC, after, 16):
        for batch in (batch for entry in entries for batch in batches_of(entry.body)):
            amounts = batch.column("charge_milliyen").to_numpy()
            calls += batch.num_rows
            charged += int((amounts > 0).sum())
            charge += int(amounts.sum())
            abroad += batch.column("class").cast("string").to_pylist().count("international")
            lines.update(batch.column("line").unique().to_pylist())
        after = entries[-1].sequence
    typer.echo(f"{calls:,} calls rated: {abroad:,} international, {charged:,} charged, {yen_text(charge, 'yen')}")
    extensions = sorted(name for name in lines if name.isdecimal() and len(name) <= EXTENSION_DIGITS)
    if hint and extensions:
        shown = ", ".join(extensions[:3])
        typer.echo(f"note: {shown} look like extensions; name the line that is charged with --line or --source")


def _say_verdicts(engine: Engine, after: int) -> None:
    """Alerts and holds given after this sequence of `verdicts`."""
    from sekisho.bodies import batches_of
    from sekisho.ports import VERDICT_TOPIC

    shown = count = 0
    while entries := engine.log.read(VERDICT_TOPIC, after, 16):
        for batch in (batch for entry in entries for batch in batches_of(entry.body)):
            count += batch.num_rows
            for row in batch.slice(0, max(LINES_SHOWN - shown, 0)).to_pylist():
                at = japanese_time_text(round(row["at"].timestamp() * 1_000))
                typer.echo(f"{row['action']:5} {row['line']} {row['scope']} {at} {row['score_nats']:.1f} nats")
                shown += 1
        after = entries[-1].sequence
    if count > shown:
        typer.echo(f"… and {count - shown:,} more verdicts")
