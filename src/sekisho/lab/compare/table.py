"""The comparison: every rule on the calls of one backtest, scored alike, the watch itself among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.instants import SECOND_MS
from sekisho.core.watch.state import Records
from sekisho.lab.backtest import Backtest
from sekisho.lab.bars import Bars
from sekisho.lab.compare import daily_cap, daily_look, new_country, nothing, opensips_limits
from sekisho.lab.kinds import overall, score_figures
from sekisho.lab.scoring import Score, worth
from sekisho.lab.truth import Truth

WATCH: Final = "sekisho"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the comparison: its name, what it is called, where it comes from, and its bars over given calls."""

    name: str
    ja: str
    en: str
    source: str
    bars: Callable[[Records], Bars]


@dataclass(frozen=True, slots=True)
class Compared:
    """A rule and what it was worth."""

    name: str
    ja: str
    en: str
    source: str
    score: Score

    @property
    def false_per_million(self) -> float:
        """False asks and holds together per million international line-days."""
        return self.score.per_million(self.score.false_asks + self.score.false_holds)

    @property
    def median_delay_s(self) -> float | None:
        """Over all incidents; None where more than half were not caught."""
        median = overall(self.score).delay_ms.median
        return None if median is None else median / SECOND_MS

    @property
    def honest_stopped(self) -> int:
        """Honest calls that a hold blocked or cut, on all lines."""
        parts = (self.score.elsewhere, self.score.on_victims)
        return sum(part.blocked + part.cut for part in parts)


def _cap(yen: int) -> Rule:
    return Rule(
        f"{daily_cap.NAME}-{yen}",
        daily_cap.JA.format(yen=yen),
        daily_cap.EN.format(yen=yen),
        daily_cap.SOURCE,
        partial(daily_cap.bars, cap_yen=yen),
    )


def rules() -> Iterator[Rule]:
    """All rules, in the order in which they are shown."""
    for module in (daily_look, new_country):
        yield Rule(module.NAME, module.JA, module.EN, module.SOURCE, module.bars)
    limits = opensips_limits
    yield Rule(limits.NAME, limits.JA, limits.EN, limits.SOURCE, limits.bars)
    everything = partial(limits.bars, all_international=True)
    yield Rule(limits.NAME_ALL, limits.JA_ALL, limits.EN_ALL, limits.SOURCE, everything)
    yield from map(_cap, daily_cap.CAPS_YEN)
    yield Rule(nothing.NAME, nothing.JA, nothing.EN, nothing.SOURCE, nothing.bars)


def compare(run: Backtest, own: Score, truth: Truth, prices: npt.NDArray[np.int64]) -> list[Compared]:
    """The watch (`own`, its score on `run`) and every rule on the same calls."""
    rows = [Compared(WATCH, "Sekisho", "Sekisho", "", own)]
    for rule in rules():
        scored = worth(run, rule.bars(run.calls), truth, prices)
        rows.append(Compared(rule.name, rule.ja, rule.en, rule.source, scored))
    return rows


def compared_figures(row: Compared) -> dict[str, Any]:
    """A row for JSON."""
    told = {"rule": row.name, "source": row.source, "false_per_million": row.false_per_million}
    return told | {"median_delay_s": row.median_delay_s, "score": score_figures(row.score)}
