"""The report put together: one HTML page with its styles and pictures inside, and nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Final

from sekisho.lab.compare.table import Compared
from sekisho.lab.report.curve import CurvePoint
from sekisho.lab.report.curve_plot import curve_plot
from sekisho.lab.report.delay_plot import delay_plot
from sekisho.lab.report.replay import Replay
from sekisho.lab.report.replay_table import replay_section
from sekisho.lab.report.tables import compare_table, curve_table, kinds_table
from sekisho.lab.report.words import share, text, yen
from sekisho.lab.scoring import Score

WIDE: Final = 1_120.0  # px: the page's width at 1280
NARROW: Final = 358.0  # at 390


@dataclass(frozen=True, slots=True)
class About:
    """What was run: files, counts, how fast, with which policy; `simulator`: the frozen simulator's hash, if known."""

    files: Sequence[str]
    calls: int
    international: int
    feed: str
    calls_per_s: float
    policy_version: str
    simulator: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report shows."""

    about: About
    score: Score
    compared: Sequence[Compared]
    curve: Sequence[CurvePoint]
    replay: Replay | None


def report_page(report: Report, language: str) -> str:
    """The whole page in `language` (ja or en)."""
    style = (files("sekisho.lab.report") / "style.css").read_text("utf-8")
    title = escape(text("title", language))
    sections = [
        _curve(report, language),
        _section("compare", compare_table(report.compared, language), language),
        _kinds(report.score, language),
        _section("replay", replay_section(report.replay, language), language, lead=False),
        _reading(language),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{style}</style></head><body><main>"
        f"<header><h1>{title}</h1><p>{escape(text('lead', language))}</p></header>"
        f"{_figures(report.score, language)}{_about(report, language)}{''.join(sections)}</main></body></html>\n"
    )


def _section(name: str, inside: str, language: str, *, lead: bool = True) -> str:
    told = f"<p>{escape(text(f'{name}_lead', language))}</p>" if lead else ""
    return (
        f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(text(name, language))}</h2>{told}{inside}</section>'
    )


def _figures(score: Score, language: str) -> str:
    """The four figures that matter."""
    caught = sum(incident.delay_ms is not None for incident in score.incidents)
    stake = text("of_stake", language, stake=yen(score.at_stake, language), lost=yen(score.lost, language))
    shown = [(text("lost", language), share(score.lost_share), stake)]
    for name, count in (("false_asks", score.false_asks), ("false_holds", score.false_holds)):
        beside = text("per_million", language, count=f"{count:,}")
        shown.append((text(name, language), f"{score.per_million(count):,.0f}", beside))
    of_all = text("of_incidents", language, incidents=f"{len(score.incidents):,}")
    shown.append((text("caught", language), f"{caught:,}", of_all))
    cards = [
        f"<div><dt>{escape(a)}</dt><dd><b>{escape(b)}</b><small>{escape(c)}</small></dd></div>" for a, b, c in shown
    ]
    return f'<dl class="figures">{"".join(cards)}</dl>'


def _about(report: Report, language: str) -> str:
    about = report.about
    calls = text("calls_of", language, calls=f"{about.calls:,}", abroad=f"{about.international:,}")
    rows = [
        ("calls", f"{calls}: {', '.join(about.files)}"),
        ("line_days", f"{report.score.line_days:,}"),
        ("feed", text(f"feed_{about.feed}", language)),
        ("speed", text("per_second", language, calls=f"{about.calls_per_s:,.0f}")),
        ("policy", about.policy_version),
    ]
    if about.simulator:
        rows.append(("simulator", about.simulator))
    if report.score.missing:
        rows.append(("missing", f"{report.score.missing:,}"))
    told = "".join(
        f"<div><dt>{escape(text(name, language))}</dt><dd>{escape(value)}</dd></div>" for name, value in rows
    )
    return f'<dl class="about">{told}</dl>'


def _both_sizes(wide: str, narrow: str) -> str:
    return f'<div class="when-wide">{wide}</div><div class="when-narrow">{narrow}</div>'


def _curve(report: Report, language: str) -> str:
    others = [row for row in report.compared if row.rule.name != "sekisho"]
    pictures = _both_sizes(
        curve_plot(report.curve, others, language, WIDE, 560.0),
        curve_plot(report.curve, others, language, NARROW, 460.0),
    )
    legend = [
        f'<li><span class="stroke {kind}"></span>{escape(text(name, language))}</li>'
        for kind, name in (("all", "line_all"), ("holds", "line_holds"))
    ]
    for place, row in enumerate(others, 1):
        name = row.rule.ja if language == "ja" else row.rule.en
        legend.append(f'<li><b class="mark">{place}</b>{escape(name)}</li>')
    inside = (
        f'<figure>{pictures}</figure><ul class="legend">{"".join(legend)}</ul>{curve_table(report.curve, language)}'
    )
    return _section("curve", inside, language)


def _kinds(score: Score, language: str) -> str:
    pictures = _both_sizes(delay_plot(score.incidents, language, WIDE), delay_plot(score.incidents, language, NARROW))
    delays = (
        f"<h3>{escape(text('delay_title', language))}</h3><p>{escape(text('delay_lead', language))}</p>"
        f"<figure>{pictures}</figure>"
    )
    return _section("kinds", f"{kinds_table(score, language)}{delays if score.incidents else ''}", language)


def _reading(language: str) -> str:
    told = "".join(f"<li>{escape(text(f'reading_{place}', language))}</li>" for place in range(1, 5))
    return _section("reading", f"<ul>{told}</ul>", language, lead=False)
