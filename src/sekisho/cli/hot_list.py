"""`sekisho hot-list`: have the judge know a list of numbers known for fraud, or withdraw one."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sekisho.cli.options import Home, environment_at
from sekisho.core.terms.errors import BadSetting

if TYPE_CHECKING:
    from sekisho.ports import Log

POLL_S = 0.02


def hot_list(
    company: Annotated[str, typer.Option(help="Code of the company whose calls are meant.")],
    name: Annotated[str, typer.Option(help="Name of the list; a list of the same name is replaced.")],
    file: Annotated[str | None, typer.Argument(help="Numbers or ranges, one a line (text or CSV).")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Withdraw the list instead.")] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the judge; 0 does not wait.", min=0)] = 10.0,
    home: Home = None,
) -> None:
    """Load a list of numbers known for fraud: calls to them are stronger evidence from now on.

    Example: sekisho hot-list test-numbers.csv --company east --name forum
    """
    if (file is None) != withdraw:
        raise BadSetting("give either a FILE of numbers or --withdraw")

    from sekisho.engine.control import has_tariff, load_hot_list
    from sekisho.wiring.embedded import open_embedded
    from sekisho.wiring.hot_list_file import read_hot_list
    from sekisho.wiring.settings import read_settings

    numbers = read_hot_list(file) if file is not None else []
    settings = read_settings(environment_at(home))
    if not settings.home.is_dir():
        raise BadSetting(f"there is no data directory {settings.home}; give --home, or start `sekisho up` first")
    opened = open_embedded(settings, ())
    try:
        if not has_tariff(opened.log, company):
            raise BadSetting(f"company {company!r} has no tariff, so none of its calls are judged; is it misspelt?")
        begun_ms = opened.clock.now_ms()
        key = load_hot_list(opened.log, company, name, begun_ms, numbers)
        typer.echo(f"withdrawn: {name} of {company}" if withdraw else f"{len(numbers):,} numbers: {name} of {company}")
        effect = _effect(opened.log, key, wait) if wait else None
    finally:
        opened.close()
    _say(effect, begun_ms, waited=wait > 0)


def _say(effect: dict[str, Any] | None, begun_ms: int, *, waited: bool) -> None:
    if effect is None:
        if waited:
            typer.echo("accepted, but the judge has not said that it has it; is `sekisho up` running?", err=True)
            raise typer.Exit(1)
    elif not effect["in_force"]:
        typer.echo(f"not in force: {effect['company']} has as many lists as it may have; withdraw one", err=True)
        raise typer.Exit(1)
    else:
        typer.echo(f"at the judge after {(effect['at_ms'] - begun_ms) / 1_000:.2f} s")


def _effect(log: Log, key: str, seconds: float) -> dict[str, Any] | None:
    """What the judge says of it; None where it has not said anything in time."""
    from sekisho.ports import EFFECT_TOPIC

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = log.find(EFFECT_TOPIC, key)
        if found is not None:
            told: dict[str, Any] = json.loads(found.body)
            return told
        time.sleep(POLL_S)
    return None
