"""Decisions over HTTP, for switches that ask a web service (FreeSWITCH, Asterisk, jambonz).

`POST /v1/decisions`, bearer token, JSON object `{"line", "number", "call_id"}` →
`{"action": "allow" | "refuse", "why", "bar", "text"}`. Emergency calls are allowed before anything else is looked at,
the token included. What becomes of a call, the switch tells by `POST /v1/calls` or its records.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from sekisho.core.numbering.plan import build_plan, number_call
from sekisho.core.restrict.decision import PASS_EMERGENCY, Decision
from sekisho.core.terms.destination import DestinationClass
from sekisho.ports import Clock

MOST_BYTES: Final = 16_384
_LONGEST: Final = 255
_EMERGENCY: Final = int(DestinationClass.EMERGENCY)

Decide = Callable[[str, str, str, str, bool, int], Decision]


def is_emergency(number: str, line: str = "") -> bool:
    """Whether the plan says that this number, as dialled, is an emergency call."""
    return number_call(build_plan(), number, line)[2] == _EMERGENCY


def decision_app(decide: Decide, company_of: Callable[[str], str | None], clock: Clock) -> web.Application:
    """The application; `decide` as Gate.decide, `company_of` gives the company of a token, None for a wrong one."""

    async def decisions(request: web.Request) -> web.Response:
        asked = _asked(await request.read())
        if asked is not None and is_emergency(asked["number"], asked["line"]):
            return _answer(PASS_EMERGENCY)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        company = company_of(token.strip()) if scheme.lower() == "bearer" else None
        if company is None:
            return web.json_response({"error": "no valid bearer token"}, status=401)
        if asked is None:
            fault = f'send a JSON object with "line", "number" and "call_id", texts of at most {_LONGEST} signs'
            return web.json_response({"error": fault}, status=400)
        return _answer(decide(company, asked["line"], asked["number"], asked["call_id"], False, clock.now_ms()))

    async def healthy(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    app = web.Application(client_max_size=MOST_BYTES)
    app.add_routes([web.post("/v1/decisions", decisions), web.get("/healthz", healthy)])
    return app


def _asked(body: bytes) -> dict[str, str] | None:
    """The three texts of a request; None where it does not hold them."""
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    texts = {name: told.get(name) for name in ("line", "number", "call_id")}
    if any(not isinstance(text, str) or len(text) > _LONGEST for text in texts.values()):
        return None
    return {name: str(text).encode("utf-8", "replace").decode() for name, text in texts.items()}


def _answer(decision: Decision) -> web.Response:
    action = "allow" if decision.allowed else "refuse"
    told = {"action": action, "why": decision.why.name.lower(), "bar": decision.bar, "text": decision.text}
    return web.json_response(told)
