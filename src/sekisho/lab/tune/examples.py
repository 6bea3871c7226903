"""From a traced backtest and the truth beside it to examples for training, and to honest maxima for thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sekisho.core.terms.instants import DAY_MS, JST_OFFSET_MS, NEVER, SECOND_MS
from sekisho.core.units import charge_of, price_at
from sekisho.core.watch.state import Records
from sekisho.lab.backtest import Backtest
from sekisho.lab.bars import BAR_MS
from sekisho.lab.tune.training import LINE_OF, Examples
from sekisho.lab.tune.weighing import HONEST, order_of_incidents

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int8]

BLOCK_MS: Final = BAR_MS
MOST_BLOCKS: Final = 64  # the last one holds the rest
SHADOW_MS: Final = DAY_MS  # so long after a thief his line's honest calls are not looked at: a bar is still his doing


@dataclass(frozen=True, slots=True)
class Traced:
    """One entry a row of traces: the examples, the instant, the segment of its line, the score without a scorecard.

    `line_days`: line << LINE_OF | day of every honest call abroad, once each and ascending, whether it left a trace or
    not (an old habit leaves none). `named`: (incident, kind) of each incident number of the examples. An incident on
    several lines is one on each, for a hold on one line does not stop it on another; and one in each time of BLOCK_MS,
    for a hold ends.
    """

    examples: Examples
    at: I64
    segment: I8
    free: F64
    line_days: I64
    named: list[tuple[str, str]]


def _labels(run: Backtest, truth: Mapping[str, tuple[str, str]]) -> tuple[I64, list[tuple[str, str]]]:
    """For each call the number of its incident, line and block (-1: honest), and what each number stands for."""
    fraud = np.full(run.calls.size, HONEST, np.int64)
    if not truth:
        return fraud, []
    ids = list(truth)
    names = {pair: index for index, pair in enumerate(sorted(set(truth.values())))}
    code = np.array([names[truth[call_id]] for call_id in ids], np.int64)
    place = pc.index_in(run.call_ids, value_set=pa.array(ids)).to_numpy().astype(np.float64)
    found = np.flatnonzero(~np.isnan(place))
    code = code[place[found].astype(np.int64)]
    start = run.calls["start"][found]
    distinct, of_line = np.unique(code << LINE_OF | run.calls["line"][found], return_inverse=True)
    first = np.full(distinct.size, start.max(initial=0))
    np.minimum.at(first, of_line, start)
    block = np.minimum((start - first[of_line]) // BLOCK_MS, MOST_BLOCKS - 1)
    blocks, fraud[found] = np.unique(of_line * MOST_BLOCKS + block, return_inverse=True)
    by_code = list(names)
    return fraud, [by_code[int(distinct[each // MOST_BLOCKS]) >> LINE_OF] for each in blocks]


@njit(cache=True)
def _cost_at(calls: Any, prices: Any, first_call: Any, at: Any, first_event: Any, into: Any) -> None:
    """For each incident, at each of its events, the milli-yen it costs if its line is held then.

    `calls` are those of all incidents, each incident's in order of their start; `first_call`, `first_event`: where each
    incident's begin. A call that is cut costs what one second more would (scoring.py).
    """
    running = np.empty(calls.size, np.int64)
    for incident in range(first_event.size - 1):
        over, count, next_call = 0, 0, first_call[incident]
        for event in range(first_event[incident], first_event[incident + 1]):
            now = at[event]
            while next_call < first_call[incident + 1] and calls[next_call].start < now:
                running[count] = next_call
                count += 1
                next_call += 1
            cost, index = 0, 0
            while index < count:
                call = calls[running[index]]
                if call.end != NEVER and call.end <= now:
                    over += call.charge
                    count -= 1
                    running[index] = running[count]
                    continue
                talk = now + SECOND_MS - call.answer if call.answer != NEVER else -1
                if talk >= 0:
                    cost += min(call.charge, charge_of(price_at(prices, call.rate), talk))
                index += 1
            into[event] = over + cost


def _by_incident(incident: I64, start: I64) -> tuple[I64, I64]:
    """Rows of all incidents, each incident's by `start`; where each begins, the end last."""
    rows = np.flatnonzero(incident != HONEST)
    rows = rows[np.lexsort((start[rows], incident[rows]))]
    begins = np.flatnonzero(np.diff(incident[rows], prepend=HONEST))
    return rows, np.append(begins, rows.size).astype(np.int64)


def yen_until_next(calls: Records, fraud: I64, incident: I64, at: I64, prices: I64) -> F64:
    """For each row of traces what its incident goes on to cost until its next row, in yen; 0 for honest rows.

    `fraud`: the incident of each call; `incident`, `at`: of each row of traces, in order of time within an incident.
    An incident whose calls left no trace is not counted: nothing can stop it.
    """
    yen = np.zeros(incident.size, np.float64)
    rows, first_event = order_of_incidents(incident)
    if rows.size == 0:
        return yen
    seen = np.isin(fraud, np.unique(incident[rows]))
    mine, first_call = _by_incident(np.where(seen, fraud, HONEST), calls["start"])
    cost = np.zeros(rows.size, np.int64)
    _cost_at(calls[mine], prices, first_call, at[rows], first_event, cost)
    total = np.add.reduceat(calls["charge"][mine], first_call[:-1])
    after = np.append(cost[1:], 0)
    after[first_event[1:] - 1] = total
    yen[rows] = np.maximum(after - cost, 0) / 1_000.0
    return yen


