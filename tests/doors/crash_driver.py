"""The engine's three parts over SEKISHO_HOME, to the end of what waits there; control messages go in between.

It may be killed at any moment (SEKISHO_CRASH_AT). Started again, it goes on: before the file with the number n it sends
control message n, whose key the journal may hold already.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sekisho.engine.control import load_tariff, set_lines, tick
from sekisho.engine.runner import Engine, drain, start_engine
from sekisho.ports import Log
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

FILES_AN_ARCHIVE_STEP = 4


def send(log: Log, number: int, message: dict[str, Any]) -> None:
    if message["kind"] == "tariff":
        load_tariff(log, message["company"], message["file"], message["csv"].encode(), key=f"control {number}")
    elif message["kind"] == "lines":
        set_lines(log, message["lines"], key=f"control {number}")
    else:
        tick(log, message["at"])


def work(engine: Engine, number: int) -> None:
    engine.intake.step()
    while engine.judge.step():
        pass
    if number % FILES_AN_ARCHIVE_STEP == 0:
        engine.archive.step()


def main() -> None:
    home = open_embedded(read_settings(os.environ))
    engine = start_engine(home)
    messages = json.loads((home.settings.home / "control.json").read_text())
    while waiting := home.feed.waiting():
        number = int(Path(waiting[0].name).stem.removeprefix("calls-"))
        send(home.log, number, messages[number])
        work(engine, number)
    send(home.log, len(messages) - 1, messages[-1])
    drain(engine)
    home.close()


if __name__ == "__main__":
    main()
