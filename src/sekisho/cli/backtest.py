"""`sekisho backtest`: run the live kernel over recorded calls."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from sekisho.cli.backtest_told import compared_lines, say_run, score_lines
from sekisho.cli.options import Format, Line, ProfileName, Source, TariffFile
from sekisho.cli.screen import check_writable, whole_file
from sekisho.core.terms.call import Feed
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.money import MILLIYEN

if TYPE_CHECKING:
    from sekisho.core.watch.policy import Policy

LANGUAGES: Final = ("ja", "en")
MOST_SHIFT: Final = 50


Calls = Annotated[list[str], typer.Argument(help="Files of calls of one company.")]
FeedName = Annotated[str, typer.Option(help="live: calls are seen as they happen; cdr: only when they end.")]
Bars = Annotated[str | None, typer.Option(help="Write asks and holds to this CSV file.")]
TruthFile = Annotated[str | None, typer.Option(help="Ground truth: CSV call_id,incident,kind.")]
Compare = Annotated[bool, typer.Option("--compare", help="Score other tools' rules on the same calls.")]
ReportFile = Annotated[str | None, typer.Option("--report", help="Write a report to this HTML file; needs --truth.")]
JsonFile = Annotated[str | None, typer.Option("--json", help="Write all figures to this JSON file.")]
Language = Annotated[str, typer.Option(help="Of the report: ja or en.")]
Shifts = Annotated[str, typer.Option(help="The report's curve: thresholds shifted by these nats, like -4,-2,0,2.")]
DailyLimit = Annotated[
    int | None, typer.Option(help="Every customer's limit for 24 hours, in yen, 0 is none; else the profile's.", min=0)
]
MonthlyLimit = Annotated[
    int | None, typer.Option(help="Every customer's limit for a month, in yen, 0 is none; else the profile's.", min=0)
]
HotList = Annotated[str | None, typer.Option("--hot-list", help="Numbers known for fraud, one a line.")]


def backtest(
    calls: Calls,
    feed: FeedName = "live",
    bars: Bars = None,
    truth: TruthFile = None,
    compare: Compare = False,
    report: ReportFile = None,
    json_: JsonFile = None,
    language: Language = "ja",
    shifts: Shifts = "",
    tariff: TariffFile = None,
    source: Source = None,
    format_: Format = None,
    line: Line = None,
    hot_list: HotList = None,
    profile: ProfileName = "factory",
    daily_limit: DailyLimit = None,
    monthly_limit: MonthlyLimit = None,
) -> None:
    """Say what the judge would have held in recorded calls, and when, knowing nothing of what came later.

    Example: sekisho backtest calls.parquet --bars bars.csv --truth truth.csv --compare --report report.html
    """
    _check(feed, language, truth, needing=[("--compare", compare), ("--report", report is not None)])
    for path in (bars, report, json_):
        check_writable(path)
    from sekisho.cli.backtest_calls import RecordedCalls
    from sekisho.lab.truth import read_truth
    from sekisho.wiring.tariffs import load_tariff

    offsets = _offsets(shifts) if report is not None else []
    policy = _policy(profile, daily_limit, monthly_limit)
    book = load_tariff(tariff)
    hot = _hot_numbers(hot_list)
    labels = read_truth(truth) if truth is not None else None
    recorded = RecordedCalls(calls, format_, source, line, book, Feed[feed.upper()], hot, labels)
    judged = recorded.judge(policy, bars)
    say_run(judged.run, judged.files, judged.seconds)
    figures = judged.figures()
    if labels is not None and truth is not None:
        from sekisho.cli.backtest_worth import Worth

        worth = Worth(judged, labels, truth, compare=compare or report is not None)
        _echo([*score_lines(worth.score), *(compared_lines(worth.compared) if compare else [])])
        if report is not None:
            worth.write_report(report, language, offsets)
        figures |= worth.figures()
    if json_ is not None:
        with whole_file(json_) as draft:
            draft.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _check(feed: str, language: str, truth: str | None, needing: list[tuple[str, bool]]) -> None:
    """Raise BadSetting for options that make no sense, before any file is read."""
    if feed not in ("live", "cdr"):
        raise BadSetting(f"--feed {feed}: there is no such feed; use live or cdr")
    if language not in LANGUAGES:
        raise BadSetting(f"--language {language}: there is no such language; use ja or en")
    for name, asked in needing:
        if asked and truth is None:
            raise BadSetting(f"{name}: without the truth nothing can be scored; add --truth")


def _policy(profile: str, daily_limit: int | None, monthly_limit: int | None) -> Policy:
    """The profile's policy, with the limits (yen) that were asked for."""
    from sekisho.wiring.profiles import chosen_policy

    policy = chosen_policy(profile)
    if daily_limit is not None:
        policy = replace(policy, daily_limit=daily_limit * MILLIYEN)
    if monthly_limit is not None:
        policy = replace(policy, monthly_limit=monthly_limit * MILLIYEN)
    return policy


def _hot_numbers(path: str | None) -> list[str]:
    from sekisho.wiring.hot_list_file import read_hot_list

    return read_hot_list(path) if path is not None else []


def _offsets(shifts: str) -> list[float]:
    """The shifts of a curve from `-4,-2,0,2`, 0 always among them; nothing given: the usual ones."""
    from sekisho.lab.report.curve import SHIFTS

    try:
        told = {float(shift) for shift in shifts.split(",")} if shifts else set(SHIFTS)
    except ValueError:
        told = {math.nan}
    if not all(abs(shift) <= MOST_SHIFT for shift in told):
        raise BadSetting(f"--shifts {shifts}: give nats from -{MOST_SHIFT} to {MOST_SHIFT}, like -4,-2,0,2")
    return sorted(told | {0.0})


def _echo(lines: Iterable[str]) -> None:
    for text in lines:
        typer.echo(text)