def _in_shadow(calls: Records, fraud: I64, line: I64, at: I64) -> npt.NDArray[np.bool_]:
    """Which rows of traces fall into the time from a thief's first call on their line to SHADOW_MS after his last."""
    mine, first = _by_incident(fraud, calls["start"])
    if mine.size == 0:
        return np.zeros(line.size, np.bool_)
    begun = calls["start"][mine][first[:-1]]
    ended = np.maximum.reduceat(np.maximum(calls["end"][mine], calls["start"][mine]), first[:-1]) + SHADOW_MS
    robbed = calls["line"][mine][first[:-1]].astype(np.int64)
    order = np.argsort(line, kind="stable")
    shadow = np.zeros(line.size, np.bool_)
    left, right = np.searchsorted(line[order], robbed), np.searchsorted(line[order], robbed, side="right")
    for index in range(robbed.size):
        rows = order[left[index] : right[index]]
        shadow[rows] |= (at[rows] >= begun[index]) & (at[rows] <= ended[index])
    return shadow


def traced(run: Backtest, truth: Mapping[str, tuple[str, str]], prices: I64) -> Traced:
    """The rows of `run.traces` as examples; `truth` and `prices` as in scoring.score.

    Honest rows in a thief's shadow are left out, and those before the first thief: a time in which there could be none
    would teach that lines not yet seen for long are safe.
    """
    traces = run.traces
    at, line = traces["at"].astype(np.int64), traces["line"].astype(np.int64)
    call = np.searchsorted(run.calls["handle"], traces["row"])
    fraud, named = _labels(run, truth)
    incident = fraud[call]
    first = run.calls["start"][fraud != HONEST].min(initial=np.iinfo(np.int64).max) if truth else NEVER
    kept = np.flatnonzero((incident != HONEST) | (~_in_shadow(run.calls, fraud, line, at) & (at >= first)))
    days = _honest_days(run.calls, fraud, first)
    at, line, incident = at[kept], line[kept], incident[kept]
    examples = Examples(
        np.ascontiguousarray(traces["features"][kept]),
        incident,
        yen_until_next(run.calls, fraud, incident, at, prices),
        line << LINE_OF | (at + JST_OFFSET_MS) // DAY_MS,
    )
    return Traced(examples, at, traces["segment"][kept], traces["free"][kept].astype(np.float64), days, named)


def _honest_days(calls: Records, fraud: I64, first: int) -> I64:
    """`Traced.line_days` of calls that begin at `first` or later, outside every thief's shadow."""
    abroad = np.flatnonzero((calls["international"] == 1) & (calls["outgoing"] == 1) & (fraud == HONEST))
    line, start = calls["line"][abroad].astype(np.int64), calls["start"][abroad]
    plain = ~_in_shadow(calls, fraud, line, start) & (start >= first)
    return np.unique(line[plain] << LINE_OF | (start[plain] + JST_OFFSET_MS) // DAY_MS)


@njit(cache=True)
def _spells(line: Any, at: Any, into: Any) -> None:
    """Number the times of BLOCK_MS of each line, each from its first event on; rows are by line, then instant."""
    spell, begun = -1, 0
    for row in range(line.size):
        if row == 0 or line[row] != line[row - 1] or at[row] >= begun + BLOCK_MS:
            spell += 1
            begun = at[row]
        into[row] = spell


def honest_maxima(of: Traced, score: F64, rows: I64 | None = None) -> tuple[dict[int, F64], dict[int, int]]:
    """By segment: the highest scores of honest lines, and how many line-days there are.

    An ask or a hold lasts BLOCK_MS, so a line-day can be disturbed more than once: there is one highest score for each
    time so long, beginning with the line's first event. `rows`: only these rows of the traces and their lines, else
    all. A line-day counts in the segment in which its line was last judged.
    """
    chosen = np.arange(of.segment.size) if rows is None else rows
    chosen = chosen[of.examples.incident[chosen] == HONEST]
    days = _days_by_segment(of, chosen)
    maxima = {}
    for segment in np.unique(of.segment).tolist():
        mine = chosen[of.segment[chosen] == segment]
        line = of.examples.line_day[mine] >> LINE_OF
        mine = mine[np.lexsort((of.at[mine], line))]
        spell = np.zeros(mine.size, np.int64)
        _spells(of.examples.line_day[mine] >> LINE_OF, of.at[mine], spell)
        highest = np.full(int(spell[-1]) + 1 if mine.size else 0, -np.inf)
        np.maximum.at(highest, spell, score[mine])
        maxima[segment] = highest
    return maxima, {segment: days.get(segment, 0) for segment in maxima}


def _days_by_segment(of: Traced, chosen: I64) -> dict[int, int]:
    """How many honest line-days the lines of these rows have, by the segment of the last row before, else the next."""
    rows = chosen[np.lexsort((of.at[chosen], of.examples.line_day[chosen]))]
    keys = of.examples.line_day[rows]
    if keys.size == 0:
        return {}
    last = np.searchsorted(keys, of.line_days, side="right") - 1
    after = np.minimum(last + 1, keys.size - 1)
    line = of.line_days >> LINE_OF
    before = (last >= 0) & (keys[last] >> LINE_OF == line)
    found = before | (keys[after] >> LINE_OF == line)
    segment = of.segment[rows][np.where(before, last, after)][found]
    return {int(each): int(count) for each, count in zip(*np.unique(segment, return_counts=True), strict=True)}
