"""Live call events and signals of PBXs over HTTP.

`POST /v1/calls`, `Authorization: Bearer TOKEN`, JSON: one event or a list of up to 1,000 (`call_events.py` says what
one holds). 200 comes only after everything is on the disk:

    {"rows": 3, "calls": 2, "rejects": [{"row": 3, "reason": "start is empty"}]}

A wrong row is a reject and spoils no other. Whatever else is wrong is told as {"error": "…"}, and nothing was taken:

    400  no JSON, no event            413  more than 1 MiB or 1,000 events
    401  no token, or a wrong one     415  not application/json, or compressed
    408  the body came too slowly     503  too many wait, or the disk takes no more: again after Retry-After
    409  the company has no tariff

The same bytes again get the same answer and change nothing, so a sender that got none sends again.

`POST /v1/signals`, in the same way: one signal of a PBX or a list of them (`signals.py` says what one holds), taken all
or none. 200 with {"signals": 2}; no tariff is asked for.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from aiohttp import web

from sekisho.core.terms.errors import BadSetting, InUse
from sekisho.engine.call_events import BadRequest, read_request
from sekisho.engine.call_writer import Answer, CallWriter, Request
from sekisho.engine.signals import read_signals
from sekisho.ports import Clock
from sekisho.wiring.gate_file import HttpSource, source_of_token

MOST_BYTES: Final = 1 << 20
MOST_REQUESTS: Final = 1_000  # at work at one time
MOST_WAITING_BYTES: Final = 64 << 20  # of bodies of those
BODY_S: Final = 30.0
STOP_S: Final = 6.0  # for requests at work when the part is told to stop
_RETRY_S: Final = "1"
Read = Callable[[HttpSource, bytes, int], Request]  # source, body, now (ms)


class CallDoor:
    """The intake's HTTP application round a writer."""

    def __init__(self, sources: Sequence[HttpSource], writer: CallWriter, clock: Clock) -> None:
        self._sources, self._writer, self._clock = sources, writer, clock
        self._requests = self._bytes = 0

    def app(self) -> web.Application:
        """The application to serve."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.add_routes(
            [
                web.post("/v1/calls", self._calls),
                web.post("/v1/signals", self._signals),
                web.get("/healthz", self._health),
            ]
        )
        return app

    async def _calls(self, request: web.Request) -> web.Response:
        return await self._post(request, read_request)

    async def _signals(self, request: web.Request) -> web.Response:
        return await self._post(request, read_signals)

    async def _post(self, request: web.Request, read: Read) -> web.Response:
        try:
            answer = await self._answer(request, read)
        except BadRequest as bad:
            return _refused(bad.status, str(bad))
        except InUse:
            return _refused(503, "the log cannot be written just now; send again")
        return web.json_response(answer.json())

    async def _answer(self, request: web.Request, read: Read) -> Answer:
        source = self._source(request)
        if request.content_type != "application/json" or request.headers.get("Content-Encoding"):
            raise BadRequest(415, "send application/json, not compressed")
        length = MOST_BYTES if request.content_length is None else request.content_length
        if length > MOST_BYTES:
            raise BadRequest(413, f"more than {MOST_BYTES} bytes; send fewer events at a time")
        with self._room(length):
            body = await _body(request)
            return await self._writer.put(read(source, body, self._clock.now_ms()))

    def _source(self, request: web.Request) -> HttpSource:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        source = source_of_token(self._sources, token.strip()) if scheme.lower() == "bearer" else None
        if source is None:
            raise BadRequest(401, "no valid bearer token")
        return source

    @contextmanager
    def _room(self, length: int) -> Iterator[None]:
        """Room for one more request with a body of this length. Raises BadRequest where there is none."""
        if self._requests >= MOST_REQUESTS or self._bytes + length > MOST_WAITING_BYTES:
            raise BadRequest(503, "too many requests wait; send again")
        self._requests, self._bytes = self._requests + 1, self._bytes + length
        try:
            yield
        finally:
            self._requests, self._bytes = self._requests - 1, self._bytes - length

    async def _health(self, _request: web.Request) -> web.Response:
        fine = self._writer.fault is None
        return web.json_response({"ok": fine, "waiting": self._requests}, status=200 if fine else 503)


async def open_door(app: web.Application, host: str, port: int, setting: str) -> web.AppRunner:
    """Serve `app`; `cleanup()` answers what is at work and ends. Raises BadSetting (of `setting`) where it cannot."""
    runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=STOP_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise BadSetting(refusal(error, host, port, setting)) from None
    return runner


def refusal(error: OSError, host: str, port: int, setting: str) -> str:
    """Why a port cannot be listened on, in one line with the cure."""
    why = "another program has it" if error.errno == errno.EADDRINUSE else (error.strerror or str(error))
    return f"{setting}: cannot listen on {host} port {port} ({why}); stop that program or choose another port"


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_S):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise BadRequest(413, f"more than {MOST_BYTES} bytes; send fewer events at a time") from None
    except TimeoutError:
        raise BadRequest(408, "the body came too slowly; send again") from None


def _refused(status: int, text: str) -> web.Response:
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": _RETRY_S}}.get(status)
    return web.json_response({"error": text}, status=status, headers=headers)
