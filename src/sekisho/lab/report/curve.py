"""Loss against false asks and holds: the backtest run again with all thresholds shifted, once for each setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sekisho.core.watch.policy import Policy
from sekisho.lab.backtest import Backtest
from sekisho.lab.kinds import score_figures
from sekisho.lab.scoring import Score

SHIFTS: Final = (-6.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 6.0)  # nats


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What the watch was worth with all its thresholds `shift` nats higher; 0: as it is set."""

    shift: float
    score: Score

    @property
    def false_per_million(self) -> float:
        """False asks and holds together per million international line-days."""
        return self.score.per_million(self.score.false_asks + self.score.false_holds)

    @property
    def false_holds_per_million(self) -> float:
        """False holds alone."""
        return self.score.per_million(self.score.false_holds)


def shifted(policy: Policy, nats: float) -> Policy:
    """The policy with the thresholds of its score `nats` higher, the rules on money as they are."""
    return replace(policy, alert_nats=policy.alert_nats + nats, threshold_shift=policy.threshold_shift + nats)


def curve_points(
    run_at: Callable[[float], Backtest], offsets: Sequence[float], worth_of: Callable[[Backtest], Score]
) -> list[CurvePoint]:
    """One point an offset, in their order: the backtest run at it (`run_at`), and what that was worth."""
    return [CurvePoint(offset, worth_of(run_at(offset))) for offset in sorted(offsets)]


def point_figures(point: CurvePoint) -> dict[str, Any]:
    """A point for JSON, without its kinds."""
    told = score_figures(point.score)
    kept = ("lost_share", "false_asks_per_million", "false_holds_per_million", "asks", "holds")
    return {"shift_nats": point.shift} | {name: told[name] for name in kept}
