"""Tables of the report: words left, numbers right; on a narrow screen every row becomes a card that names its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sekisho.core.terms.instants import SECOND_MS
from sekisho.lab.compare.table import Compared
from sekisho.lab.kinds import Kind, Ranks, kinds_of, overall
from sekisho.lab.report.curve import CurvePoint
from sekisho.lab.report.words import KINDS_JA, duration, share, text, yen
from sekisho.lab.scoring import Score


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, as markup; `number`: flush right."""

    markup: str
    number: bool = True


def word(told: str) -> Cell:
    """A cell of words."""
    return Cell(escape(told), number=False)


def figure(told: str) -> Cell:
    """A cell with a figure."""
    return Cell(escape(told))


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], classes: Sequence[str] = ()) -> str:
    """A table; the first cell of a row is its head. `classes`: one a row, where rows differ."""
    shown = [False, *(cell.number for cell in rows[0][1:])] if rows else [False] * len(heads)
    head = "".join(
        f'<th scope="col"{" class=number" if number else ""}>{escape(name)}</th>'
        for name, number in zip(heads, shown, strict=True)
    )
    body = []
    for place, row in enumerate(rows):
        named = f' class="figure" data-name="{escape(heads[0])}"' if row[0].number else ""
        cells = [f'<th scope="row"{named}>{row[0].markup}</th>']
        for name, cell in zip(heads[1:], row[1:], strict=True):
            kind = ' class="number"' if cell.number else ""
            cells.append(f'<td{kind} data-name="{escape(name)}"><span>{cell.markup}</span></td>')
        kind = f' class="{classes[place]}"' if place < len(classes) and classes[place] else ""
        body.append(f"<tr{kind}>{''.join(cells)}</tr>")
    return (
        f'<table><caption class="read-aloud">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def _pair(ranks: Ranks, language: str, kind: str) -> Cell:
    def told(value: float | None) -> str:
        if value is None:
            return text("no_delay", language)
        if kind == "yen":
            return yen(value, language)
        return duration(value / SECOND_MS, language) if kind == "ms" else f"{value:,.0f}"

    return figure(text("ranks", language, median=told(ranks.median), p90=told(ranks.p90)))


def _kind_name(name: str, language: str) -> Cell:
    told = KINDS_JA.get(name, "") if language == "ja" else ""
    return Cell(f"{escape(told)} <small>{escape(name)}</small>", number=False) if told else word(name)


def _kind_row(kind: Kind, language: str) -> list[Cell]:
    return [
        _kind_name(kind.name, language),
        figure(f"{kind.incidents:,}"),
        figure(f"{kind.caught:,}"),
        figure(yen(kind.at_stake, language)),
        figure(yen(kind.lost, language)),
        figure(share(kind.lost_share)),
        _pair(kind.lost_each, language, "yen"),
        _pair(kind.calls_before, language, ""),
        _pair(kind.delay_ms, language, "ms"),
    ]


def kinds_table(score: Score, language: str) -> str:
    """One row a kind of attack, and one for all."""
    names = ("kind", "incidents", "caught_short", "at_stake", "lost_yen", "lost_share", "lost_each", "calls_before")
    heads = [text(name, language) for name in (*names, "delay")]
    rows = [_kind_row(kind, language) for kind in (*kinds_of(score), overall(score))]
    return table(text("kinds", language), heads, rows, [""] * (len(rows) - 1) + ["sum"])


def compare_table(rows: Sequence[Compared], language: str) -> str:
    """The watch, and each rule with its number in the picture."""
    names = ("rule", "lost_share", "false_bars", "median_delay", "honest_blocked", "honest_asked")
    body = []
    for place, row in enumerate(rows):
        named = escape(row.rule.ja if language == "ja" else row.rule.en)
        mark = f'<b class="mark">{place}</b> ' if place else ""
        source = f'<br><small lang="en">{escape(row.rule.source)}</small>' if len(row.rule.source) > 1 else ""
        asked = row.score.elsewhere.asked + row.score.on_victims.asked
        body.append(
            [
                Cell(f"{mark}{named}{source}", number=False),
                figure(share(row.score.lost_share)),
                figure(f"{row.false_per_million:,.0f}"),
                figure(duration(row.median_delay_s, language)),
                figure(f"{row.honest_stopped:,}"),
                figure(f"{asked:,}"),
            ]
        )
    return table(text("compare", language), [text(name, language) for name in names], body, ["own"])


def curve_table(points: Sequence[CurvePoint], language: str) -> str:
    """The points of the curve as figures."""
    names = ("shift", "lost_share", "false_asks", "false_holds")
    heads = [text(name, language) for name in names]
    body = [
        [
            figure(f"{point.shift:+g}" + (f" ({text('as_set', language)})" if point.shift == 0 else "")),
            figure(share(point.score.lost_share)),
            figure(f"{point.score.per_million(point.score.false_asks):,.0f}"),
            figure(f"{point.score.per_million(point.score.false_holds):,.0f}"),
        ]
        for point in points
    ]
    return table(text("curve", language), heads, body, ["own" if point.shift == 0 else "" for point in points])
