"""What a backtest's verdicts were worth, where the truth about the calls is known (DESIGN §10, `--truth`).

How a bar stops a call stands in `stopping.py`. Other tools' rules are scored by the very same `worth`. The figures are
explained, with a worked table, in docs/lab/backtest.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.call import Action
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS
from sekisho.core.watch.state import Records
from sekisho.lab.backtest import Backtest
from sekisho.lab.bars import Bars, bars_of
from sekisho.lab.stopping import NEVER, Stopped, noticed, stopped
from sekisho.lab.truth import HONEST, Truth

AFTERMATH_MS: Final = 24 * HOUR_MS  # a bar so long after an incident's last call is still its doing
ASK, HOLD = int(Action.ASK), int(Action.HOLD)
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as it went: milli-yen at stake and lost, calls before the bar, delay in ms (None: not caught).

    It is caught by the first bar, on one of its lines and within whose scope it calls, that is in force at one of its
    calls, or comes behind one and no later than a day after its last. `through`: its calls that no bar stopped or cut.
    """

    name: str
    kind: str
    calls: int
    at_stake: int
    lost: int
    calls_before: int
    delay_ms: int | None
    through: int = 0


@dataclass(frozen=True, slots=True)
class Honest:
    """Honest international calls, and how many a hold blocked as they began, a hold cut, or an ask asked."""

    calls: int = 0
    blocked: int = 0
    cut: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """All incidents, and what honest callers bore.

    False asks and holds are rows outside every incident's time; `line_days` are the honest international line-days
    they are measured by. `elsewhere`: honest calls of lines that no thief had, `on_victims`: of lines that one had.
    `missing`: calls of the truth that were not among the calls.
    """

    incidents: tuple[Incident, ...]
    false_holds: int
    false_asks: int
    line_days: int
    asks: int = 0
    holds: int = 0
    elsewhere: Honest = Honest()
    on_victims: Honest = Honest()
    missing: int = 0

    @property
    def at_stake(self) -> int:
        """Milli-yen the fraudulent calls cost if nobody stops them."""
        return sum(incident.at_stake for incident in self.incidents)

    @property
    def lost(self) -> int:
        """Milli-yen they cost with the verdicts."""
        return sum(incident.lost for incident in self.incidents)

    @property
    def lost_share(self) -> float:
        """Lost of what was at stake, 0 to 1; 0 where nothing was."""
        return self.lost / self.at_stake if self.at_stake else 0.0

    def per_million(self, count: int) -> float:
        """A count per million international line-days."""
        return 1e6 * count / self.line_days if self.line_days else 0.0


@dataclass(frozen=True, slots=True)
class Spans:
    """The time in which an incident ran on a line, one entry a pair of them; `of` is the entry of each call."""

    line: I64
    begun: I64
    ended: I64
    of: I64


@dataclass(frozen=True, slots=True)
class Labelled:
    """The calls of a run that bars can touch, or that the truth names, made ready once for many scores.

    `incident` is each call's (i32; HONEST: none); `fraud` the places of those that have one, `honest` those of honest
    international calls, and `on_victim` which of the latter are on a line that a thief had.
    """

    calls: Records
    incident: I32
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    missing: int
    lines: int
    line_days: int
    fraud: I64
    honest: I64
    on_victim: Flags
    spans: Spans


def labelled(run: Backtest, truth: Truth) -> Labelled:
    """The calls of a run beside the truth about them."""
    labels, missing = truth.labels(run.call_ids)
    abroad = (run.calls["international"] == 1) & (run.calls["outgoing"] == 1)
    rows = np.flatnonzero(abroad | (labels != HONEST))
    calls, incident = run.calls[rows], labels[rows]
    fraud, honest = np.flatnonzero(incident != HONEST), np.flatnonzero(incident == HONEST)
    lines = 1 + max(int(run.calls["line"].max(initial=-1)), int(run.verdict_lines.max(initial=-1)))
    victims = np.zeros(lines, np.bool_)
    victims[calls["line"][fraud]] = True
    return Labelled(
        calls=calls,
        incident=incident,
        names=truth.names,
        kinds=truth.kinds,
        missing=missing,
        lines=lines,
        line_days=_line_days(calls["line"][honest], calls["start"][honest]),
        fraud=fraud,
        honest=honest,
        on_victim=victims[calls["line"][honest]],
        spans=_spans(calls[fraud], incident[fraud]),
    )


