"""The comparison: every rule on the calls of one backtest, scored alike, the watch itself among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.instants import SECOND_MS
from sekisho.core.watch.state import Records
from sekisho.lab.bars import Bars
from sekisho.lab.compare import daily_cap, daily_look, new_country, nothing, opensips_limits
from sekisho.lab.kinds import overall, score_figures
from sekisho.lab.scoring import Labelled, Score, worth


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule is called, in a table and by people, and where it comes from."""

    name: str
    ja: str
    en: str
    source: str


WATCH: Final = Rule("sekisho", "Sekisho", "Sekisho", "")


@dataclass(frozen=True, slots=True)
class Compared:
    """A rule and what it was worth."""

    rule: Rule
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


def _ruled(calls: Records) -> Iterator[tuple[Rule, Bars]]:
    """Every rule in the order in which it is shown, with its bars over `calls`."""
    look, new = daily_look, new_country
    yield Rule(look.NAME, look.JA, look.EN, look.SOURCE), look.bars(calls)
    yield Rule(new.NAME, new.JA, new.EN, new.SOURCE), new.bars(calls)
    yield Rule(new.NAME_WEEK, new.JA_WEEK, new.EN_WEEK, new.SOURCE), new.bars(calls, new_days=new.LEARN_DAYS)
    limits, found = opensips_limits, opensips_limits.critical(calls)
    yield Rule(limits.NAME, limits.JA, limits.EN, limits.SOURCE), limits.bars(found)
    yield Rule(limits.NAME_ALL, limits.JA_ALL, limits.EN_ALL, limits.SOURCE), limits.bars(found, all_international=True)
    cap, spent = daily_cap, daily_cap.days(calls)
    for yen in cap.CAPS_YEN:
        named = Rule(f"{cap.NAME}-{yen}", cap.JA.format(yen=yen), cap.EN.format(yen=yen), cap.SOURCE)
        yield named, cap.bars(spent, yen)
    yield Rule(nothing.NAME, nothing.JA, nothing.EN, nothing.SOURCE), nothing.bars(calls)


def compare(calls: Records, own: Score, told: Labelled, prices: npt.NDArray[np.int64]) -> list[Compared]:
    """The watch (`own`) and every rule on the same calls: all `calls` of a run, and `told`, those labelled."""
    rules = [Compared(rule, worth(told, bars, prices)) for rule, bars in _ruled(calls)]
    return [Compared(WATCH, own), *rules]


def compared_figures(row: Compared) -> dict[str, Any]:
    """A row for JSON."""
    told = {"rule": row.rule.name, "source": row.rule.source, "false_per_million": row.false_per_million}
    return told | {"median_delay_s": row.median_delay_s, "score": score_figures(row.score)}
