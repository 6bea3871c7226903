"""A running system is watched: the desk says when calls stop coming, and when judge or watchdog stand still.

And shadow policies: one that cannot be started and one that is killed change nothing for the gate; what they say stays
apart.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa
import pytest
from tests.e2e.furnish_office import ATTACKED, OTHERS, PASSWORD
from tests.e2e.up_process import GATE_FILE, TOKEN, running_up, until
from tests.flow.judge_arrays import EAGER
from tests.office.test_screens import ARGUMENTS, CHROMIUM, MEASURE

from sekisho.bodies import body_of
from sekisho.core.tables import CALLS
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, SECOND_MS, format_rfc3339
from sekisho.demo.probe import probe
from sekisho.engine.control import load_tariff
from sekisho.ports import JOURNAL, VERDICT_TOPIC, Message
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
SWITCH, OSAKA, SIERRA_LEONE = "127.0.0.2", "0665551234", "01023276123456"
GOES_ON, REFUSED = 302, 603
SOON_S = 120.0
SOON_MS = SOON_S * 1_000
CATCH_UP_S = 300.0  # it starts anew, reads eight days, and gives way to everybody
EVERY_S = 1  # a call a second is usual
ACTIVE = f"burst_odds_nats = {EAGER.burst_odds_nats}\n"  # twelve calls lead to a hold, one to nothing
NIGHT = ACTIVE + "alert_nats = 5.0\nask_nats = [6, 6, 6, 6]\nhold_nats = [7, 7, 7, 7]\n"
FEED_LATE = "sbc-east: nothing for"
JUDGE_SILENT = "No sign of life from judge"
BLIND = "Nobody watches the watch: watchdog is silent"


def history(now_ms: int) -> pa.RecordBatch:
    """A call a second in the hours about now, on each of the last eight days: days of work and days off."""
    hour = now_ms // HOUR_MS * HOUR_MS
    firsts = [hour + at * HOUR_MS - day * DAY_MS for day in range(8, 0, -1) for at in (-1, 0, 1)]
    starts = [first + second * SECOND_MS for first in firsts for second in range(3_600)]
    count = len(starts)
    told = {
        "call_id": [f"past-{at}" for at in starts],
        "source": ["sbc-east"] * count,
        "direction": ["out"] * count,
        "line": [OTHERS[at // SECOND_MS % len(OTHERS)] for at in starts],
        "number": [OSAKA] * count,
        "start": starts,
        "answer": [None] * count,
        "end": [at + 900 for at in starts],
        "cause": [487] * count,
        "talk_ms": [None] * count,
        "company": ["east"] * count,
        "file_sha256": ["0" * 64] * count,
        "row": list(range(1, count + 1)),
    }
    return pa.RecordBatch.from_arrays([pa.array(told[f.name]).cast(f.type) for f in CALLS], schema=CALLS)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An office, a tariff, a trusted switch, eight days of calls, two profiles: one of them misspelt."""
    home = tmp_path_factory.mktemp("watched") / "home"
    home.mkdir()
    (home / "gate.toml").write_text(GATE_FILE, "utf-8")
    (home / "active.toml").write_text(ACTIVE, "utf-8")
    (home / "night.toml").write_text(NIGHT, "utf-8")
    (home / "broken.toml").write_text("hold_nat = 7.0\n", "utf-8")
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(home)}), ())
    load_tariff(opened.log, "east", "hikari.csv", TARIFF, key="tariff east")
    past = history(opened.clock.now_ms())
    pieces = [past.slice(first, 10_000) for first in range(0, past.num_rows, 10_000)]
    opened.log.append(
        {JOURNAL: [Message("calls", f"past:{at}", body_of([piece], CALLS)) for at, piece in enumerate(pieces)]}
    )
    environment = {name: text for name, text in os.environ.items() if not name.startswith("SEKISHO_")}
    command = [sys.executable, str(Path(__file__).with_name("furnish_office.py"))]
    subprocess.run(command, env={**environment, "SEKISHO_HOME": str(home)}, check=True)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def running(home):
    place = home.settings.home
    shadows = f"night={place / 'night.toml'},broken={place / 'broken.toml'}"
    more = {"SEKISHO_PROFILE": str(place / "active.toml"), "SEKISHO_SHADOWS": shadows}
    more |= {"SEKISHO_SHADOW_START": "beginning", "SEKISHO_WATCHDOG_SILENCE_S": "5"}
    with running_up(place, **more) as running:
        yield running


@pytest.fixture(scope="module")
def desk(running):
    """A browser before the desk's queue, signed in as a supervisor; nothing on it is reloaded by hand."""
    from playwright.sync_api import sync_playwright

    address = f"http://127.0.0.1:{running.ports['WEB']}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "sekisho_language", "value": "en", "url": address}])
        page = context.new_page()
        page.set_default_timeout(SOON_MS)
        page.goto(f"{address}/sign-in")
        page.fill("#username", "supervisor")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_selector("#watch-strip", state="attached")
        page.address = address
        yield page
        browser.close()


