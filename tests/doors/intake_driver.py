"""The intake's door for call events over SEKISHO_HOME, alone: no feed, no signs of life, so appends are requests'.

It prints its port and serves until it is killed (SEKISHO_CRASH_AT).
"""

from __future__ import annotations

import asyncio
import os
from functools import partial

from sekisho.engine.call_writer import CallWriter
from sekisho.engine.intake_http import CallDoor, open_door
from sekisho.health import Pulse
from sekisho.wiring.embedded import open_log, system_clock
from sekisho.wiring.gate_file import read_gate_file
from sekisho.wiring.settings import read_settings


class Silent(Pulse):
    due = False


async def main() -> None:
    settings, clock = read_settings(os.environ), system_clock()
    writer = CallWriter(partial(open_log, settings), Silent("intake", clock))
    writer.start()
    app = CallDoor(read_gate_file(settings.home).sources, writer, clock).app()
    door = await open_door(app, "127.0.0.1", 0, "SEKISHO_INTAKE_HTTP_PORT")
    print(door.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
