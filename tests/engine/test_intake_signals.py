"""Signals at the intake's door: on the disk before they are answered, all of a request or none."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
import pytest

from sekisho.core.terms.instants import parse_rfc3339
from sekisho.engine.call_writer import CallWriter
from sekisho.engine.intake_http import MOST_BYTES, CallDoor, open_door
from sekisho.engine.runner import start_engine
from sekisho.health import Pulse
from sekisho.ports import EFFECT_TOPIC, JOURNAL, TALLY_TOPIC
from sekisho.wiring.embedded import open_embedded, open_log
from sekisho.wiring.gate_file import HttpSource
from sekisho.wiring.settings import read_settings

NOW = parse_rfc3339("2026-11-23T08:00:00Z")
SOURCES = (HttpSource("pbx", "east", hashlib.sha256(b"token of pbx").hexdigest(), charging=False),)
ONE = {"line": "0312345678", "signal": "unknown_registration", "at": "2026-11-23T07:59:00Z"}


class Clock:
    def now_ms(self) -> int:
        return NOW


@pytest.fixture
def home(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}))
    yield home
    home.close()


@asynccontextmanager
async def door(home):
    writer = CallWriter(partial(open_log, home.settings), Pulse("intake", Clock()))
    writer.start()
    opened = await open_door(CallDoor(SOURCES, writer, Clock()).app(), "127.0.0.1", 0, "SEKISHO_INTAKE_HTTP_PORT")
    host, port = opened.addresses[0]
    async with aiohttp.ClientSession() as session:

        async def post(told, token: str = "token of pbx", kind: str = "application/json"):  # noqa: S107 - of the tests
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
            data, url = io.BytesIO(body), f"http://{host}:{port}/v1/signals"
            async with session.post(url, data=data, headers=headers) as response:
                return response.status, await response.json()

        try:
            yield post
        finally:
            await opened.cleanup()
            await writer.stop()


def kinds(home) -> list[str]:
    return [entry.kind for entry in home.log.read(JOURNAL, 0, 100)]


def test_200_comes_when_they_are_on_the_disk_and_again_changes_nothing(home):
    async def run():
        async with door(home) as post:
            first = await post([ONE, ONE | {"signal": "failed_logins"}])
            assert kinds(home) == ["signal", "signal"]
            return first, await post([ONE, ONE | {"signal": "failed_logins"}]), await post(ONE)

    assert asyncio.run(run()) == ((200, {"signals": 2}), (200, {"signals": 2}), (200, {"signals": 1}))
    assert kinds(home) == ["signal", "signal"]
    assert home.log.last(TALLY_TOPIC) == 0  # they are no calls


def test_the_judge_keeps_them_on_the_line(home):
    async def run():
        async with door(home) as post:
            await post([ONE | {"signal": "failed_logins"}, ONE])

    asyncio.run(run())
    engine = start_engine(home)
    while engine.judge.step():
        pass
    judge = engine.judge.judge
    assert judge._state.lines["signal"][0] == 300
    assert [entry.kind for entry in home.log.read(EFFECT_TOPIC, 0, 10)] == ["signal", "signal"]


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ({"told": ONE, "token": "other"}, 401, "no valid bearer token"),
        ({"told": ONE, "kind": "text/plain"}, 415, "send application/json, not compressed"),
        ({"told": [ONE, {"line": "0312345678"}]}, 400, "signal 2: signal is missing"),
        ({"told": [ONE] * 1_001}, 413, "1001 signals in one request"),
        ({"told": b" " * (MOST_BYTES + 1)}, 413, f"more than {MOST_BYTES} bytes"),
    ],
    ids=["token", "type", "field", "many", "large"],
)
def test_what_is_wrong_is_told_and_nothing_is_taken(home, asked, status, says):
    async def run():
        async with door(home) as post:
            return await post(**asked)

    got, told = asyncio.run(run())
    assert (got, says in told["error"]) == (status, True)
    assert kinds(home) == []
