"""Decisions over HTTP, asked of a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sekisho.core.restrict.decision import ASK, PASS_DOMESTIC, REFUSE_HELD, Decision, Why
from sekisho.engine.gate_http import MOST_BYTES, decision_app
from sekisho.ports import Message
from sekisho.wiring.gate_file import HttpSource

ASKED = {"line": "0312345678", "number": "01023276123456", "call_id": "c1"}
RIGHT = {"Authorization": "Bearer right"}
ASKING = {"Authorization": "Bearer asking"}
SOURCES = {
    "right": HttpSource("sbc", "east", "0" * 64, charging=True),
    "asking": HttpSource("pbx", "east", "1" * 64, charging=True, screening="pin@announce"),
}


class Clock:
    """A clock that stands."""

    def now_ms(self) -> int:
        return 1_000


def by_number(*told: Any) -> Decision:
    """Abroad is held; to 0109 it is asked, or passes for a minute where that is not possible."""
    if told[2].startswith("0109"):
        return ASK if told[6] else Decision(True, Why.ALLOWANCE, "", "first call", 60)
    return REFUSE_HELD if told[2].startswith("010") else PASS_DOMESTIC


def post(path: str = "decisions", *, known: bool = True, **arguments: Any) -> tuple[int, dict[str, Any], list[Any]]:
    """Ask once: the status, the answer, and what `decide` was asked and `tell` was told."""
    asked: list[Any] = []

    def decide(*told: Any) -> Decision:
        asked.append(told)
        return by_number(*told)

    async def tell(message: Message) -> bool:
        asked.append(message)
        return known

    async def ask(session: aiohttp.ClientSession, base: str) -> tuple[int, dict[str, Any]]:
        async with session.post(f"{base}/v1/{path}", **arguments) as answer:
            return answer.status, (await answer.json() if answer.content_type == "application/json" else {})

    status, told = asyncio.run(_served(decide, tell, ask))
    return status, told, asked


async def _served(decide: Any, tell: Any, ask: Callable[[aiohttp.ClientSession, str], Awaitable[Any]]) -> Any:
    app = decision_app(decide, SOURCES.get, Clock(), tell)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        async with aiohttp.ClientSession() as session:
            return await ask(session, f"http://127.0.0.1:{port}")
    finally:
        await runner.cleanup()


def test_a_held_line_is_refused_with_why():
    status, told, asked = post(json=ASKED, headers=RIGHT)
    assert status == 200
    assert (told["action"], told["why"]) == ("refuse", "hold")
    assert asked == [("east", "0312345678", "01023276123456", "c1", False, 1_000, False)]


def test_a_switch_that_can_ask_is_told_the_way_to_the_announcement():
    status, told, asked = post(json=ASKED | {"number": "01099"}, headers=ASKING)
    assert (status, told["action"], told["why"], told["screening"]) == (200, "ask", "ask", "pin@announce")
    assert asked[0][6] is True


def test_one_that_cannot_is_told_for_how_long_the_call_may_last():
    status, told, _ = post(json=ASKED | {"number": "01099"}, headers=RIGHT)
    assert (status, told["action"], told["why"], told["most_s"]) == (200, "allow", "allowance", 60)
    assert "screening" not in told


def test_an_emergency_is_not_asked():
    _, told, asked = post(json=ASKED | {"number": "184119"}, headers=ASKING)
    assert (told["action"], asked) == ("allow", [])
    assert "screening" not in told


PROVED = {"call_id": "c1", "line": "0312345678", "passed": True}


@pytest.mark.parametrize(("known", "status"), [(True, 200), (False, 202)])
def test_what_a_caller_proved_goes_to_the_journal(known, status):
    assert post("screenings", known=known, json=PROVED, headers=ASKING)[:2] == (status, {"known": known})
    _, _, (message,) = post("screenings", json=PROVED, headers=RIGHT)
    assert message.kind == "screening"


@pytest.mark.parametrize(
    ("told", "headers", "status", "says"),
    [
        (PROVED, {}, 401, "no valid bearer token"),
        (PROVED, {"Authorization": "Bearer wrong"}, 401, "no valid bearer token"),
        (PROVED | {"line": "x"}, RIGHT, 400, "not a telephone number"),
        ({}, RIGHT, 400, "call_id is missing"),
    ],
)
def test_a_wrong_proof_is_refused(told, headers, status, says):
    answered, answer, appended = post("screenings", json=told, headers=headers)
    assert (answered, appended) == (status, [])
    assert says in answer["error"]


def test_a_domestic_call_is_allowed():
    status, told, _ = post(json=ASKED | {"number": "0398765432"}, headers=RIGHT)
    assert (status, told["action"], told["why"]) == (200, "allow", "domestic")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic right"}])
def test_without_the_right_token_nobody_is_asked(headers):
    status, _, asked = post(json=ASKED, headers=headers)
    assert (status, asked) == (401, [])


@pytest.mark.parametrize("number", ["110", "118", "119", "184110", "186119"])
def test_an_emergency_call_is_allowed_without_a_token(number):
    status, told, asked = post(json=ASKED | {"number": number})
    assert (status, told["action"], told["why"], asked) == (200, "allow", "emergency", [])


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"7", b'{"line": 1, "number": "2", "call_id": "3"}', b"[" * 5_000, b'{"line": "' + b"0" * 300],
)
def test_what_is_no_question_is_told_so(body):
    status, told, asked = post(data=body, headers=RIGHT)
    assert status == 400
    assert "call_id" in told["error"]
    assert asked == []


def test_too_much_is_not_read():
    assert post(data=b"x" * (MOST_BYTES + 1), headers=RIGHT)[0] == 413


def test_letters_no_text_can_hold_do_no_harm():
    status, _, asked = post(data=b'{"line": "03\\ud800", "number": "010", "call_id": "\\udfff"}', headers=RIGHT)
    assert status == 200
    assert asked[0][1] == "03?"
