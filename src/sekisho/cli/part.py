"""`sekisho part`: one part of a running system; `sekisho up` starts them."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sekisho.core.terms.errors import BadSetting

if TYPE_CHECKING:
    from sekisho.wiring.settings import Settings

# One worker, because the office's own database is one file; threads, because pages wait for the disk.
WEB_OPTIONS = ("--workers", "1", "--blocking-threads", "4", "--backlog", "256", "--backpressure", "32", "--no-ws")


def part(
    name: Annotated[str, typer.Argument(help="intake, judge, archive, watchdog, relay, web, or shadow.NAME.")],
) -> None:
    """Run one part until SIGTERM. `sekisho up` does this for every part.

    Example: sekisho part intake
    """
    from sekisho.wiring.settings import read_settings

    settings = read_settings(os.environ)
    if name == "intake":
        from sekisho.engine.intake_part import run_intake_part

        run_intake_part(settings, _say)
    elif name == "judge":
        from sekisho.engine.judge_part import run_judge_part

        run_judge_part(settings, _say)
    elif name == "archive":
        from sekisho.engine.archive_part import run_archive_part

        run_archive_part(settings, _say)
    elif name == "watchdog":
        from sekisho.engine.watchdog_part import run_watchdog_part

        run_watchdog_part(settings, _say)
    elif name.startswith("shadow."):
        from sekisho.engine.shadow_part import run_shadow_part

        run_shadow_part(settings, name.removeprefix("shadow."), _say)
    elif name == "relay":
        from sekisho.office.relay.loop import run_relay_part

        run_relay_part(settings, _say)
    elif name == "web":
        _become_web_server(settings)
    else:
        raise BadSetting(
            f"{name!r} is no part; the parts are intake, judge, archive, watchdog, relay, web, shadow.NAME"
        )


def _say(line: str) -> None:
    print(line, flush=True)


def _become_web_server(settings: Settings) -> None:
    """Make the office ready, then let the web server take this process over."""
    from sekisho.office.start import prepare

    _check_port(settings.web_host, settings.web_port)
    prepare(settings)
    command = [sys.executable, "-P", "-m", "granian", "--interface", "wsgi", *WEB_OPTIONS]
    command += ["--host", settings.web_host, "--port", str(settings.web_port), "sekisho.office.wsgi:application"]
    os.execv(command[0], command)  # noqa: S606 - the command line is our own


def _check_port(host: str, port: int) -> None:
    """Raise BadSetting where a port is taken: the web server itself would share it with a stranger."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that linger do not take it
        try:
            tried.bind((host, port))
        except OSError as error:
            from sekisho.engine.intake_http import refusal

            raise BadSetting(refusal(error, host, port, "SEKISHO_WEB_PORT")) from None
