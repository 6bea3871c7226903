"""The gate of the real judge process, asked by real SIPp and over HTTP: bars, holds, emergencies, strangers, noise."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from pathlib import Path

import aiohttp
import pytest
from tests.doors.judge_process import furnish, opened_log, running_judge, tell_bar, until
from tests.doors.sipp_runner import run_sipp

from sekisho.bodies import batches_of
from sekisho.ports import ATTEMPT_TOPIC, EFFECT_TOPIC, HEALTH_TOPIC, JOURNAL, LIVE_TOPIC, VERDICT_TOPIC

SIERRA_LEONE = "01023276123456"
PLAIN, BARRED, HELD, WEST = "+81312000001", "+81312000002", "+81312000003", "+81612000004"
LINES = [
    {"company": company, "line": line, "automatic_hold": company == "east"}
    for company, line in (("east", PLAIN), ("east", BARRED), ("east", HELD), ("west", WEST))
]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("gate")
    furnish(home, LINES)
    with opened_log(home) as log:
        tell_bar(log, BARRED)
    return home


@pytest.fixture(scope="module")
def judge(home):
    with running_judge(home) as run:
        assert run.said[-1] == "ready", run.said
        yield run
        assert run.stop() == 0, run.said


def sipp(judge, scenario: str, **arguments) -> None:
    result = run_sipp(scenario, judge.sip_port, **arguments)
    assert result.ok, result.out


@pytest.mark.parametrize("number", [SIERRA_LEONE, "0398765432", "110"])
def test_a_line_without_restriction_may_call(judge, number):
    sipp(judge, "allowed", line=PLAIN, service=number)


def test_a_barred_line_may_not_call_abroad(judge):
    sipp(judge, "refused", line=BARRED, service=SIERRA_LEONE)


@pytest.mark.parametrize("number", ["0398765432", "09012345678", "0120123456", "104"])
def test_domestic_calls_pass_a_bar(judge, number):
    sipp(judge, "allowed", line=BARRED, service=number)


@pytest.mark.parametrize("uri", ["sip:119@gate", "tel:110", "tel:118;phone-context=+81", "urn:service:sos.police"])
def test_emergencies_pass_a_bar(judge, uri):
    sipp(judge, "allowed", line=BARRED, uri=uri)


def test_emergencies_of_strangers_pass_and_nothing_else_of_theirs(judge):
    sipp(judge, "allowed", source="127.0.0.9", line=PLAIN, service="119")
    sipp(judge, "stranger", source="127.0.0.9", line=PLAIN, service="0398765432")


def test_another_peer_is_told_as_it_wants_to_be(judge):
    sipp(judge, "allowed_404", source="127.0.0.3", line=WEST, service="0698765432")


def test_an_attack_is_held_and_then_refused(judge, home):
    with opened_log(home) as log:
        before = log.last(VERDICT_TOPIC)
        for place in range(6):
            run_sipp("allowed", judge.sip_port, line=HELD, service=f"0102327612{place:04d}", deadline_s=5)

        def held() -> list[dict]:
            rows = [row for entry in log.read(VERDICT_TOPIC, before, 99) for row in _rows(entry.body)]
            return [row for row in rows if row["action"] == "hold" and row["line"] == HELD]

        assert until(held)[0]["company"] == "east"
    sipp(judge, "refused", line=HELD, service=SIERRA_LEONE)
    sipp(judge, "allowed", line=HELD, service="0398765432")


def _rows(body: bytes) -> list[dict]:
    return [row for batch in batches_of(body) for row in batch.to_pylist()]


def test_noise_does_no_harm(judge):
    chance = random.Random(7)  # noqa: S311 - noise, no secret
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.2", 0))
        invite = b"INVITE sip:010@x SIP/2.0\r\nVia: SIP/2.0/UDP x\r\nCall-ID: "
        for size in (0, 1, 4, 200, 9_000, 60_000):
            stranger.sendto(chance.randbytes(size), ("127.0.0.1", judge.sip_port))
            stranger.sendto(invite + chance.randbytes(min(size, 8_000)), ("127.0.0.1", judge.sip_port))
    sipp(judge, "options")
    sipp(judge, "refused", line=BARRED, service=SIERRA_LEONE)


def test_a_bar_pressed_now_refuses_the_next_call_and_says_since_when(judge, home):
    sipp(judge, "allowed_404", source="127.0.0.3", line=WEST, service=SIERRA_LEONE)
    with opened_log(home) as log:
        tell_bar(log, WEST, company="west", bar="w1")
        effect = json.loads(until(lambda: log.find(EFFECT_TOPIC, "bar:w1:1")).body)
        assert (effect["line"], effect["in_force"], effect["order"]) == (WEST, True, "o1")
        sipp(judge, "refused", source="127.0.0.3", line=WEST, service=SIERRA_LEONE)
        tell_bar(log, WEST, company="west", bar="w1", version=2, in_force=False)
        until(lambda: log.find(EFFECT_TOPIC, "bar:w1:2"))
        sipp(judge, "allowed_404", source="127.0.0.3", line=WEST, service=SIERRA_LEONE)


def test_what_happened_is_on_the_log(judge, home):
    with opened_log(home) as log:
        until(lambda: log.last(ATTEMPT_TOPIC))
        refused = until(lambda: [entry for entry in log.read(EFFECT_TOPIC, 0, 99) if entry.kind == "refused"])
        assert {json.loads(entry.body)["number"][-4:] for entry in refused} == {"****"}
        told = until(lambda: log.read(HEALTH_TOPIC, 0, 99))
        assert json.loads(told[0].body)["part"] == "judge"
        until(lambda: any(entry.kind == "tick" for entry in log.read(JOURNAL, 0, 999)))
        live = [line for entry in log.read(LIVE_TOPIC, 0, 999) for line in json.loads(entry.body)["lines"]]
        assert any(line["open_international"] > 0 for line in live)


def test_http_is_told_the_same_without_a_token_only_for_emergencies(judge):
    asked = {"line": BARRED, "number": "184110", "call_id": "h1"}
    assert asyncio.run(_post(judge.http_port, asked)) == (200, "allow")
    assert asyncio.run(_post(judge.http_port, asked | {"number": SIERRA_LEONE})) == (401, None)


async def _post(port: int, asked: dict[str, str]) -> tuple[int, str | None]:
    address = f"http://127.0.0.1:{port}/v1/decisions"
    async with aiohttp.ClientSession() as session, session.post(address, json=asked) as answer:
        return answer.status, (await answer.json()).get("action")
