"""`sekisho bar`: set or lift a bar from the command line, and say how long it took to be in force."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from sekisho.cli.options import Home, environment_at
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.instants import japanese_time_text

if TYPE_CHECKING:
    from sekisho.ports import Log

POLL_S = 0.02
OWNERS = ("customer", "emergency", "credit")


def bar(
    line: Annotated[str, typer.Argument(help="The line: E.164 with +, or a national number.")],
    company: Annotated[str, typer.Option(help="Code of the line's company.")],
    reason: Annotated[str, typer.Option(help="Why, for the case and the customer.")],
    owner: Annotated[str, typer.Option(help="customer, emergency or credit.")] = "customer",
    proof: Annotated[str, typer.Option(help="How the customer asked for it; needed for a customer's bar.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Lift the owner's bar instead of setting one.")] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the gate; 0 does not wait.", min=0)] = 10.0,
    home: Home = None,
) -> None:
    """Bar international calls of a line, or lift such a bar. Domestic and emergency calls are never touched.

    Example: sekisho bar 0312345678 --company east --reason "PBX hacked" --proof "by telephone, 02:10"
    """
    if owner not in OWNERS:
        raise BadSetting(f"--owner {owner}: there is no such owner; use {', '.join(OWNERS)}")
    if not reason.strip():
        raise BadSetting("--reason is empty; the customer reads it, so say why")

    from sekisho.core.numbering.plan import build_plan, resolve
    from sekisho.office.start import prepare
    from sekisho.wiring.embedded import open_embedded
    from sekisho.wiring.settings import read_settings

    digits = resolve(build_plan(), "", line).line
    if not digits:
        raise BadSetting(f"{line!r} is not a telephone number; give E.164 or a national number like 0312345678")
    settings = read_settings(environment_at(home))
    if not settings.home.is_dir():
        raise BadSetting(f"there is no data directory {settings.home}; give --home, or start `sekisho up` first")
    opened = open_embedded(settings, ())
    try:
        prepare(settings)
        accepted_ms = opened.clock.now_ms()
        key = _order(f"+{digits}", company, reason, owner, proof, accepted_ms, lift=lift)
        what = "lifted" if lift else "set"
        typer.echo(f"{what}: international calls of +{digits}, owner {owner}, {japanese_time_text(accepted_ms)}")
        at_ms = _effect(opened.log, key, wait) if wait else None
    finally:
        opened.close()
    if at_ms is not None:
        typer.echo(f"at the gate after {(at_ms - accepted_ms) / 1_000:.2f} s")
    elif wait:
        typer.echo("accepted, but the gate has not said that it has it; is `sekisho up` running?", err=True)
        raise typer.Exit(1)


def _order(line: str, company: str, reason: str, owner: str, proof: str, now_ms: int, *, lift: bool) -> str:
    """Enter the order; the key of the effect that will tell of it."""
    from sekisho.office.queries.bars_of_line import bars_of_line
    from sekisho.office.services.lift_bar import lift_bar
    from sekisho.office.services.set_bar import set_bar

    if not lift:
        ordered = set_bar(line=line, owner=owner, reason=reason, now_ms=now_ms, by=None, company=company, proof=proof)
        return _key(ordered.bar, 1)
    mine = [each for each in bars_of_line(company, line) if each.owner == owner]
    if not mine:
        raise BadSetting(f"{line} of {company} has no bar of owner {owner}; see `sekisho bar --help`")
    lift_bar(bar=mine[0].bar, now_ms=now_ms, by=None, proof=proof or reason)
    return _key(mine[0].bar, mine[0].version + 1)


def _key(bar: UUID, version: int) -> str:
    return f"bar:{bar}:{version}"


def _effect(log: Log, key: str, seconds: float) -> int | None:
    """The instant at which the gate had it; None where it has not said so in time."""
    from sekisho.ports import EFFECT_TOPIC

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = log.find(EFFECT_TOPIC, key)
        if found is not None:
            return int(json.loads(found.body)["at_ms"])
        time.sleep(POLL_S)
    return None
