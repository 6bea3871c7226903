"""Sixty days of honest calls, and what is missing to the first of a month, made from one seed.

It begins with a billing month, because the notice's rule compares whole months: a first month of a few days would make
every customer look as if he rang many times more in the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.tables import CALL_FIELDS, INSTANT, WORD
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, SECOND_MS, japanese_date, start_of_japanese_day
from sekisho.demo.callers import Caller, chosen, hourly
from sekisho.demo.cast import CastCompany
from sekisho.demo.habits import I64, japanese_hour

PIECE_DAYS: Final = 7
HIDDEN_SHARE: Final = 0.015  # of calls out: dialled with 184
UNANSWERED_SHARE: Final = 0.27  # FACTS §5: 20-35 %
MEAN_TALK_S: Final = 139.0  # FACTS §5
MEAN_TALK_ABROAD_S: Final = 210.0
TALK_SIGMA: Final = 1.2  # of the logarithm: many short calls, a few of an hour
LONGEST_TALK_S: Final = 2 * 3_600
ANSWERED_CAUSE: Final = 200
_CAUSES: Final = (487, 486, 480, 404)
_CAUSE_SHARES: Final = (0.5, 0.25, 0.18, 0.07)
SCHEMA: Final = pa.schema(CALL_FIELDS)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some days of one company's calls, to be one file: rows of CALLS without provenance, in order of start."""

    name: str
    calls: pa.Table


def history_begins(until_ms: int, days: int) -> int:
    """The first of the billing month in which the history's first day lies, when it ends at `until_ms`."""
    return start_of_japanese_day(japanese_date(until_ms - days * DAY_MS).replace(day=1))


def make_history(
    company: CastCompany, callers: tuple[Caller, ...], seed: int, until_ms: int, days: int
) -> Iterator[Piece]:
    """The calls of `company` from at least `days` days before `until_ms`, all over by then, a week a piece.

    The same arguments give the same calls.
    """
    begins = history_begins(until_ms, days)
    rng = np.random.default_rng([seed, *company.key.encode()])
    drawn = _drawn(rng, callers, begins, until_ms)
    calls = _table(rng, company, callers, drawn, until_ms)
    starts: I64 = np.asarray(calls.column("start").cast(pa.int64()).to_numpy(), np.int64)
    for first in range(begins, until_ms, PIECE_DAYS * DAY_MS):
        low, high = np.searchsorted(starts, (first, first + PIECE_DAYS * DAY_MS)).tolist()
        if high > low:
            yield Piece(f"{japanese_date(first):%Y%m%d}.parquet", calls.slice(low, high - low))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Who rings, when, and in which way, one entry a call, in order of start."""

    who: I64
    start: I64
    way: npt.NDArray[np.int8]  # index into _WAYS


_WAYS: Final = ("out", "incoming", "abroad")
_OUT, _IN, _ABROAD = range(3)


def _drawn(rng: np.random.Generator, callers: tuple[Caller, ...], begins: int, until: int) -> _Drawn:
    hours = (until - begins + HOUR_MS - 1) // HOUR_MS
    expected = hourly(callers, japanese_hour(begins), hours)
    who, start, way = [], [], []
    for place, name in enumerate(_WAYS):
        counts = rng.poisson(expected[name])
        line, hour = np.nonzero(counts)
        times = counts[line, hour]
        line, hour = np.repeat(line, times), np.repeat(hour, times)
        who.append(line)
        start.append(begins + hour * HOUR_MS + rng.integers(0, HOUR_MS, line.size))
        way.append(np.full(line.size, place, np.int8))
    starts = np.concatenate(start)
    order = np.argsort(starts, kind="stable")
    return _Drawn(np.concatenate(who)[order], starts[order], np.concatenate(way)[order])


def talk_seconds(rng: np.random.Generator, mean: float | npt.NDArray[np.float64], size: int) -> I64:
    """Long-tailed talk times of this mean, in milliseconds."""
    mu = np.log(mean) - TALK_SIGMA**2 / 2
    return np.asarray(np.clip(rng.lognormal(mu, TALK_SIGMA, size), 1, LONGEST_TALK_S) * SECOND_MS, np.int64)


def _table(
    rng: np.random.Generator, company: CastCompany, callers: tuple[Caller, ...], drawn: _Drawn, until: int
) -> pa.Table:
    size = drawn.who.size
    answered = rng.random(size) >= UNANSWERED_SHARE
    ring = (rng.gamma(2.0, np.where(answered, 4.0, 9.0)) * SECOND_MS).astype(np.int64) + SECOND_MS // 2
    mean = np.where(drawn.way == _ABROAD, MEAN_TALK_ABROAD_S, MEAN_TALK_S)
    talk = talk_seconds(rng, mean, size)
    answer = drawn.start + ring
    end = answer + np.where(answered, talk, 0)
    cause = np.where(answered, ANSWERED_CAUSE, rng.choice(_CAUSES, size, p=_CAUSE_SHARES)).astype(np.int16)
    names = rng.integers(0, 1 << 63, size)
    lines = pa.array([caller.line.national for caller in callers])
    columns = [
        pa.array([f"{name:016x}@{company.source}" for name in names.tolist()]),
        _word(np.zeros(size, np.int32), (company.source,)),
        _word((drawn.way == _IN).astype(np.int32), ("out", "in")),
        lines.take(pa.array(drawn.who)),
        _numbers(rng, callers, drawn),
        pa.array(drawn.start).cast(INSTANT),
        pa.array(answer, mask=~answered).cast(INSTANT),
        pa.array(end).cast(INSTANT),
        pa.array(cause),
        pa.nulls(size, pa.int64()),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA).filter(pa.array(end < until))


def _word(index: npt.NDArray[np.int32], names: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(names)).cast(WORD)


def _numbers(rng: np.random.Generator, callers: tuple[Caller, ...], drawn: _Drawn) -> pa.Array:
    """The other party of every call: out of the lists of the line, each list a stretch of one long array."""
    hidden = (rng.random(drawn.who.size) < HIDDEN_SHARE) & (drawn.way != _IN)
    texts: list[str] = []
    place = np.zeros(drawn.who.size, np.int64)
    order = np.lexsort((drawn.way, drawn.who))
    bounds = np.flatnonzero(np.diff(drawn.who[order] * len(_WAYS) + drawn.way[order])) + 1
    for rows in np.split(order, bounds):
        if rows.size == 0:
            continue
        caller = callers[drawn.who[rows[0]]]
        mine = (caller.numbers, caller.ringing_it, caller.numbers_abroad)[drawn.way[rows[0]]]
        place[rows] = len(texts) + chosen(rng, rows.size, len(mine))
        texts.extend(mine)
    shown, count = pa.array(texts), len(texts)
    dialled = pa.concat_arrays([shown, pa.array([f"184{text}" for text in texts])])
    return dialled.take(pa.array(place + count * hidden))
