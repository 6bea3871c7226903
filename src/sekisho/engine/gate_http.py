"""Decisions over HTTP, for switches that ask a web service (FreeSWITCH, Asterisk, jambonz), and what callers proved.

`POST /v1/decisions`, bearer token, JSON object `{"line", "number", "call_id"}` →
`{"action": "allow" | "refuse" | "ask", "why", "bar", "text"}`; with "ask", `"screening"` is the way to the announcement
that gate.toml names for this source; with "allow", `"most_s"` may say after how many seconds of talk to end the call.
Emergency calls are allowed before anything else is looked at, the token included. What becomes of a call, the switch
tells by `POST /v1/calls` or its records.

`POST /v1/screenings`, bearer token (`screenings.py`): 200 once the gate knows it, so that the caller's next call
passes; 202 where it is on the disk and the gate will know it soon.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from sekisho.core.numbering.plan import build_plan, number_call
from sekisho.core.restrict.decision import PASS_EMERGENCY, Decision
from sekisho.core.terms.destination import DestinationClass
from sekisho.engine.screenings import BadScreening, screening_message
from sekisho.ports import Clock, Message
from sekisho.wiring.gate_file import HttpSource

MOST_BYTES: Final = 16_384
_LONGEST: Final = 255
_EMERGENCY: Final = int(DestinationClass.EMERGENCY)
_NO_TOKEN: Final = {"error": "no valid bearer token"}

Decide = Callable[[str, str, str, str, bool, int, bool], Decision]
Tell = Callable[[Message], Awaitable[bool]]


def is_emergency(number: str, line: str = "") -> bool:
    """Whether the plan says that this number, as dialled, is an emergency call."""
    return number_call(build_plan(), number, line)[2] == _EMERGENCY


def decision_app(
    decide: Decide, source_of: Callable[[str], HttpSource | None], clock: Clock, tell: Tell
) -> web.Application:
    """The application. `decide` as Gate.decide; `source_of` gives the source of a token, None for a wrong one.

    `tell` appends a message to the journal; False where the judge has not applied it yet after a while.
    """

    def source(request: web.Request) -> HttpSource | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return source_of(token.strip()) if scheme.lower() == "bearer" else None

    async def decisions(request: web.Request) -> web.Response:
        asked = _asked(await request.read())
        if asked is not None and is_emergency(asked["number"], asked["line"]):
            return _answer(PASS_EMERGENCY)
        who = source(request)
        if who is None:
            return web.json_response(_NO_TOKEN, status=401)
        if asked is None:
            fault = f'send a JSON object with "line", "number" and "call_id", texts of at most {_LONGEST} signs'
            return web.json_response({"error": fault}, status=400)
        texts = (asked["line"], asked["number"], asked["call_id"])
        decision = decide(who.company, *texts, False, clock.now_ms(), bool(who.screening))
        return _answer(decision, who.screening)

    async def screenings(request: web.Request) -> web.Response:
        body = await request.read()
        who = source(request)
        if who is None:
            return web.json_response(_NO_TOKEN, status=401)
        try:
            message = screening_message(who, body, clock.now_ms())
        except BadScreening as bad:
            return web.json_response({"error": str(bad)}, status=400)
        known = await tell(message)
        return web.json_response({"known": known}, status=200 if known else 202)

    async def healthy(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    app = web.Application(client_max_size=MOST_BYTES)
    app.add_routes(
        [
            web.post("/v1/decisions", decisions),
            web.post("/v1/screenings", screenings),
            web.get("/healthz", healthy),
        ]
    )
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


def _answer(decision: Decision, screening: str = "") -> web.Response:
    action = "ask" if decision.asked else "allow" if decision.allowed else "refuse"
    told = {"action": action, "why": decision.why.name.lower(), "bar": decision.bar, "text": decision.text}
    if decision.asked:
        told["screening"] = screening
    if decision.most_s:
        return web.json_response({**told, "most_s": decision.most_s})
    return web.json_response(told)
