"""`sekisho replay`: the recorded incident in the terminal, call by call."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.cells import cell_len, set_cell_size
from rich.console import Console

from sekisho.cli.options import ProfileName, TariffFile
from sekisho.cli.replay_texts import TEXTS, Texts
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.instants import japanese_time_text
from sekisho.core.terms.money import yen_text

if TYPE_CHECKING:
    from sekisho.demo.incident import Moment, Replay

SHOWN = 3  # calls of one kind in a row, before the rest is summed up
WIDTHS = (9, 22, 17, 7)
MONEY_WIDTH = 11
Line = tuple[str, str]  # text, style


def replay(
    language: Annotated[str, typer.Option("--language", help="ja or en.")] = "ja",
    tariff: TariffFile = None,
    profile: ProfileName = "factory",
    every: Annotated[
        bool, typer.Option("--every", help="Show every call; else runs of like calls are summed up.")
    ] = False,
    pace: Annotated[float, typer.Option(help="Seconds between lines on a terminal; 0 prints at once.")] = 0.05,
) -> None:
    """Replay a recorded PBX incident: every call, what it cost, what the judge said.

    Example: sekisho replay --language en
    """
    from sekisho.demo.incident import replay as judge_incident
    from sekisho.wiring.profiles import chosen_policy
    from sekisho.wiring.tariffs import load_tariff

    if language not in TEXTS:
        raise BadSetting(f"--language {language}: there is no such language; use ja or en")
    texts = TEXTS[language]
    console = Console(highlight=False)
    with console.status(texts.wait):
        told = judge_incident(load_tariff(tariff), chosen_policy(profile))
    for text, style in [*_heading(texts), *_calls(told, texts, every=every), *closing_lines(told, texts)]:
        console.print(text, style=style, markup=False, soft_wrap=True)
        if console.is_terminal and pace > 0:
            time.sleep(pace)


def _row(cells: tuple[str, ...], money: tuple[str, ...]) -> str:
    left = "".join(set_cell_size(cell, width - 1) + " " for cell, width in zip(cells, WIDTHS, strict=True))
    return left + "".join(" " * max(MONEY_WIDTH - cell_len(amount), 1) + amount for amount in money)


def _heading(texts: Texts) -> list[Line]:
    head = _row(texts.columns[:4], texts.columns[4:])
    return [(texts.title, "bold"), ("", ""), (head, "bold"), ("-" * cell_len(head), "dim")]


def _fate(moment: Moment) -> str:
    """What became of a call: judged (a verdict), refused then, stopped by the hold, or passed."""
    if moment.verdicts:
        return "judged"
    if moment.part == "barred":
        return "refused"
    return "stopped" if moment.stopped else "passed"


def _calls(told: Replay, texts: Texts, *, every: bool) -> Iterator[Line]:
    styles = {"judged": "bold red", "stopped": "dim", "refused": "dim", "passed": ""}
    for (part, fate), run in groupby(told.moments, key=lambda moment: (moment.part, _fate(moment))):
        moments = list(run)
        most = len(moments) if every or fate == "judged" or len(moments) <= SHOWN + 1 else SHOWN
        for moment in moments[:most]:
            yield _call_line(moment, texts), styles[fate]
            for verdict in moment.verdicts:
                yield from _verdict_lines(verdict, texts)
        rest = moments[most:]
        if rest:
            more = texts.more.format(count=len(rest), money=yen_text(sum(moment.charge for moment in rest), texts.yen))
            yield f"{'':>10}… {more}", styles[fate]
        if fate != "judged":
            fates = {"stopped": texts.stopped, "refused": texts.refused, "passed": ""}
            if fates[fate]:
                yield f"{'':>10}→ {texts.parts.get(part, part)}: {fates[fate]}", "green" if fate == "stopped" else "dim"


def _call_line(moment: Moment, texts: Texts) -> str:
    where = moment.country or moment.class_.name.lower()
    cells = (japanese_time_text(moment.start)[11:], texts.parts.get(moment.part, moment.part), moment.number, where)
    return _row(cells, (yen_text(moment.charge, texts.yen), yen_text(moment.spent, texts.yen)))


def _verdict_lines(verdict: dict[str, Any], texts: Texts) -> Iterator[Line]:
    from sekisho.core.watch.verdicts import say

    hold = verdict["action"] == "hold"
    what = texts.hold if hold else texts.ask if verdict["action"] == "ask" else texts.alert
    yield (
        f"{'':>10}▶ {what}  {texts.nats.format(score=verdict['score_nats'])}",
        "bold white on red" if hold else "yellow",
    )
    for each in verdict["evidence"]:
        nats = f" ({each['nats']:+.1f})" if each["nats"] else ""  # a rule adds none
        yield f"{'':>12}{say(each['name'], json.loads(each['facts']), texts.language)}{nats}", "yellow"


def closing_lines(told: Replay, texts: Texts) -> list[Line]:
    """What it came to, in two sentences."""
    saved = told.cost - told.cost_with_hold
    share = saved / told.cost if told.cost else 0.0
    sums = {"cost": told.cost, "kept": told.cost_with_hold, "saved": saved}
    money = texts.sum.format(**{name: yen_text(amount, texts.yen) for name, amount in sums.items()}, share=share)
    fraud = [moment for moment in told.moments if moment.part != "normal"]
    honest = [moment for moment in told.moments if moment.part == "normal" and moment.stopped]
    held = [place for place, each in enumerate(fraud) if each.held]
    if not held:
        return [("", ""), (texts.never, "bold"), (money, "")]
    delay = (fraud[held[0]].start - fraud[0].start) / 1_000
    first = texts.first.format(place=held[0] + 1, total=len(fraud), delay=delay, honest=len(honest))
    return [("", ""), (first, "bold"), (money, "bold green")]
