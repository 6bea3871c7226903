"""Killed on either side of the commit, before the answer: the sender sends again, and every call counts once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from sekisho.bodies import batches_of
from sekisho.core.terms.instants import format_rfc3339
from sekisho.engine.control import load_tariff
from sekisho.engine.runner import start_engine
from sekisho.engine.sums import sum_of
from sekisho.ports import JOURNAL, RATED_TOPIC, TALLY_TOPIC
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

DRIVER = Path(__file__).with_name("intake_driver.py")
TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
SBC = "what the switch shows"
GATE = f"""[[source]]
name = "sbc"
company = "default"
token_sha256 = "{hashlib.sha256(SBC.encode()).hexdigest()}"
"""
SENDERS, EVENTS = 4, 3  # requests, each of so many calls


def body(sender: int) -> bytes:
    now = time.time_ns() // 1_000_000
    times = {name: format_rfc3339(now - ago) for name, ago in (("start", 70_000), ("answer", 65_000), ("end", 5_000))}
    calls = [{"call_id": f"{sender}-{number}", "number": "0398765432", "cause": 200} for number in range(EVENTS)]
    return json.dumps([{"direction": "out", "line": "0312345678", **times, **call} for call in calls]).encode()


class Door:
    """The driver in a process of its own."""

    def __init__(self, home: Path, crash_at: str = "") -> None:
        environment = os.environ | {"SEKISHO_HOME": str(home)}
        environment.pop("SEKISHO_CRASH_AT", None)
        if crash_at:
            environment["SEKISHO_CRASH_AT"] = crash_at
        self.process = subprocess.Popen([sys.executable, DRIVER], env=environment, stdout=subprocess.PIPE, text=True)
        self.address = f"http://127.0.0.1:{int(self.process.stdout.readline())}/v1/calls"

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.kill()
        self.process.stdout.close()
        return self.process.wait()


async def send_all(address: str, bodies: list[bytes]) -> list[int]:
    """The status of every request; 0 where the connection broke before an answer."""
    headers = {"Authorization": f"Bearer {SBC}", "Content-Type": "application/json"}

    async def send(session, body: bytes) -> int:
        try:
            async with session.post(address, data=body, headers=headers) as response:
                await response.read()
                return response.status
        except aiohttp.ClientError:
            return 0

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(send(session, body) for body in bodies))


@pytest.fixture
def home(tmp_path):
    (tmp_path / "gate.toml").write_text(GATE)
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}))
    load_tariff(opened.log, "default", "hikari.csv", TARIFF, key="tariff")
    yield opened
    opened.close()


@pytest.mark.parametrize("crash_at", ["append:1", "append:2", "append:3", "append:4"])
def test_a_call_whose_answer_was_lost_counts_once(home, crash_at):
    door, bodies, statuses = Door(home.settings.home, crash_at), [], [200]
    while all(
        statuses
    ):  # an append takes all requests that wait or some, so it may be the next ones that meet the kill
        more = [body(sender) for sender in range(len(bodies), len(bodies) + SENDERS)]
        bodies += more
        statuses = asyncio.run(send_all(door.address, more))
    assert door.end() == -signal.SIGKILL

    again = Door(home.settings.home)
    assert set(asyncio.run(send_all(again.address, bodies))) == {200}
    again.end()

    engine = start_engine(home)
    while engine.judge.step():
        pass
    rated = [
        row["call_id"]
        for entry in home.log.read(RATED_TOPIC, 0, 1_000)
        for batch in batches_of(entry.body)
        for row in batch.to_pylist()
    ]
    calls = {call["call_id"] for each in bodies for call in json.loads(each)}
    assert sorted(rated) == sorted(calls)
    deliveries = [entry.key for entry in home.log.read(TALLY_TOPIC, 0, 1_000) if entry.kind == "read"]
    sums = [sum_of(home.log, delivery) for delivery in deliveries]
    assert all(each.balanced for each in sums)
    assert sum(each.calls for each in sums) == len(calls)


def test_what_was_written_before_the_kill_is_not_written_again(home):
    told = body(0)
    door = Door(home.settings.home, "append:2")  # behind the commit, before the answer
    assert asyncio.run(send_all(door.address, [told])) == [0]
    assert door.end() == -signal.SIGKILL
    calls = [entry for entry in home.log.read(JOURNAL, 0, 100) if entry.kind == "calls"]
    assert len(calls) == 1
    again = Door(home.settings.home)
    assert asyncio.run(send_all(again.address, [told])) == [200]
    again.end()
    assert [entry for entry in home.log.read(JOURNAL, 0, 100) if entry.kind == "calls"] == calls
