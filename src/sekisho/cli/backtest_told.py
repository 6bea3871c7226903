"""What `sekisho backtest` prints: rows and charges, what the verdicts were worth, the comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from sekisho.cli.screen import say_rejects
from sekisho.core.terms.instants import SECOND_MS
from sekisho.core.terms.money import MILLIYEN, yen_text

if TYPE_CHECKING:
    from sekisho.lab.backtest import Backtest
    from sekisho.lab.compare.table import Compared
    from sekisho.lab.kinds import Kind, Ranks
    from sekisho.lab.scoring import Honest, Score
    from sekisho.wiring.call_sources import SourceCalls


def said_counts(run: Backtest) -> dict[str, int]:
    """How many alerts, asks and holds a run spoke."""
    actions = run.verdicts.column("action").cast("string").to_pylist()
    return {action: actions.count(action) for action in ("alert", "ask", "hold")}


def say_run(run: Backtest, files: Sequence[SourceCalls], seconds: float) -> None:
    """What became of every row, what the calls cost, what the judge said."""
    for file in files:
        typer.echo(f"{file.file.name}: {file.tally.sentence()}")
        say_rejects(file)
    typer.echo(
        f"{run.calls.size:,} calls ({run.merged:,} merged, {run.duplicates:,} duplicates, {run.refused:,} refused), "
        f"{run.international:,} international, {run.charged:,} charged: {yen_text(run.charge_milliyen, 'yen')}"
    )
    said = ", ".join(f"{count:,} {action}s" for action, count in said_counts(run).items())
    typer.echo(f"{said}; {run.rows / seconds:,.0f} calls/s")


def score_lines(score: Score) -> Iterator[str]:
    """What a backtest was worth, for people: the sums, then one line a kind of attack, then all."""
    from sekisho.lab.kinds import kinds_of, overall

    at_stake, lost = yen_text(score.at_stake, "yen"), yen_text(score.lost, "yen")
    yield f"at stake {at_stake}, lost before the stop {lost} ({score.lost_share:.2%})"
    yield f"{score.line_days:,} honest international line-days"
    for name, false, spoken in (("hold", score.false_holds, score.holds), ("ask", score.false_asks, score.asks)):
        yield f"false {name}s {false:,} of {spoken:,} ({score.per_million(false):,.0f} per million line-days)"
    yield f"honest international calls: {_honest(score.elsewhere)}"
    yield f"  on victims' lines, counted apart: {_honest(score.on_victims)}"
    if score.missing:
        yield f"{score.missing:,} calls of the truth are not among the calls"
    if score.incidents:
        rows = [_kind(kind) for kind in (*kinds_of(score), overall(score))]
        heads = ["kind", "incidents", "caught", "at stake, yen", "lost", "lost each, yen", "calls before", "delay, s"]
        yield from aligned([heads, *rows])
        yield "(a pair is the median and what nine in ten do not exceed; -: not caught)"


def compared_lines(rows: Sequence[Compared]) -> Iterator[str]:
    """The comparison: every rule on the same calls, scored alike."""
    table = [["rule", "lost", "false/M", "median delay, s", "honest stopped", "honest asked"]]
    for row in rows:
        score, delay = row.score, row.median_delay_s
        table.append(
            [
                row.rule.name,
                f"{score.lost_share:.2%}",
                f"{row.false_per_million:,.0f}",
                "-" if delay is None else f"{delay:,.1f}",
                f"{row.honest_stopped:,}",
                f"{score.elsewhere.asked + score.on_victims.asked:,}",
            ]
        )
    yield from aligned(table)
    yield "(false/M: false asks and holds per million international line-days)"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines of columns two spaces apart: the first flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        ).rstrip()
        for row in rows
    ]


def _honest(part: Honest) -> str:
    total = max(part.calls, 1)
    counts = (("blocked", part.blocked), ("cut", part.cut), ("asked", part.asked))
    return f"{part.calls:,}, " + ", ".join(f"{count:,} {name} ({count / total:.3%})" for name, count in counts)


def _kind(kind: Kind) -> list[str]:
    return [
        kind.name,
        f"{kind.incidents:,}",
        f"{kind.caught:,}",
        f"{kind.at_stake / MILLIYEN:,.0f}",
        f"{kind.lost_share:.2%}",
        _pair(kind.lost_each, MILLIYEN, 0),
        _pair(kind.calls_before, 1, 0),
        _pair(kind.delay_ms, SECOND_MS, 1),
    ]


def _pair(ranks: Ranks, unit: int, digits: int) -> str:
    told = ["-" if value is None else f"{value / unit:,.{digits}f}" for value in (ranks.median, ranks.p90)]
    return " / ".join(told)
