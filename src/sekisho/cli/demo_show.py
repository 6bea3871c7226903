"""What `sekisho demo` shows while live traffic runs: where to look, what happens, and the account at the end."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

from sekisho.cli.demo_texts import DemoTexts
from sekisho.core.terms.instants import japanese_time_text
from sekisho.core.terms.money import yen_text

if TYPE_CHECKING:
    from sekisho.demo.cast import CastCompany
    from sekisho.demo.happened import Happened
    from sekisho.demo.home import DemoHome
    from sekisho.demo.ledger import Sums
    from sekisho.demo.live import Carrier
    from sekisho.wiring.embedded import Embedded
    from sekisho.wiring.settings import Settings

JUDGED_S = 5.0
STYLES = {"hold": "bold red", "ask": "yellow", "alert": "yellow", "bar": "bold green"}


def say(console: Console, text: str, style: str = "") -> None:
    """Print a line; a terminal that is gone must not keep us from ending in order."""
    with suppress(OSError):
        console.print(text, style=style, markup=False, soft_wrap=True)


class Show:
    """The parts, live traffic, and what is told of them in the terminal."""

    def __init__(
        self,
        console: Console,
        texts: DemoTexts,
        companies: Sequence[CastCompany],
        state: DemoHome,
        opened: Embedded,
        settings: Settings,
    ) -> None:
        self._console, self._texts, self._companies, self._state = console, texts, companies, state
        self._opened, self._settings = opened, settings
        self._names = {
            company.key: company.name if texts.language == "ja" else company.name_en for company in companies
        }
        self._begun = time.monotonic()
        self._happened: Happened
        self._live: Live | None = None

    def run(
        self, environment: dict[str, str], stop: Callable[[], bool], seconds: float | None, pace: float
    ) -> list[Sums]:
        """Start the parts, run live traffic to its end, stop the parts; the account of each company."""
        from sekisho.demo.happened import Happened
        from sekisho.demo.live import Carrier, Scene, run_live
        from sekisho.demo.parts import Parts
        from sekisho.wiring.tariffs import load_tariff

        self._happened = Happened.since_now(self._opened.log)
        settings = self._settings
        parts = Parts(settings.home, environment)
        try:
            with self._console.status(self._texts.starting):
                scene = Scene(
                    gate=(settings.gate_host, settings.gate_sip_port),
                    intake=f"http://{settings.gate_host}:{settings.intake_http_port}",
                    tokens=self._state.tokens,
                    tariff=load_tariff(),
                    seed=self._state.seed,
                    now_ms=self._opened.clock.now_ms,
                    pace=pace,
                )
                carriers = [Carrier(scene, company) for company in self._companies]
                ready = parts.wait_until(self._is_ready, stop)
            if not ready:
                return []
            self._sheet()
            self._begun = time.monotonic()
            with self._status_line():
                accounts = asyncio.run(run_live(carriers, stop, lambda: self._tell(parts.check, carriers), seconds))
            say(self._console, self._texts.hanging_up)
            self._happened.wait_until_judged(JUDGED_S)
            return accounts
        finally:
            parts.stop()

    def _is_ready(self) -> bool:
        """Pages answer, gate and intake listen, and the judge has been told of every line."""
        from sekisho.demo.parts import answers_ok, listens
        from sekisho.office.services.publish_outbox import count_waiting

        settings = self._settings
        return (
            answers_ok(f"http://{settings.web_host}:{settings.web_port}/sign-in")
            and answers_ok(f"http://{settings.gate_host}:{settings.gate_http_port}/healthz")
            and listens(settings.gate_host, settings.intake_http_port)
            and count_waiting() == 0
        )

    def _sheet(self) -> None:
        """Where to look, as whom, and at what."""
        texts, settings = self._texts, self._settings
        east, west = self._companies
        say(self._console, "")
        say(self._console, texts.pages.format(address=f"http://{settings.web_host}:{settings.web_port}/"), "bold")
        say(self._console, texts.same_word.format(password=self._state.password), "bold")
        for company in self._companies:
            customer = company.victim.called(texts.language)
            name = self._names[company.key]
            say(self._console, texts.logins.format(company=name, key=company.key, customer=customer))
        say(self._console, "")
        attacked = {company.key: company.victim.lines[0].national for company in (east, west)}
        call = (
            f"{sys.argv[0]} call --line {attacked[west.key]} --number 01023276123456 --source {west.address}"
            f" --gate {settings.gate_host}:{settings.gate_sip_port}"
        )
        for text in texts.look:
            say(self._console, text.format(**attacked, call=call))
        say(self._console, f"{texts.stop}\n")

    @contextmanager
    def _status_line(self) -> Iterator[None]:
        if not self._console.is_terminal:
            yield
            return
        with Live(console=self._console, auto_refresh=False, transient=True) as self._live:
            yield

    def _tell(self, check: Callable[[], None], carriers: Sequence[Carrier]) -> None:
        """Once a second: what has happened, then the status line."""
        check()
        for each in self._happened.again():
            text = self._texts.happened[each.what].format(
                company=self._names.get(each.company, each.company), line=each.line
            )
            style = {"hold": "bold red", "alert": "yellow", "bar": "bold green"}.get(each.what, "")
            say(self._console, f"{japanese_time_text(each.at_ms)[11:]}  {text}", style)
        if self._live is not None:
            line = status_line(carriers, self._texts, time.monotonic() - self._begun)
            with suppress(OSError):
                self._live.update(Text(line, style="dim"), refresh=True)


def status_line(carriers: Sequence[Carrier], texts: DemoTexts, seconds: float) -> str:
    """Calls, what became of the attack, what it costs and what was saved, so far."""
    from sekisho.demo.ledger import together

    each = {carrier.company.key: carrier.sums() for carrier in carriers}
    total = together(list(each.values()))
    line = texts.status.format(
        clock=f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}",
        ordinary=total.ordinary,
        east_on=each["east"].went_on,
        east_no=each["east"].refused,
        west_on=each["west"].went_on,
        west_no=each["west"].refused,
        open=total.in_progress,
        cost=yen_text(total.cost, texts.yen),
        saved=yen_text(total.saved, texts.yen),
    )
    silent = sum(carrier.silent for carrier in carriers)
    if silent:
        line += texts.silent.format(count=silent)
    for carrier in carriers:
        if carrier.fault:
            line += texts.untold.format(why=carrier.fault)
            break
    return line


def closing_lines(companies: Sequence[CastCompany], accounts: Sequence[Sums], texts: DemoTexts) -> list[str]:
    """What the attack cost and what refusing it saved, a line a company and one for all; none without live traffic."""
    from sekisho.demo.ledger import together

    if not accounts:
        return []
    lines = []
    for company, sums in zip(companies, accounts, strict=True):
        name = company.name if texts.language == "ja" else company.name_en
        tried = sums.went_on + sums.refused
        form = texts.account if tried else texts.no_attack
        lines.append(
            form.format(company=name, tried=tried, went_on=sums.went_on, refused=sums.refused, **_money(sums, texts))
        )
    total = together(list(accounts))
    lines.append(texts.all_in_all.format(ordinary=total.ordinary, stopped=total.stopped, **_money(total, texts)))
    return lines


def _money(sums: Sums, texts: DemoTexts) -> dict[str, str]:
    return {"cost": yen_text(sums.cost, texts.yen), "saved": yen_text(sums.saved, texts.yen)}
