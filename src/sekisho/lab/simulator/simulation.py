"""A carrier's traffic from one seed: honest calls, thieves' calls, and the truth about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sekisho.core.terms.errors import BadSetting
from sekisho.lab.simulator.archetypes import Archetype
from sekisho.lab.simulator.attacks.kinds import KINDS, Incidents, draw_incidents
from sekisho.lab.simulator.attacks.scene import QUIET_DAYS, Scene
from sekisho.lab.simulator.byte_rows import text_column
from sekisho.lab.simulator.calls import HONEST, Planned, together
from sekisho.lab.simulator.countries import Countries, load_countries
from sekisho.lab.simulator.days import Calendar, make_calendar
from sekisho.lab.simulator.finishing import finish
from sekisho.lab.simulator.habitual import callbacks, calls_at_home, habitual_tasks
from sekisho.lab.simulator.lines import Lines, draw_lines
from sekisho.lab.simulator.odd import odd_tasks
from sekisho.lab.simulator.tasks import all_tasks, expand
from sekisho.lab.simulator.turns import turn_tasks
from sekisho.lab.simulator.world import World, draw_world

_WITH_REDIALS = 1.08  # domestic calls out for one that was meant
LEAST_LINES = 100
LEAST_DAYS = QUIET_DAYS + 3


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """`calls` (tables.CALL_FIELDS, by start), `truth` (call_id, incident, kind), `lines` (line, segment), the world."""

    calls: pa.Table
    truth: pa.Table
    lines: pa.Table
    world: World


def _silent(_rows: int) -> None:
    """Nobody wants to know."""


def simulate(
    seed: int,
    lines: int,
    days: int,
    incidents: int,
    first_day_ms: int,
    kinds: tuple[str, ...] = KINDS,
    tell: Callable[[int], None] = _silent,
) -> Simulation:
    """The calls of `lines` lines on `days` days from `first_day_ms` (a Japanese midnight), the same for the same seed.

    `incidents` of each of `kinds` begin after the first week; no kinds, or no incidents: honest traffic only. `tell` is
    called with the rows just made. Raises BadSetting for lines, days, kinds or incidents that cannot be.
    """
    _check(lines, days, incidents, kinds)
    honest_seed, attack_seed, last_seed = np.random.SeedSequence(seed).spawn(3)
    rng, countries = np.random.default_rng(honest_seed), load_countries()
    world = draw_world(rng, countries)
    carrier = draw_lines(rng, world, lines)
    calendar = make_calendar(first_day_ms, days, world.off_hours)
    parts = honest_calls(rng, world, carrier, calendar, countries)
    scene = Scene(np.random.default_rng(attack_seed), world, countries, carrier, calendar)
    fraud = draw_incidents(scene, incidents, kinds if incidents else ())
    planned = together([*parts, *([fraud.calls] if fraud.calls is not None else [])])
    calls, rows = finish(np.random.default_rng(last_seed), carrier, planned, first_day_ms, calendar.end_ms, tell)
    return Simulation(calls, _truth(calls, planned.incident[rows], fraud), _line_table(carrier), world)


def _check(lines: int, days: int, incidents: int, kinds: tuple[str, ...]) -> None:
    if lines < LEAST_LINES:
        raise BadSetting(f"{lines} lines are too few for a carrier; take {LEAST_LINES} or more")
    if days < LEAST_DAYS:
        raise BadSetting(
            f"{days} days are too few: the first {QUIET_DAYS} are free of attacks; take {LEAST_DAYS} or more"
        )
    if incidents < 0:
        raise BadSetting(f"{incidents} incidents cannot be; take 0 or more")
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise BadSetting(f"{unknown[0]}: there is no such kind; use {', '.join(KINDS)}")


def honest_calls(
    rng: np.random.Generator, world: World, lines: Lines, calendar: Calendar, countries: Countries
) -> list[Planned]:
    """Calls abroad, then domestic ones, out and in, in the shares that the world wants."""
    tasks = [
        habitual_tasks(rng, world, lines, calendar),
        *turn_tasks(rng, world, lines, calendar, countries),
        *odd_tasks(rng, world, lines, calendar),
    ]
    abroad = expand(rng, world, countries, all_tasks(tasks))
    at_home = int(abroad.abroad.sum()) * (1 / world.international_share - 1)
    incoming = (len(abroad) + at_home) * world.incoming_share
    parts = [abroad, callbacks(rng, world, abroad)]
    for wanted, direction in ((at_home - incoming, False), (incoming, True)):
        own = float((lines.incoming if direction else lines.out).sum()) * calendar.days * 0.75
        parts.append(
            calls_at_home(
                rng, world, lines, calendar, wanted / own / (1.0 if direction else _WITH_REDIALS), incoming=direction
            )
        )
    return parts


def _truth(calls: pa.Table, incident: np.ndarray, fraud: Incidents) -> pa.Table:
    """One row a fraudulent call, in the order of the calls."""
    rows = np.flatnonzero(incident != HONEST)
    of = incident[rows]
    return pa.table(
        {
            "call_id": calls.column("call_id").take(pa.array(rows)).combine_chunks(),
            "incident": pa.array(np.array(fraud.names, object)[of] if len(of) else [], pa.string()),
            "kind": pa.array(np.array(fraud.kinds, object)[of] if len(of) else [], pa.string()),
        }
    )


def _line_table(lines: Lines) -> pa.Table:
    segments = np.array([kind.name.lower() for kind in Archetype], object)[lines.archetype]
    return pa.table({"line": text_column(lines.text), "segment": pa.array(segments, pa.string())})
