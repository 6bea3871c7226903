"""The kinds of attack by name, who their victims are, and the incidents of a period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from sekisho.core.terms.errors import BadSetting
from sekisho.lab.simulator.archetypes import Archetype
from sekisho.lab.simulator.attacks import breadth, fanouts, floods, paths, probes, quiet
from sekisho.lab.simulator.attacks.scene import Scene
from sekisho.lab.simulator.calls import Planned, together
from sekisho.lab.simulator.chance import F64, I64

CAMPAIGN: Final = "campaign"
CAMPAIGN_LINES: Final = (6, 25)
_DAILY: Final = 5.0  # tasks abroad a week of a line that rings abroad daily
_WEEKLY: Final = 1.0
_CHANNELS: Final = {"wide": (8, 1_000), "weekend": (4, 1_000), "small-pbx": (4, 12)}

Attack = Callable[[Scene, int], Planned]
ATTACKS: Final[dict[str, Attack]] = {
    "flood": floods.flood,
    "blitz": floods.blitz,
    "wide": breadth.wide,
    "one-number": breadth.one_number,
    "weekend": fanouts.weekend,
    "small-pbx": fanouts.small_pbx,
    "small": fanouts.small,
    "probe-pump": probes.probe_pump,
    "sequence": probes.sequence,
    "slow": quiet.slow,
    "daytime": quiet.daytime,
    "hidden": quiet.hidden,
    "dial-through": paths.dial_through,
    "midnight": paths.midnight,
    "dialling": paths.dialling,
    "enumeration": probes.enumeration,
    "mimic": quiet.mimic,
}
KINDS: Final = (*ATTACKS, CAMPAIGN)
# Chosen first, for few lines will do.
_CHOOSY: Final = ("hidden", "daytime", "mimic", "blitz", "wide", "weekend", "small-pbx")


@dataclass(frozen=True, slots=True)
class Incidents:
    """Names and kinds of the incidents, and all their calls; `calls.incident` is a row of both."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    calls: Planned | None


def lines_needed(incidents: int, kinds: tuple[str, ...]) -> int:
    """Lines that so many incidents a kind can need."""
    each = len(kinds) - (CAMPAIGN in kinds) + (CAMPAIGN_LINES[1] if CAMPAIGN in kinds else 0)
    return incidents * each


def weights(scene: Scene, kind: str) -> F64:
    """How likely each line is a victim of a kind: any archetype; larger PBXs are found more often."""
    lines = scene.lines
    weight = lines.channels**0.6
    if kind == "hidden":
        centre = lines.archetype == Archetype.CALL_CENTRE
        return np.where(centre, 1e6, (lines.out + lines.incoming) ** 2)
    if kind in ("daytime", "mimic"):
        fits = lines.tasks >= (_DAILY if kind == "daytime" else _WEEKLY)
        if kind == "mimic":
            own = quiet.own_countries(scene.world, lines, np.arange(len(lines)))
            fits &= (scene.countries.yen[own] >= quiet.MIMIC_LEAST_YEN).any(axis=1)
        return np.where(fits, weight, weight * 1e-6 * (1 + lines.tasks))
    if kind == "blitz":
        return np.where(lines.channels >= 8, weight**2, weight * 0.01)
    least, most = _CHANNELS.get(kind, (1, 1_000))
    return np.where((lines.channels >= least) & (lines.channels <= most), weight, weight * 0.05)


def draw_incidents(scene: Scene, incidents: int, kinds: tuple[str, ...]) -> Incidents:
    """`incidents` of each kind, each on a line (a campaign: on lines) of its own. Raises BadSetting: too few lines."""
    need = lines_needed(incidents, kinds)
    if need > len(scene.lines):
        raise BadSetting(
            f"{incidents} incidents of {len(kinds)} kinds can need {need:,} lines; take --lines {need} or more"
        )
    free = np.ones(len(scene.lines), np.bool_)
    order = sorted(kinds, key=lambda kind: (kind not in _CHOOSY, KINDS.index(kind)))
    names: list[str] = []
    of_kind: list[str] = []
    parts: list[Planned] = []
    for kind in order:
        for number in range(1, incidents + 1):
            calls = _incident(scene, kind, free)
            calls.incident[:] = np.where(calls.outgoing, len(names), calls.incident)
            names.append(f"{kind}-{number:03d}")
            of_kind.append(kind)
            parts.append(calls)
    return Incidents(tuple(names), tuple(of_kind), together(parts) if parts else None)


def _incident(scene: Scene, kind: str, free: np.ndarray) -> Planned:
    count = int(scene.rng.integers(*CAMPAIGN_LINES)) if kind == CAMPAIGN else 1
    victims = _victims(scene, kind, free, count)
    return paths.campaign(scene, victims) if kind == CAMPAIGN else ATTACKS[kind](scene, int(victims[0]))


def _victims(scene: Scene, kind: str, free: np.ndarray, count: int) -> I64:
    """Lines for one incident; they are no longer free."""
    rows = np.flatnonzero(free)
    weight = weights(scene, kind)[rows]
    chosen = scene.rng.choice(rows, count, replace=False, p=weight / weight.sum())
    free[chosen] = False
    return chosen
