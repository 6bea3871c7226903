"""Every part of a running system is killed. What the gate refuses stays refused, nothing is lost, nothing is doubled.

One story over one system, told in the order in which its tests stand: first the office is dead while INVITEs and calls
come; then judge, intake and archive die one after the other while a switch goes on sending calls.
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
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from tests.e2e.furnish_office import ATTACKED, BARRED, ORDERED, OTHERS
from tests.e2e.up_process import GATE_FILE, TOKEN, RunningUp, running_up, until
from tests.flow.judge_arrays import EAGER

from sekisho.bodies import batches_of
from sekisho.core.terms.instants import format_rfc3339
from sekisho.demo.probe import probe
from sekisho.engine.control import load_tariff
from sekisho.ports import EFFECT_TOPIC, RATED_TOPIC, VERDICT_TOPIC
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
SWITCH = "127.0.0.2"
SIERRA_LEONE, OSAKA, FIRE = "01023276123456", "0665551234", "119"
GOES_ON, REFUSED = 302, 603
SOON_S = 60.0
BETWEEN_CALLS_S = 0.02
PROGRAM = [sys.executable, "-c", "from sekisho.cli.main import run; run()"]


def asked(running: RunningUp, line: str, number: str = SIERRA_LEONE) -> int | None:
    return probe("127.0.0.1", running.ports["GATE_SIP"], SWITCH, line, number)


def ordered(running: RunningUp, line: str, *more: str) -> tuple[int, str, str]:
    """`sekisho bar`: the services' way, whatever part is dead. Exit code, and what it said."""
    told = ["bar", line, "--company", "east", "--owner", "emergency", "--reason", "fraud", *more]
    command = [*PROGRAM, *told, "--home", str(running.home)]
    done = subprocess.run(command, env=running.environment(), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


class Switch:
    """Sends finished calls to the intake, each until it is taken; remembers which."""

    def __init__(self, running: RunningUp) -> None:
        self.sent: list[str] = []
        self._address = f"http://127.0.0.1:{running.ports['INTAKE_HTTP']}/v1/calls"

    def send(self, line: str, number: str) -> None:
        """One call of a minute that has just ended; returns when the intake has it."""
        now_ms = time.time_ns() // 1_000_000
        call = {"call_id": f"call-{len(self.sent)}", "direction": "out", "line": line, "number": number}
        times = {"start": now_ms - 62_000, "answer": now_ms - 60_000, "end": now_ms}
        body = json.dumps(call | {name: format_rfc3339(at) for name, at in times.items()} | {"cause": 200}).encode()
        until(lambda: self._taken(body), "the intake takes a call", SOON_S)
        self.sent.append(call["call_id"])

    def _taken(self, body: bytes) -> bool:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._address, body, headers)  # noqa: S310 - our own
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own
                told = json.load(answer)
        except OSError:
            return False
        assert told["rejects"] == []
        return True


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An office, a tariff, one trusted peer that is also a source."""
    home = tmp_path_factory.mktemp("fallen") / "home"
    home.mkdir()
    (home / "gate.toml").write_text(GATE_FILE, "utf-8")
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(home)}), ())
    load_tariff(opened.log, "east", "hikari.csv", TARIFF, key="tariff east")
    environment = {name: text for name, text in os.environ.items() if not name.startswith("SEKISHO_")}
    command = [sys.executable, str(Path(__file__).with_name("furnish_office.py"))]
    subprocess.run(command, env={**environment, "SEKISHO_HOME": str(home)}, check=True)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def running(home):
    profile = home.settings.home / "eager.toml"
    profile.write_text(f"burst_odds_nats = {EAGER.burst_odds_nats}\n", "utf-8")  # twelve calls lead to a hold
    with running_up(home.settings.home, SEKISHO_PROFILE=str(profile)) as running:
        yield running


@pytest.fixture(scope="module")
def switch(running):
    return Switch(running)


def test_without_the_office_the_gate_goes_on(running, switch, home):
    code, said, _ = ordered(running, BARRED)
    assert code == 0
    assert "at the gate after" in said
    with running.down("relay", "web"):
        assert asked(running, BARRED) == REFUSED
        assert [asked(running, BARRED, number) for number in (OSAKA, FIRE)] == [GOES_ON, GOES_ON]
        for _ in range(12):
            switch.send(ATTACKED, SIERRA_LEONE)
        until(lambda: asked(running, ATTACKED) == REFUSED, "the attacked line is held", SOON_S)
        assert asked(running, ATTACKED, FIRE) == GOES_ON
        code, said, complaint = ordered(running, ORDERED, "--wait", "0.5")
        assert (code, said.startswith(f"set: international calls of {ORDERED}, ")) == (1, True)
        assert complaint == "accepted, but the gate has not said that it has it; is `sekisho up` running?\n"
        assert asked(running, ORDERED) == GOES_ON
        assert bars_told(home) == [BARRED]
    until(lambda: bars_told(home) == [BARRED, ORDERED], "the bar of the dead hour comes into force", SOON_S)
    assert asked(running, ORDERED) == REFUSED


@pytest.mark.parametrize("part", ["judge", "intake", "archive"])
def test_a_part_is_killed_while_calls_come_and_another_takes_over(part, running, switch):
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(BETWEEN_CALLS_S):
            switch.send(OTHERS[len(switch.sent) % len(OTHERS)], OSAKA)

    sender = threading.Thread(target=go_on)
    sender.start()
    try:
        taken = len(switch.sent)
        until(lambda: len(switch.sent) > taken, "calls come", SOON_S)
        ready = f"{part:8} | ready"
        running.until_back(part, running.kill(part), ready, running.said(ready))
        taken = len(switch.sent)
        until(lambda: len(switch.sent) > taken + 1, "calls come", SOON_S)
    finally:
        over.set()
        sender.join()
    assert asked(running, BARRED) == REFUSED
    assert asked(running, ATTACKED) == REFUSED


def test_when_all_are_back_nothing_is_missing_and_nothing_is_doubled(running, switch, home):
    until(lambda: home.lake.read().num_rows >= len(switch.sent), "the lake has every call", SOON_S)
    lake = home.lake.read()
    assert Counter(lake["call_id"].to_pylist()) == Counter(switch.sent)
    rated = rows_of(home.log, RATED_TOPIC)
    assert len(rated) == len(switch.sent)
    assert sum(row["charge_milliyen"] for row in rated) == sum(lake["charge_milliyen"].to_pylist()) > 0

    said = {row["verdict_id"]: row["action"] for row in rows_of(home.log, VERDICT_TOPIC)}
    assert len(said) == len(rows_of(home.log, VERDICT_TOPIC))
    assert "hold" in said.values()
    until(lambda: len(kept(home, "office_verdict", "verdict_id, action")) >= len(said), "the office has them", SOON_S)
    assert sorted(kept(home, "office_verdict", "verdict_id, action")) == sorted(said.items())
    holds = [identity for identity, action in said.items() if action == "hold"]
    assert len(kept(home, "office_hold", "id")) == len(holds)
    states = until(
        lambda: (found := kept(home, "office_order", "state")) == [("completed",)] * 2 and found, "orders", SOON_S
    )
    assert len(states) == 2
    parts = running.parts()
    assert len(parts) == 6
    assert running.stop() == 0
    assert not [pid for pid in parts.values() if Path(f"/proc/{pid}").exists()]


def bars_told(home) -> list[str]:
    """The lines of which the judge has said that a bar is in force, in order."""
    effects = [entry for entry in home.log.read(EFFECT_TOPIC, 0, 1_000) if entry.kind == "bar"]
    return [json.loads(entry.body)["line"] for entry in effects]


def rows_of(log, topic: str) -> list[dict]:
    entries = log.read(topic, 0, 100_000)
    return [row for entry in entries for batch in batches_of(entry.body) for row in batch.to_pylist()]


def kept(home, table: str, columns: str) -> list[tuple]:
    """Rows of the office's own file, read beside it."""
    with closing(sqlite3.connect(f"file:{home.settings.home / 'office.sqlite'}?mode=ro", uri=True)) as office:
        return office.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608 - our own words
