"""`sekisho demo`: a carrier with customers, history, live calls and an attack in each company, with one command."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sekisho.cli.demo_show import Show, closing_lines, say
from sekisho.cli.demo_texts import TEXTS, DemoTexts
from sekisho.core.terms.errors import BadSetting

if TYPE_CHECKING:
    from sekisho.demo.cast import CastCompany
    from sekisho.demo.home import DemoHome
    from sekisho.wiring.settings import Settings

SEED = 2015
OFFICE_STEPS = 3


def demo(
    home: Annotated[str | None, typer.Option(help="Its folder; else SEKISHO_HOME, or one among your data.")] = None,
    seed: Annotated[int, typer.Option(help="The history's seed.", min=0)] = SEED,
    seconds: Annotated[float | None, typer.Option(help="End live traffic after so many seconds.", min=1)] = None,
    days: Annotated[int, typer.Option(help="Days of history, at least.", min=7, max=365)] = 60,
    lines: Annotated[int, typer.Option(help="Lines of both companies.")] = 300,
    language: Annotated[str, typer.Option("--language", help="ja or en.")] = "ja",
    port: Annotated[int | None, typer.Option(help="Port of the pages.", min=1, max=65_535)] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw the last demonstration in this folder away.")] = False,
    pace: Annotated[float, typer.Option(help="How many times as many ordinary calls.", min=0.1, max=20)] = 1.0,
) -> None:
    """Show the whole product alive: two made-up carriers, and an attack that begins within 30 seconds.

    Example: sekisho demo --language en
    """
    from sekisho.demo.cast import make_cast
    from sekisho.demo.home import clear_home, open_home, write_gate_file
    from sekisho.shutdown import Shutdown
    from sekisho.wiring.embedded import open_embedded, system_clock
    from sekisho.wiring.settings import read_settings

    if language not in TEXTS:
        raise BadSetting(f"--language {language}: there is no such language; use ja or en")
    texts, console = TEXTS[language], Console(highlight=False)
    companies = make_cast(lines)
    environment = _environment(console, texts, home, port)
    settings = read_settings(environment)
    if fresh:
        clear_home(settings)
    state = open_home(settings.home, companies, seed=seed, lines=lines, days=days, now_ms=system_clock().now_ms())
    write_gate_file(settings.home, companies, state.tokens)
    opened = open_embedded(settings, ())
    try:
        _prepare(console, texts, settings, companies, state, opened.clock.now_ms())
        stop = Shutdown()  # until here nothing needs an end in order: a second start goes on
        stop.listen()
        signal.signal(signal.SIGHUP, lambda *_: setattr(stop, "asked", True))  # the terminal was closed
        show = Show(console, texts, companies, state, opened, settings)
        accounts = show.run(environment, stop, seconds, pace)
    finally:
        opened.close()
    for text in closing_lines(companies, accounts, texts):
        say(console, text, "bold")


def _environment(console: Console, texts: DemoTexts, home: str | None, port: int | None) -> dict[str, str]:
    """The settings of this demonstration, as the parts get them too; says where its data are and which ports moved."""
    from sekisho.demo.home import default_home, refuse_running
    from sekisho.demo.parts import moved_ports, with_ports
    from sekisho.wiring.settings import read_settings

    folder = home or os.environ.get("SEKISHO_HOME") or default_home(os.environ)
    environment = {**os.environ, "SEKISHO_HOME": str(Path(folder).expanduser().absolute())}
    if port is not None:
        environment["SEKISHO_WEB_PORT"] = str(port)
    settings = read_settings(environment)
    refuse_running(settings)
    moved = moved_ports(settings)
    say(console, texts.home.format(home=settings.home))
    for setting, (wanted, free) in moved.items():
        if wanted:
            say(console, texts.moved.format(setting=setting, wanted=wanted, port=free))
    return with_ports(environment, moved)


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        yield bar


def _prepare(
    console: Console,
    texts: DemoTexts,
    settings: Settings,
    companies: Sequence[CastCompany],
    state: DemoHome,
    now_ms: int,
) -> None:
    """Office and history, where they are not there yet."""
    from sekisho.demo.history import history_begins
    from sekisho.demo.home import mark_loaded
    from sekisho.demo.loading import load_history, make_pieces
    from sekisho.office.start import prepare

    with _bar(console) as bar:
        note = "" if _kernels_compiled() else f" {texts.kernels}"
        office = bar.add_task(texts.office + note, total=OFFICE_STEPS)
        prepare(settings)
        bar.advance(office)
        from sekisho.demo.carrier import open_carrier  # the office's tables can be named now

        open_carrier(companies, state.password, history_begins(state.until_ms, state.days), now_ms)
        bar.advance(office, OFFICE_STEPS - 1)
        if state.loaded:
            say(console, texts.goes_on)
            return
        making = bar.add_task(texts.making.format(days=state.days), total=len(companies))
        begun = time.perf_counter()
        pieces = make_pieces(companies, state.seed, state.until_ms, state.days, lambda: bar.advance(making))
        made = time.perf_counter()
        calls = sum(piece.calls.num_rows for _, piece in pieces)
        loading = bar.add_task(texts.loading + note, total=calls)
        load_history(settings, companies, pieces, lambda rows: bar.advance(loading, rows))
        mark_loaded(settings.home, state)
    took = time.perf_counter() - made
    say(console, texts.loaded.format(calls=calls, made=made - begun, took=took))


def _kernels_compiled() -> bool:
    """Whether an earlier run left its kernels."""
    folder = os.environ.get("NUMBA_CACHE_DIR", "")
    return Path(folder).is_dir() and any(Path(folder).rglob("*step*.nbi"))
