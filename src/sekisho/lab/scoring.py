"""What a backtest's verdicts were worth, where the truth about the calls is known (DESIGN §10, `--truth`).

How a bar stops a call stands in `stopping.py`. Other tools' rules are scored by the very same `worth`. The figures are
explained, with a worked table, in docs/lab/backtest.md.
"""

from __future__ import annotations

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


def score(run: Backtest, truth: Truth, prices: I64) -> Score:
    """What `run` was worth against `truth`; `prices` are the tariff's, i64 [rate + 1, fields]."""
    return worth(run, bars_of(run), truth, prices)


def worth(run: Backtest, bars: Bars, truth: Truth, prices: I64) -> Score:
    """What `bars` would have been worth on the calls of `run`."""
    calls = run.calls
    labels, missing = truth.labels(run.call_ids)
    lines = 1 + max(int(calls["line"].max(initial=-1)), int(bars.line.max(initial=-1)))
    stops = stopped(calls, bars, lines, prices)
    fraud = np.flatnonzero(labels != HONEST)
    spans = _spans(calls[fraud], labels[fraud])
    incidents = _incidents(calls, fraud, labels, truth, stops, noticed(calls[fraud], bars, lines, _known(spans)))
    false = ~_belongs(bars, spans, lines)
    abroad = (calls["international"] == 1) & (calls["outgoing"] == 1) & (labels == HONEST)
    victims = np.zeros(lines, np.bool_)
    victims[calls["line"][fraud]] = True
    on_victim = victims[calls["line"]]
    return Score(
        incidents=tuple(incidents),
        false_holds=int((false & (bars.action == HOLD)).sum()),
        false_asks=int((false & (bars.action == ASK)).sum()),
        line_days=_line_days(calls[abroad]),
        asks=int((bars.action == ASK).sum()),
        holds=int((bars.action == HOLD).sum()),
        elsewhere=_honest(stops, abroad & ~on_victim),
        on_victims=_honest(stops, abroad & on_victim),
        missing=missing,
    )


def _line_days(calls: Records) -> int:
    """Days (in Japan) of lines on which one of these calls began."""
    days = calls["line"].astype(np.int64) << 32 | (calls["start"] + JST_OFFSET_MS) // DAY_MS
    return int(np.unique(days).size)


def _honest(stops: Stopped, which: Flags) -> Honest:
    begun, during = stops.begun[which], stops.during[which]
    blocked = begun == HOLD
    cut = ~blocked & (during == HOLD)
    asked = ~blocked & ~cut & ((begun == ASK) | (during == ASK))
    return Honest(int(which.sum()), int(blocked.sum()), int(cut.sum()), int(asked.sum()))


@dataclass(frozen=True, slots=True)
class _Spans:
    """The time in which an incident ran on a line, one entry a pair of them; `of` is the entry of each call."""

    line: I64
    begun: I64
    ended: I64
    of: I64


def _spans(calls: Records, labels: I32) -> _Spans:
    keys, of = np.unique(labels.astype(np.int64) << 32 | calls["line"], return_inverse=True)
    begun, ended = np.full(keys.size, NEVER, np.int64), np.zeros(keys.size, np.int64)
    np.minimum.at(begun, of, calls["start"])
    np.maximum.at(ended, of, np.maximum(calls["end"], calls["start"]))
    return _Spans(keys & 0xFFFF_FFFF, begun, ended, of)


def _known(spans: _Spans) -> I64:
    """Until when a bar is the doing of each call's incident."""
    return spans.ended[spans.of] + AFTERMATH_MS


def _belongs(bars: Bars, spans: _Spans, lines: int) -> Flags:
    """Which bars lie in the time of an incident of their line, or in a day after it."""
    belongs = np.zeros(bars.at.size, np.bool_)
    first = bars.of_lines(lines)
    for line, begun, ended in zip(spans.line.tolist(), spans.begun.tolist(), spans.ended.tolist(), strict=True):
        mine = bars.at[first[line] : first[line + 1]]
        low, high = np.searchsorted(mine, begun), np.searchsorted(mine, ended + AFTERMATH_MS, side="right")
        belongs[first[line] + low : first[line] + high] = True
    return belongs


def _incidents(
    calls: Records, fraud: I64, labels: I32, truth: Truth, stops: Stopped, noticed_at: I64
) -> list[Incident]:
    """Every incident of which there are calls, in the truth's order."""
    order = np.argsort(labels[fraud], kind="stable")
    edges = np.searchsorted(labels[fraud][order], np.arange(len(truth.names) + 1))
    caught_at = np.minimum(stops.stopped_at[fraud], noticed_at)
    incidents = []
    for place, (name, kind) in enumerate(zip(truth.names, truth.kinds, strict=True)):
        members = order[edges[place] : edges[place + 1]]
        if members.size == 0:
            continue
        rows = fraud[members]
        begun, caught = calls["start"][rows], int(caught_at[members].min())
        incidents.append(
            Incident(
                name=name,
                kind=kind,
                calls=rows.size,
                at_stake=int(calls["charge"][rows].sum()),
                lost=int(stops.cost[rows].sum()),
                calls_before=int((begun < caught).sum()),
                delay_ms=caught - int(begun.min()) if caught < NEVER else None,
                through=int((stops.stopped_at[rows] == NEVER).sum()),
            )
        )
    return incidents