def send(running, call_id: str, line: str, number: str) -> None:
    """One call that has just ended, by the way of the switch."""
    now_ms = time.time_ns() // 1_000_000
    call = {"call_id": call_id, "direction": "out", "line": line, "number": number}
    times = {"start": now_ms - 62_000, "answer": now_ms - 60_000, "end": now_ms}
    body = json.dumps(call | {name: format_rfc3339(at) for name, at in times.items()} | {"cause": 200}).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    address = f"http://127.0.0.1:{running.ports['INTAKE_HTTP']}/v1/calls"
    request = urllib.request.Request(address, body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own
        assert json.load(answer)["rejects"] == []


@contextmanager
def calls_coming(running):
    """While this lasts a call comes every second."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(EVERY_S):
            send(running, f"call-{time.monotonic_ns()}", OTHERS[0], OSAKA)

    sender = threading.Thread(target=go_on)
    sender.start()
    try:
        yield
    finally:
        over.set()
        sender.join()


def strip_says(desk, text: str):
    return desk.locator("#watch-strip", has_text=text)


def test_a_feed_that_stops_is_told_and_one_that_comes_again_is_not(running, desk):
    with calls_coming(running):
        strip_says(desk, FEED_LATE).wait_for(state="detached")
    strip_says(desk, FEED_LATE).wait_for()
    assert desk.locator("#watch-strip .banner.is-warn svg").count() == 1
    assert desk.get_attribute("#watch-strip", "role") == "status"
    desk.goto(f"{desk.address}/desk/watch/")
    row = desk.locator("#part-state tr", has_text="sbc-east")
    assert "Late" in row.inner_text()
    assert "every 1 second" in row.inner_text()
    assert "Look whether the switch runs" in desk.inner_text("#part-state .banner.is-warn")
    assert desk.evaluate(MEASURE) == []
    desk.goto(f"{desk.address}/desk/")
    with calls_coming(running):
        strip_says(desk, FEED_LATE).wait_for(state="detached")


def test_a_judge_that_stands_still_is_told_until_it_goes_on(running, desk):
    with running.stopped("judge"):
        strip_says(desk, JUDGE_SILENT).wait_for()
        assert desk.locator("#watch-strip .banner.is-stop").count() == 1
        assert "no new hold begins" in desk.inner_text("#watch-strip")
    strip_says(desk, JUDGE_SILENT).wait_for(state="detached")


def test_a_silent_watchdog_is_told_by_the_office(running, desk):
    with running.stopped("watchdog"):
        strip_says(desk, BLIND).wait_for()
    strip_says(desk, BLIND).wait_for(state="detached")


def asked(running, line: str) -> int | None:
    return probe("127.0.0.1", running.ports["GATE_SIP"], SWITCH, line, SIERRA_LEONE)


def kept(home, question: str) -> list[tuple]:
    """Rows of the office's own file, read beside it."""
    with closing(sqlite3.connect(f"file:{home.settings.home / 'office.sqlite'}?mode=ro", uri=True)) as office:
        return office.execute(question).fetchall()


def test_shadows_judge_the_same_calls_and_stop_nothing(running, home, desk):
    assert running.said("again in 10 min") == 1  # the misspelt one
    first = running.parts()["shadow.night"]
    with running.stopped("shadow.night"):
        for place in range(12):
            send(running, f"attack-{place}", ATTACKED, SIERRA_LEONE)
        until(lambda: asked_in_thread(running, ATTACKED) == REFUSED, "the attacked line is held", SOON_S)
    running.kill("shadow.night")
    until(lambda: running.parts().get("shadow.night", first) != first, "the shadow runs again", SOON_S)
    assert asked_in_thread(running, OTHERS[1]) == GOES_ON
    own = "SELECT DISTINCT line_text FROM office_shadowverdict WHERE shadow = 'night'"
    # One attempt abroad is enough for it, so it also speaks of the line that was just asked for.
    spoken = {(ATTACKED,), (OTHERS[1],)}
    until(lambda: set(kept(home, own)) == spoken, "the shadow has spoken of both lines", CATCH_UP_S)
    until(lambda: kept(home, "SELECT 1 FROM office_verdict"), "the active policy's words are there", SOON_S)
    assert len(kept(home, "SELECT id FROM office_case")) == 1
    told = [entry.key for entry in home.log.read(VERDICT_TOPIC, 0, 1_000)]
    assert all(key.startswith(("journal:", "attempts:")) for key in told)
    desk.goto(f"{desk.address}/desk/shadows/night/")
    assert desk.evaluate(MEASURE) == []
    assert "hold_nats" in desk.inner_text("main")
    assert desk.inner_text("#only-shadow") == "Lines that only the shadow spoke of (1)"


def asked_in_thread(running, line: str) -> int | None:
    """The gate's answer, asked beside the browser's own loop."""
    found: list[int | None] = []
    asking = threading.Thread(target=lambda: found.append(asked(running, line)))
    asking.start()
    asking.join()
    return found[0]
