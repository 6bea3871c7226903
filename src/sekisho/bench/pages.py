"""`sekisho bench pages`: how long pages take with 300 lines and 60 days of calls, beside the sign-in page.

The lake of `bench lake`, made so that its last day is today, an office over it (`pages_office.py`), and the part `web`
as it runs in a carrier's system. One person asks for one page after the other over HTTP: what is measured is from the
request to the last byte of the answer. The yardstick is the same server's sign-in page, which asks no lake and hardly
the database; it is asked for between the others, so that all meet the same load of the machine.
"""

from __future__ import annotations

import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import numpy as np

from sekisho.bench import lake_pages, traffic
from sekisho.bench.pages_office import OPERATOR, Wanted, customer_login, wanted_text
from sekisho.bench.parts import running_part
from sekisho.core.terms.errors import InUse
from sekisho.core.terms.instants import DAY_MS, japanese_date, start_of_japanese_day
from sekisho.wiring.embedded import system_clock
from sekisho.wiring.settings import read_settings

ASKED: Final = 24  # times in one repeat, each page
CUSTOMERS: Final = 10
CASES: Final = 12
HOST: Final = "127.0.0.1"
READY: Final = "Started worker-1"
_START_S: Final = 30.0
_POLL_S: Final = 0.02
_OK: Final = 200
_MOVED: Final = 302
_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_CASE: Final = re.compile(r'id="case-([0-9a-f-]{36})"')
_POLLED: Final = {"HX-Request": "true"}


class Visitor:
    """Somebody with a browser that keeps its connection and its cookies."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=60)
        self._cookies: dict[str, str] = {}

    def get(self, path: str, headers: dict[str, str] | None = None) -> str:
        """The page at this path. Raises InUse where it is not answered with 200."""
        return self._ask("GET", path, "", headers or {}, _OK)

    def post(self, path: str, form: dict[str, str], page: str) -> None:
        """Send a form that stood on `page`; the answer leads on to another page."""
        token = _TOKEN.search(page)
        told = urlencode({**form, "csrfmiddlewaretoken": token[1] if token else ""})
        self._ask("POST", path, told, {"Content-Type": "application/x-www-form-urlencoded"}, _MOVED)

    def sign_in(self, login: str, password: str) -> None:
        """Be this user from now on."""
        self.post("/sign-in", {"username": login, "password": password}, self.get("/sign-in"))

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str], wanted: int) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body or None, {**headers, "Cookie": cookies})
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for each in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = each.partition(";")[0].partition("=")
            self._cookies[name] = value
        if answer.status != wanted:
            raise InUse(f"{method} {path} was answered with {answer.status}; see what `sekisho part web` says")
        return text


def bench_pages(
    folder: Path,
    calls: int = lake_pages.CALLS,
    lines: int = lake_pages.LINES,
    repeats: int = 3,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, float]:
    """The figures by name, times in ms; all is made in `folder`. `tell` hears what is being done."""
    home = folder / f"pages-{calls}-{lines}-{system_clock().now_ms()}"
    password = secrets.token_urlsafe(16)
    _furnish(home, calls, lines, password, tell)
    port = _free_port()
    with running_part("web", home, READY, {"SEKISHO_WEB_PORT": str(port)}):
        _wait_until_it_answers(port)
        stranger, desk, customer = (Visitor(port) for _ in range(3))
        desk.sign_in(OPERATOR, password)
        customer.sign_in(customer_login(0), password)
        case = [f"/desk/cases/{uuid}/" for uuid in _CASE.findall(desk.get("/desk/"))]
        figures: dict[str, float] = {"calls": calls, "lines": lines, "days": lake_pages.DAYS, "open_cases": len(case)}
        for path in case:  # from now on every look shows the calls, and is recorded
            desk.post(f"{path}calls/", {"reason": "suspicion"}, desk.get("/desk/"))
        asked = {
            "queue": lambda _: desk.get("/desk/"),
            "queue_poll": lambda _: desk.get("/desk/?part=rows", _POLLED),
            "case": lambda at: desk.get(case[at % len(case)]),
            "case_poll": lambda at: desk.get(f"{case[at % len(case)]}?part=now", _POLLED),
            "portal_charges": lambda _: customer.get("/portal/"),
            "portal_poll": lambda _: customer.get("/portal/?part=now", _POLLED),
            "portal_calls": lambda _: customer.get("/portal/calls/"),
        }
        for name, ask in asked.items():
            tell(f"asking for {name}")
            figures |= _measured(name, ask, lambda: stranger.get("/sign-in"), repeats * ASKED)
        for each in (stranger, desk, customer):
            each.close()
    return figures


def _wait_until_it_answers(port: int) -> None:
    """The server says that it has started a little before it takes connections. Raises InUse."""
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection((HOST, port), 1):
            return
        time.sleep(_POLL_S)
    raise InUse(f"{HOST}:{port}: the pages are not answered; see what `sekisho part web` says")


def _measured(name: str, ask: Callable[[int], str], yardstick: Callable[[], str], times: int) -> dict[str, float]:
    """The first answer, median and 95th percentile in ms; the median's ratio to that of the yardstick."""
    answers, plain = [], []
    for at in range(times):
        answers.append(_ms(partial(ask, at)))
        plain.append(_ms(yardstick))
    p50, p95 = np.percentile(answers, (50, 95)).tolist()
    bare = float(np.median(plain))
    told = {"first_ms": answers[0], "p50_ms": p50, "p95_ms": p95, "sign_in_p50_ms": bare, "ratio": p50 / bare}
    return {f"{name}_{what}": value for what, value in told.items()}


def _ms(work: Callable[[], str]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3


def _furnish(home: Path, calls: int, lines: int, password: str, tell: Callable[[str], None]) -> None:
    """Lake and office. Raises InUse where the office cannot be made."""
    now_ms = system_clock().now_ms()
    begin = start_of_japanese_day(japanese_date(now_ms)) - (lake_pages.DAYS - 1) * DAY_MS
    tell(f"making and rating {calls:,} calls of {lines:,} lines over {lake_pages.DAYS} days")
    rng = np.random.default_rng(lake_pages.SEED)
    made = lake_pages.rated_calls(traffic.make_calls(rng, calls, lines, begin, lake_pages.DAYS))
    tell("writing them to the lake in small pieces")
    lake_pages.write_lake(read_settings({"SEKISHO_HOME": str(home)}), made)
    known = sorted({lake_pages.e164_of(line) for line in made["line"].unique().to_pylist()})
    tell("opening the office")
    wanted = Wanted(
        home=str(home),
        company=lake_pages.COMPANY,
        customers=[known[at::CUSTOMERS] for at in range(CUSTOMERS)],
        cases=known[:CASES],
        password=password,
        since_ms=begin,
        now_ms=now_ms,
    )
    command = [sys.executable, "-m", "sekisho.bench.pages_office"]
    done = subprocess.run(  # noqa: S603 - ourselves
        command, input=wanted_text(wanted), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InUse((done.stderr.strip().splitlines() or ["the office could not be opened"])[-1])


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.bind((HOST, 0))
        return int(tried.getsockname()[1])