def score(run: Backtest, truth: Truth, prices: I64) -> Score:
    """What `run` was worth against `truth`; `prices` are the tariff's, i64 [rate + 1, fields]."""
    return worth(labelled(run, truth), bars_of(run), prices)


def worth(told: Labelled, bars: Bars, prices: I64) -> Score:
    """What `bars` would have been worth on these calls."""
    stops = stopped(told.calls, bars, told.lines, prices)
    false = ~_belongs(bars, told.spans, told.lines)
    return Score(
        incidents=tuple(_incidents(told, stops, bars)),
        false_holds=int((false & (bars.action == HOLD)).sum()),
        false_asks=int((false & (bars.action == ASK)).sum()),
        line_days=told.line_days,
        asks=int((bars.action == ASK).sum()),
        holds=int((bars.action == HOLD).sum()),
        elsewhere=_honest(stops, told.honest[~told.on_victim]),
        on_victims=_honest(stops, told.honest[told.on_victim]),
        missing=told.missing,
    )


def _line_days(line: I32, start: I64) -> int:
    """Days (in Japan) of lines on which one of these calls began."""
    days = np.sort(line.astype(np.int64) << 32 | (start + JST_OFFSET_MS) // DAY_MS)
    return min(1, days.size) + int((days[1:] != days[:-1]).sum())


def _honest(stops: Stopped, which: I64) -> Honest:
    begun, during = stops.begun[which], stops.during[which]
    blocked = begun == HOLD
    cut = ~blocked & (during == HOLD)
    asked = ~blocked & ~cut & ((begun == ASK) | (during == ASK))
    return Honest(which.size, int(blocked.sum()), int(cut.sum()), int(asked.sum()))


def _spans(calls: Records, labels: I32) -> Spans:
    keys, of = np.unique(labels.astype(np.int64) << 32 | calls["line"], return_inverse=True)
    begun, ended = np.full(keys.size, NEVER, np.int64), np.zeros(keys.size, np.int64)
    np.minimum.at(begun, of, calls["start"])
    np.maximum.at(ended, of, np.maximum(calls["end"], calls["start"]))
    return Spans(keys & 0xFFFF_FFFF, begun, ended, of)


def _belongs(bars: Bars, spans: Spans, lines: int) -> Flags:
    """Which bars lie in the time of an incident of their line, or in a day after it."""
    belongs = np.zeros(bars.at.size, np.bool_)
    first = bars.of_lines(lines)
    for line, begun, ended in zip(spans.line.tolist(), spans.begun.tolist(), spans.ended.tolist(), strict=True):
        mine = bars.at[first[line] : first[line + 1]]
        low, high = np.searchsorted(mine, begun), np.searchsorted(mine, ended + AFTERMATH_MS, side="right")
        belongs[first[line] + low : first[line] + high] = True
    return belongs


def _incidents(told: Labelled, stops: Stopped, bars: Bars) -> Iterator[Incident]:
    """Every incident of which there are calls, in the truth's order."""
    calls, incident = told.calls[told.fraud], told.incident[told.fraud]
    noticed_at = noticed(calls, bars, told.lines, told.spans.ended[told.spans.of] + AFTERMATH_MS)
    stopped_at, cost = stops.stopped_at[told.fraud], stops.cost[told.fraud]
    caught_at = np.minimum(stopped_at, noticed_at)
    order = np.argsort(incident, kind="stable")
    edges = np.searchsorted(incident[order], np.arange(len(told.names) + 1))
    for place, (name, kind) in enumerate(zip(told.names, told.kinds, strict=True)):
        rows = order[edges[place] : edges[place + 1]]
        if rows.size == 0:
            continue
        begun, caught = calls["start"][rows], int(caught_at[rows].min())
        yield Incident(
            name=name,
            kind=kind,
            calls=rows.size,
            at_stake=int(calls["charge"][rows].sum()),
            lost=int(cost[rows].sum()),
            calls_before=int((begun < caught).sum()),
            delay_ms=caught - int(begun.min()) if caught < NEVER else None,
            through=int((stopped_at[rows] == NEVER).sum()),
        )
