"""The figures of a score, kind by kind: what is printed, written as JSON and drawn.

A median or 90th percentile is the smallest value that at least half, or nine in ten, of the kind's incidents do not
exceed (nearest rank). An incident that was not caught has an endless delay: where the rank falls on one, there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from sekisho.core.terms.instants import SECOND_MS
from sekisho.core.terms.money import MILLIYEN
from sekisho.lab.scoring import Incident, Score

MEDIAN: Final = 0.5
P90: Final = 0.9
ALL_KINDS: Final = "all"


@dataclass(frozen=True, slots=True)
class Ranks:
    """Median and 90th percentile; None: no value stands there."""

    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Kind:
    """The incidents of one kind: money in milli-yen, delays in ms."""

    name: str
    incidents: int
    caught: int
    calls: int
    at_stake: int
    lost: int
    lost_each: Ranks
    calls_before: Ranks
    delay_ms: Ranks

    @property
    def lost_share(self) -> float:
        """Lost of what was at stake, 0 to 1; 0 where nothing was."""
        return self.lost / self.at_stake if self.at_stake else 0.0


def ranks(values: Sequence[float | None]) -> Ranks:
    """Median and 90th percentile by nearest rank; None among the values is greater than all."""
    if not values:
        return Ranks(None, None)
    ordered = np.array([np.inf if value is None else value for value in values], np.float64)
    found = [float(np.quantile(ordered, rank, method="inverted_cdf")) for rank in (MEDIAN, P90)]
    return Ranks(*(value if np.isfinite(value) else None for value in found))


def kind_of(name: str, incidents: Sequence[Incident]) -> Kind:
    """The figures of these incidents."""
    return Kind(
        name=name,
        incidents=len(incidents),
        caught=sum(incident.delay_ms is not None for incident in incidents),
        calls=sum(incident.calls for incident in incidents),
        at_stake=sum(incident.at_stake for incident in incidents),
        lost=sum(incident.lost for incident in incidents),
        lost_each=ranks([incident.lost for incident in incidents]),
        calls_before=ranks([incident.calls_before for incident in incidents]),
        delay_ms=ranks([incident.delay_ms for incident in incidents]),
    )


def kinds_of(score: Score) -> list[Kind]:
    """One entry a kind, by name."""
    names = sorted({incident.kind for incident in score.incidents})
    return [kind_of(name, [each for each in score.incidents if each.kind == name]) for name in names]


def overall(score: Score) -> Kind:
    """All incidents as one kind, `all`."""
    return kind_of(ALL_KINDS, score.incidents)


def _yen(milliyen: float | None) -> float | None:
    return None if milliyen is None else milliyen / MILLIYEN


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / SECOND_MS


def kind_figures(kind: Kind) -> dict[str, Any]:
    """A kind for JSON: money in yen, times in seconds."""
    return {
        "kind": kind.name,
        "incidents": kind.incidents,
        "caught": kind.caught,
        "calls": kind.calls,
        "at_stake_yen": _yen(kind.at_stake),
        "lost_yen": _yen(kind.lost),
        "lost_share": kind.lost_share,
        "lost_each_yen": {"median": _yen(kind.lost_each.median), "p90": _yen(kind.lost_each.p90)},
        "calls_before": asdict(kind.calls_before),
        "delay_s": {"median": _seconds(kind.delay_ms.median), "p90": _seconds(kind.delay_ms.p90)},
    }


def score_figures(score: Score, *, incidents: bool = False) -> dict[str, Any]:
    """A score for JSON: money in yen, times in seconds; `incidents`: each of them too."""
    told: dict[str, Any] = {
        "at_stake_yen": _yen(score.at_stake),
        "lost_yen": _yen(score.lost),
        "lost_share": score.lost_share,
        "line_days": score.line_days,
        "asks": score.asks,
        "holds": score.holds,
        "false_asks": score.false_asks,
        "false_holds": score.false_holds,
        "false_asks_per_million": score.per_million(score.false_asks),
        "false_holds_per_million": score.per_million(score.false_holds),
        "honest_elsewhere": asdict(score.elsewhere),
        "honest_on_victim_lines": asdict(score.on_victims),
        "truth_calls_missing": score.missing,
        "all": kind_figures(overall(score)),
        "kinds": [kind_figures(kind) for kind in kinds_of(score)],
    }
    if incidents:
        told["incidents"] = [
            {
                "incident": each.name,
                "kind": each.kind,
                "calls": each.calls,
                "calls_before": each.calls_before,
                "calls_through": each.through,
                "at_stake_yen": _yen(each.at_stake),
                "lost_yen": _yen(each.lost),
                "delay_s": _seconds(each.delay_ms),
            }
            for each in score.incidents
        ]
    return told
