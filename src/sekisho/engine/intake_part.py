"""The intake's process in a running system: the feed folder, and call events over HTTP.

    event loop     requests: token, limits, JSON → calls
    thread calls   appends what requests tell; signs of life
    thread feed    files of the feed

On SIGTERM the door closes, requests at work are appended and answered, the feed leaves off.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from typing import Final

from sekisho.engine.call_writer import CallWriter
from sekisho.engine.feed_loop import FeedLoop
from sekisho.engine.intake_http import CallDoor, open_door
from sekisho.health import Pulse
from sekisho.wiring.embedded import Embedded, open_embedded, open_log
from sekisho.wiring.gate_file import GateFile, read_gate_file
from sekisho.wiring.settings import Settings

PART: Final = "intake"
_LOOK_S: Final = 0.25

Say = Callable[[str], None]


def run_intake_part(settings: Settings, say: Say) -> None:
    """The process `intake`: returns after SIGTERM or SIGINT. Raises InUse, LogDamaged, BadSource, BadSetting."""
    home = open_embedded(settings, (PART,))
    try:
        asyncio.run(_run(home, read_gate_file(settings.home), say))
    finally:
        home.close()


async def _run(home: Embedded, gates: GateFile, say: Say) -> None:
    settings, opener = home.settings, partial(open_log, home.settings)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    feed = FeedLoop(opener, home.feed, home.sources, settings.batch_rows, say)
    writer = CallWriter(opener, Pulse(PART, home.clock), lambda: feed.waiting)
    writer.start()
    try:
        app = CallDoor(gates.sources, writer, home.clock).app()
        door = await open_door(app, settings.gate_host, settings.intake_http_port, "SEKISHO_INTAKE_HTTP_PORT")
        feed.start()
        try:
            host, port = door.addresses[0][:2]
            say(f"call events at http://{host}:{port}/v1/calls, {len(gates.sources)} sources")
            say("ready")
            await _until(stop, lambda: writer.fault or feed.fault)
        finally:
            await door.cleanup()
            await asyncio.to_thread(feed.stop)
    finally:
        await writer.stop()
    fault = writer.fault or feed.fault
    if fault is not None:
        raise fault


async def _until(stop: asyncio.Event, fault: Callable[[], Exception | None]) -> None:
    """Wait for the stop, or for a fault of one of the threads."""
    while fault() is None and not stop.is_set():
        try:
            await asyncio.wait_for(stop.wait(), _LOOK_S)
        except TimeoutError:
            continue
