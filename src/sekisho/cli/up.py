"""`sekisho up`: the whole system, until it is told to stop."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Annotated

import typer

from sekisho.cli.options import Home, environment_at

ALL = "judge,intake,archive,watchdog,web,relay"


def up(
    home: Home = None,
    parts: Annotated[str, typer.Option(help="Only these parts, with commas between.")] = ALL,
) -> None:
    """Run everything: gate and judge, intake, archive, relay, pages. Ctrl-C or SIGTERM stops it.

    Example: sekisho up --home /srv/sekisho
    """
    from sekisho.engine.part_log import PartLog
    from sekisho.engine.supervisor import Supervisor
    from sekisho.engine.system_parts import addresses, all_parts, parts_of
    from sekisho.shutdown import Shutdown
    from sekisho.wiring.embedded import hold_role, system_clock
    from sekisho.wiring.gate_file import read_gate_file
    from sekisho.wiring.settings import read_settings

    environment = environment_at(home)
    settings = read_settings(environment)
    names = all_parts(settings) if parts == ALL else [name.strip() for name in parts.split(",")]
    wanted = parts_of(settings, environment, names)
    read_gate_file(settings.home)  # what is wrong with it is better said once, here, than by the parts
    stop = Shutdown()
    stop.listen()
    release = hold_role(settings, "up")
    try:
        log = PartLog(settings.home / "up.log", system_clock())

        def say(line: str) -> None:
            with suppress(OSError):  # the terminal may have gone; the parts and their log have not
                typer.echo(line)
            log.write(line)

        for what, where in addresses(settings, names):
            say(f"{what:16} {where}")
        code = Supervisor(wanted, say, time.monotonic, stop).run()
    finally:
        release()
    raise typer.Exit(code)
