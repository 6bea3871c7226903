"""`sekisho call`: one test call through the gate."""

from __future__ import annotations

import asyncio
import os
import re
from typing import Annotated

import typer

from sekisho.core.terms.errors import BadSetting, InUse

REFUSED_EXIT = 1
ASKED_EXIT = 3
LEAST_FINAL_REFUSAL = 400
NOT_FOUND = 404
DIALLED = re.compile(r"\+?[0-9*#]{1,32}")


def call(
    line: Annotated[str, typer.Option(help="The calling line: E.164 with +, or a national number.")],
    number: Annotated[str, typer.Option(help="The number as dialled, such as 01023276123456.")],
    source: Annotated[str, typer.Option(help="Address of the asking switch; the gate trusts it or not.")] = "127.0.0.2",
    gate: Annotated[str | None, typer.Option(help="HOST:PORT of the gate; else as SEKISHO_GATE_… say.")] = None,
) -> None:
    """Ask the gate about one call with a SIP INVITE, and print its answer.

    Exit 1: it may not go on. Exit 3: it may, once the caller has proved himself by PIN.

    Example: sekisho call --line 0312345678 --number 01023276123456 --source 127.0.0.2
    """
    from sekisho.demo.probe import ask_gate
    from sekisho.wiring.settings import read_settings

    for name, text in (("--line", line), ("--number", number)):
        if not DIALLED.fullmatch(text):
            raise BadSetting(f"{name} {text!r}: give digits as they are dialled, + in front where it is E.164")
    if gate is None:
        settings = read_settings(os.environ)
        address = (settings.gate_host, settings.gate_sip_port)
    else:
        address = _address(gate)
    answer = asyncio.run(ask_gate(address, source, line, number))
    if answer is None:
        raise InUse(f"no answer from {address[0]}:{address[1]}; is `sekisho up` or `sekisho demo` running?")
    typer.echo(answer.first_line)
    for name, value in (("Reason", answer.reason), ("Warning", answer.warning)):
        if value:
            typer.echo(f"{name}: {value}")
    if answer.asked:
        typer.echo(f"Contact: {answer.contact}")
        typer.echo("Asked: the call goes to the screening announcement, and on from there only with the right PIN.")
        raise typer.Exit(ASKED_EXIT)
    if answer.most_s:
        typer.echo(f"Allowed for {answer.most_s} seconds of talk: this switch cannot ask for the PIN.")
    if answer.status >= LEAST_FINAL_REFUSAL and answer.status != NOT_FOUND:
        raise typer.Exit(REFUSED_EXIT)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise BadSetting(f"--gate {text}: give HOST:PORT, such as 127.0.0.1:5066")
    return host, int(port)
