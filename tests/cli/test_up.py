"""`sekisho up` and its parts as real processes: start, work, fall, start again, stop."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from queue import Empty, Queue

import pytest

from sekisho.bodies import batches_of
from sekisho.cli import up
from sekisho.core.terms.instants import format_rfc3339
from sekisho.engine.control import load_tariff
from sekisho.engine.runner import start_engine
from sekisho.engine.system_parts import PARTS
from sekisho.ports import HEALTH_TOPIC, JOURNAL
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

DEADLINE_S = 120  # the first start ever compiles kernels
TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
SBC = "what the switch shows"
GATE = f"""[[source]]
name = "sbc"
company = "default"
token_sha256 = "{hashlib.sha256(SBC.encode()).hexdigest()}"
"""
HEADER = "call_id,source,direction,line,number,start,answer,end,cause\n"
ROW = "f1,sw,out,0312345678,0398765432,2026-11-23T08:00:00Z,2026-11-23T08:00:01Z,2026-11-23T08:01:00Z,200\n"
CALLS_AT = r"intake  \| call events at (http://[^\s,]+), 1 sources"


class Up:
    """`sekisho up` in a process of its own; what it prints is read as it comes."""

    def __init__(self, home: Path, *arguments: str, **variables: str) -> None:
        command = [sys.executable, "-m", "sekisho.cli.main", "up", "--home", str(home), *arguments]
        environment = {name: text for name, text in os.environ.items() if not name.startswith("SEKISHO_")}
        self.process = subprocess.Popen(
            command, env=environment | variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines: list[str] = []
        self._queue: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))

    def until(self, *patterns: str) -> list[re.Match[str]]:
        """Read on until every pattern was found in a new line; what was found for each."""
        deadline, found = time.monotonic() + DEADLINE_S, {}
        while len(found) < len(patterns):
            try:
                self.lines.append(self._queue.get(timeout=max(deadline - time.monotonic(), 0)))
            except Empty:
                raise AssertionError(f"{patterns} did not all come: {self.lines}") from None
            matches = {pattern: re.search(pattern, self.lines[-1]) for pattern in patterns}
            found |= {pattern: match for pattern, match in matches.items() if match and pattern not in found}
        return [found[pattern] for pattern in patterns]

    def end(self) -> int:
        code = self.process.wait(DEADLINE_S)
        self._reader.join()
        self.process.stdout.close()
        while not self._queue.empty():
            self.lines.append(self._queue.get())
        return code

    def children(self) -> dict[str, int]:
        """The parts that run: their names and process numbers."""
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
                command = (path / "cmdline").read_text().split("\0")
            except OSError:
                continue
            if int(parent) == self.process.pid and "part" in command:
                found[command[command.index("part") + 1]] = int(path.name)
        return found


@pytest.fixture
def start():
    """Start `sekisho up`; whatever happens it is gone afterwards."""
    started: list[Up] = []

    def start(home: Path, *arguments: str, **variables: str) -> Up:
        started.append(Up(home, *arguments, **{"SEKISHO_INTAKE_HTTP_PORT": "0", **variables}))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.end()


@pytest.fixture
def home(tmp_path):
    (tmp_path / "gate.toml").write_text(GATE)
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}), [])
    load_tariff(opened.log, "default", "hikari.csv", TARIFF, key="tariff")
    yield opened
    opened.close()


def post(address: str, call_id: str) -> dict:
    now = time.time_ns() // 1_000_000
    event = {"call_id": call_id, "direction": "out", "line": "0312345678", "number": "0398765432"}
    times = {"start": format_rfc3339(now - 60_000), "answer": format_rfc3339(now - 50_000), "end": format_rfc3339(now)}
    headers = {"Authorization": f"Bearer {SBC}", "Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(event | times).encode(), headers)  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=DEADLINE_S) as response:  # noqa: S310 - our own
        return json.load(response)


def wait_for(what) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def call_ids(log) -> set[str]:
    return {
        row["call_id"]
        for entry in log.read(JOURNAL, 0, 1_000)
        if entry.kind == "calls"
        for batch in batches_of(entry.body)
        for row in batch.to_pylist()
    }


def test_it_takes_calls_in_survives_the_fall_of_a_part_and_stops_clean(home, start):
    place = home.settings.home
    running = start(place, "--parts", "intake,archive")
    address = running.until(CALLS_AT, r"intake  \| ready", r"archive \| ready")[0][1]
    assert post(address, "h1") == {"rows": 1, "calls": 1, "rejects": []}
    (place / "calls.csv").write_text(HEADER + ROW + "wrong\n")
    (place / "calls.csv").rename(place / "feed" / "inbox" / "calls.csv")
    running.until(r"intake  \| calls.csv: 2 rows in = 1 calls .* 1 rejects")

    before = running.children()
    assert set(before) == {"intake", "archive"}
    os.kill(before["intake"], signal.SIGKILL)
    running.until(r"^intake was killed by signal 9; again in 0.2 s")
    address = running.until(CALLS_AT)[0][1]
    assert post(address, "h2")["calls"] == 1
    after = running.children()
    assert after["archive"] == before["archive"]
    assert after["intake"] != before["intake"]

    engine = start_engine(open_embedded(home.settings, ["judge"]))  # it has no archive and no intake of its own
    while engine.judge.step():
        pass
    engine.log.close()
    wait_for(lambda: home.lake.read().num_rows == 3)
    assert call_ids(home.log) == {"h1", "h2", "f1"}

    running.process.send_signal(signal.SIGTERM)
    assert running.end() == 0
    assert running.children() == {}
    told = [json.loads(entry.body)["part"] for entry in home.log.read(HEALTH_TOPIC, 0, 1_000)]
    assert set(told) == {"intake", "archive"}
    assert "archive | ready" in (place / "up.log").read_text()


def test_it_prints_where_everything_is(home, start):
    running = start(home.settings.home, "--parts", "archive", SEKISHO_WEB_PORT="18080")
    running.until("archive | ready")
    assert not any("http" in line for line in running.lines)
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 0


def test_a_taken_port_ends_it_with_one_clear_line(home, start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        running = start(home.settings.home, "--parts", "archive,intake", SEKISHO_INTAKE_HTTP_PORT=port)
        assert running.end() == 1
    assert re.fullmatch(
        rf"intake cannot be started: SEKISHO_INTAKE_HTTP_PORT: cannot listen on 127.0.0.1 port {port} "
        r"\(another program has it\); stop that program or choose another port",
        [line for line in running.lines if "cannot be started" in line][-1],
    )
    assert running.children() == {}


def test_two_of_them_do_not_share_a_home(home, start, sekisho, monkeypatch):
    running = start(home.settings.home, "--parts", "archive")
    running.until(r"archive \| ready")
    command = [sys.executable, "-m", "sekisho.cli.main", "up", "--home", str(home.settings.home)]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr.endswith("locks/up: another process holds it; stop that one, or wait until it is done\n")
    running.process.send_signal(signal.SIGTERM)
    assert running.end() == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["up", "--parts", "judge,jugde"],
            "'jugde' is no part; the parts are judge, intake, archive, watchdog, web, relay\n",
        ),
        (
            ["part", "jugde"],
            "'jugde' is no part; the parts are intake, judge, archive, watchdog, relay, web, shadow.NAME\n",
        ),
    ],
)
def test_a_part_that_does_not_exist_is_refused(sekisho, monkeypatch, tmp_path, arguments, says):
    monkeypatch.setenv("SEKISHO_HOME", str(tmp_path))
    assert sekisho(*arguments) == (2, "", says)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_gate_file_is_told_before_anything_starts(sekisho, tmp_path):
    (tmp_path / "gate.toml").write_text("[[peer]]\naddress = 'x'\n")
    code, out, err = sekisho("up", "--home", tmp_path)
    assert (code, out) == (2, "")
    assert "gate.toml:2: address 'x' is no IP address" in err
    assert not (tmp_path / "log.sqlite").exists()


def test_without_a_choice_all_parts_run():
    assert up.ALL.split(",") == list(PARTS)
