"""The replayed incident as a table: one call a row, its evidence as stacked bars with their figures beneath."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from sekisho.core.terms.instants import SECOND_MS, japanese_time_text
from sekisho.lab.report.replay import Evidence, Replay, Step
from sekisho.lab.report.svg import drawing, element
from sekisho.lab.report.tables import Cell, figure, table, word
from sekisho.lab.report.words import country, duration, text, yen

COLOURS: Final = 10  # classes e0 to e9 of the style sheet
_WIDTH: Final = 260.0
_HEIGHT: Final = 18.0


def replay_section(told: Replay | None, language: str) -> str:
    """The incident with its heading line, legend and table, or a word that there is none."""
    if told is None:
        return f"<p>{escape(text('replay_none', language))}</p>"
    lead = text("replay_lead", language, name=told.incident.name, kind=told.incident.kind)
    names = list(dict.fromkeys(each.name for step in told.steps for each in step.evidence))
    legend = "".join(
        f'<li><span class="swatch e{place % COLOURS}"></span>{escape(name)}</li>' for place, name in enumerate(names)
    )
    heads = [
        text(name, language) for name in ("time", "number", "country", "price", "score", "evidence", "said", "cost")
    ]
    most = max((sum(max(each.nats, 0) for each in step.evidence) for step in told.steps), default=0.0)
    rows = [_row(step, names, most, language) for step in told.steps]
    more = f"<p>{escape(text('more_calls', language, count=f'{told.more:,}'))}</p>" if told.more > 0 else ""
    classes = [_class(step) for step in told.steps]
    return (
        f"<p>{escape(lead)} {escape(text('nats', language))}</p>"
        f'<ul class="legend">{legend}</ul>{table(text("replay", language), heads, rows, classes)}{more}'
    )


def _class(step: Step) -> str:
    if not step.fraud:
        return "honest"
    return "stopped" if step.begun else "through"


def _row(step: Step, names: Sequence[str], most: float, language: str) -> list[Cell]:
    score = text("unscored", language) if step.score is None else f"{step.score:.1f}"
    return [
        word(japanese_time_text(step.at)),
        Cell(f'<span class="digits">+{escape(step.number)}</span>', number=False),
        word(country(step.country, language)),
        figure(yen(step.a_minute, language)),
        figure(score),
        Cell(_evidence(step.evidence, names, most), number=False),
        Cell(_said(step, language), number=False),
        Cell(_cost(step, language)),
    ]


def _evidence(evidence: Sequence[Evidence], names: Sequence[str], most: float) -> str:
    told = [each for each in evidence if each.nats]
    if not told:
        return "—"
    said = ", ".join(f"{each.name} {each.nats:+.1f}" for each in told)
    scale, x, parts = _WIDTH / most if most > 0 else 0.0, 0.0, []
    for each in sorted(told, key=lambda each: each.nats < 0):
        length, kind = scale * abs(each.nats), f"e{names.index(each.name) % COLOURS}"
        if each.nats > 0:
            parts.append(element("rect", {"class": kind, "x": x, "y": 0.0, "width": length, "height": _HEIGHT}))
            x += length
        else:  # what speaks for honest calling is taken off the end again, as a thinner bar
            x -= length
            back = {"x": max(x, 0.0), "y": _HEIGHT * 0.3, "width": length, "height": _HEIGHT * 0.4}
            parts.append(element("rect", {"class": "ground", **back}))
            parts.append(element("rect", {"class": f"{kind} back", **back}))
    return f"{drawing(_WIDTH, _HEIGHT, said, said, *parts, class_='evidence')}<small>{escape(said)}</small>"


def _said(step: Step, language: str) -> str:
    parts = []
    for said in step.said:
        scope = text("international", language) if said.scope == "international" else said.scope
        where = "" if said.action == "alert" else f" <small>{escape(scope)}</small>"
        parts.append(f'<b class="tag {escape(said.action)}">{escape(text(said.action, language))}</b>{where}')
    if step.begun and step.fraud:
        parts.append(f'<b class="tag done">{escape(text("stopped", language))}</b>')
    if step.cut and step.fraud:
        parts.append(f'<b class="tag done">{escape(text("cut", language))}</b>')
    if not step.fraud:
        parts.append(f"<small>{escape(text('honest', language))}</small>")
    return " ".join(parts) or "—"


def _cost(step: Step, language: str) -> str:
    if step.talk_ms is None:
        return escape(text("not_answered", language))
    told = [escape(yen(step.cost, language))]
    if step.cost != step.charge:
        told.append(text("else_cost", language, charge=yen(step.charge, language)))
    told.append(duration(step.talk_ms / SECOND_MS, language))
    return "<br>".join([told[0], *(f"<small>{escape(each)}</small>" for each in told[1:])])
