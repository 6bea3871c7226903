"""A made-up carrier's honest calls for the benchmarks: the same seed gives the same calls, millions in seconds.

It has the shape that costs work: many lines with few calls and few lines with many, contacts called again and again,
Japanese office hours, long tails of talk, every dialling form. It holds no fraud; the lab's simulator makes thieves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.bench.dialled import numbers_dialled, subscriber_lines
from sekisho.core.tables import CALL_FIELDS, INSTANT
from sekisho.core.terms.instants import HOUR_MS, JST_OFFSET_MS, SECOND_MS
from sekisho.lab.simulator.byte_rows import Rows, Words, mixed, rows_of, text_column, uuid_rows
from sekisho.lab.simulator.call_files import write_csv, write_parquet

__all__ = ["make_calls", "write_csv", "write_parquet"]

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CHUNK: Final = 1 << 18  # rows of text built or written at once: the bytes stay in the cache, the memory small

MEAN_TALK_S: Final = 139.0  # FACTS §5
TALK_SIGMA: Final = 1.3  # log-normal: half of the calls are shorter than 60 s, one in 6,000 is longer than 2 h
LONGEST_TALK_MS: Final = 6 * HOUR_MS
UNANSWERED_SHARE: Final = 0.27  # FACTS §5: 20-35 %
INCOMING_SHARE: Final = 0.10
INTERNATIONAL_SHARE: Final = 0.155  # of all calls
ANONYMOUS_SHARE: Final = 0.10  # of incoming calls: no caller number
LINES_ABROAD: Final = 0.30  # lines that make all the international calls
OFFICES: Final = 0.65
PLUS_FORM_LINES: Final = 0.05  # lines whose switch writes +81…

SOURCES: Final = ("sbc-east-1", "sbc-east-2", "sbc-west-1")
SOURCE_OF_LINES: Final = (0.45, 0.25, 0.30)
SOURCE_WITH_TALK: Final = 2  # this one writes its own charged duration, in whole seconds

ANSWERED_CAUSE: Final = 200
UNANSWERED_CAUSES: Final = ((487, 0.42), (486, 0.25), (480, 0.16), (404, 0.08), (408, 0.05), (503, 0.02), (603, 0.02))

# Relative traffic by hour of the Japanese day (FACTS §5: plateaus 9-12 and 13-18) and by weekday, Monday first.
OFFICE_HOURS: Final = (1, 1, 1, 1, 1, 2, 4, 12, 40, 100, 100, 98, 60, 96, 100, 98, 96, 88, 50, 26, 14, 8, 4, 2)
OFFICE_WEEK: Final = (1.05, 1.0, 1.0, 1.0, 1.05, 0.25, 0.12)
HOME_HOURS: Final = (4, 2, 1, 1, 1, 2, 8, 22, 40, 60, 66, 62, 56, 54, 54, 56, 62, 76, 92, 100, 92, 70, 38, 14)
HOME_WEEK: Final = (0.95, 0.92, 0.92, 0.95, 1.0, 1.15, 1.2)
_EPOCH_WEEKDAY: Final = 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True)
class Subscribers:
    """The lines, one entry each: text as u8[n, 13], where it stands, weight, office or home, share abroad, source."""

    text: Rows
    area: npt.NDArray[np.int8]
    weight: F64
    office: Flags
    abroad: F64
    source: npt.NDArray[np.int32]


def make_calls(rng: np.random.Generator, calls: int, lines: int, start_ms: int, days: int) -> pa.Table:
    """`calls` rows of CALLS without provenance, in order of start, from `lines` lines over `days` days.

    `start_ms` is the first instant (best a Japanese midnight). All call_ids are distinct; where `calls` ≥ `lines` every
    line has a call. Times hold milliseconds.
    """
    subscribers = _subscribers(rng, lines)
    who, start = _who_and_when(rng, subscribers, calls, start_ms, days)
    incoming = rng.random(calls) < INCOMING_SHARE
    abroad = ~incoming & (rng.random(calls) < subscribers.abroad[who])
    answered = rng.random(calls) >= UNANSWERED_SHARE
    ring = (rng.gamma(2.0, np.where(answered, 4.0, 9.0)) * SECOND_MS).astype(np.int64) + 500
    mu = np.log(MEAN_TALK_S) - TALK_SIGMA**2 / 2
    talk = np.clip(rng.lognormal(mu, TALK_SIGMA, calls) * SECOND_MS, SECOND_MS, LONGEST_TALK_MS).astype(np.int64)
    source = subscribers.source[who]
    talk_known = answered & (source == SOURCE_WITH_TALK)
    columns = [
        _call_ids(rng, calls),
        _words(source, SOURCES),
        _words(incoming.astype(np.int32), ("out", "in")),
        _in_chunks(calls, lambda part: subscribers.text[who[part]]),
        _numbers(rng, subscribers, who, incoming, abroad),
        pa.array(start).cast(INSTANT),
        pa.array(start + ring, mask=~answered).cast(INSTANT),
        pa.array(start + ring + np.where(answered, talk, 0)).cast(INSTANT),
        pa.array(np.where(answered, ANSWERED_CAUSE, _causes(rng, calls)).astype(np.int16)),
        pa.array((talk + SECOND_MS // 2) // SECOND_MS * SECOND_MS, mask=~talk_known),
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema(CALL_FIELDS))


def _subscribers(rng: np.random.Generator, lines: int) -> Subscribers:
    national, area = subscriber_lines(rng, lines)
    plus = rng.random(lines) < PLUS_FORM_LINES
    text = np.zeros((lines, 3 + national.shape[1]), np.uint8)
    text[:, 3:] = national
    text[plus, :4] = rows_of(["+81"], 4)  # the zero byte drops the trunk prefix 0
    weight = rng.lognormal(0.0, 1.2, lines)
    weight /= weight.sum()
    abroad = np.where(rng.random(lines) < LINES_ABROAD, rng.beta(2.0, 1.5, lines), 0.0)
    wanted = INTERNATIONAL_SHARE / (1 - INCOMING_SHARE)
    abroad = np.minimum(abroad * (wanted / max(float(abroad @ weight), 1e-9)), 0.97)
    return Subscribers(
        text=text,
        area=area,
        weight=weight,
        office=rng.random(lines) < OFFICES,
        abroad=abroad,
        source=rng.choice(len(SOURCES), lines, p=SOURCE_OF_LINES).astype(np.int32),
    )


def _who_and_when(
    rng: np.random.Generator, subscribers: Subscribers, calls: int, start_ms: int, days: int
) -> tuple[I64, I64]:
    """The line and the start of each call, in order of start."""
    lines = len(subscribers.weight)
    once = 1 if calls >= lines else 0
    counts = rng.multinomial(calls - once * lines, subscribers.weight) + once
    who = np.repeat(np.arange(lines), counts)
    office = subscribers.office[who]
    hour = np.empty(calls, np.int64)
    for kind, hours, week in ((True, OFFICE_HOURS, OFFICE_WEEK), (False, HOME_HOURS, HOME_WEEK)):
        steps = _steps(start_ms, days, hours, week)
        mine = office == kind
        hour[mine] = np.searchsorted(steps, rng.random(int(mine.sum())), side="right")
    hour = np.minimum(hour, days * 24 - 1)
    start = start_ms + hour * HOUR_MS + rng.integers(0, HOUR_MS, calls)
    order = np.argsort(start, kind="stable")
    return who[order], start[order]


def _steps(start_ms: int, days: int, hours: tuple[int, ...], week: tuple[float, ...]) -> F64:
    """Cumulative share of traffic up to the end of each hour of the period."""
    japanese_hour = (start_ms + JST_OFFSET_MS) // HOUR_MS + np.arange(days * 24)
    weekday = (japanese_hour // 24 + _EPOCH_WEEKDAY) % 7
    weight = np.array(hours, np.float64)[japanese_hour % 24] * np.array(week)[weekday]
    return np.asarray(np.cumsum(weight / weight.sum()), np.float64)


def _numbers(
    rng: np.random.Generator, subscribers: Subscribers, who: I64, incoming: Flags, abroad: Flags
) -> pa.ChunkedArray:
    """The other party: a line has favourite contacts and ever new ones; contacts abroad share few countries."""
    salt = rng.integers(0, 1 << 62, dtype=np.uint64)
    rank = np.minimum(rng.random(len(who)) ** -0.7 - 1, 50_000).astype(np.uint64)
    anonymous = incoming & (rng.random(len(who)) < ANONYMOUS_SHARE)

    def build(part: slice) -> Rows:
        owner = mixed(who[part].astype(np.uint64) ^ salt) << np.uint64(17)
        contact: Words = owner + rank[part] * np.uint64(2) + abroad[part]
        rows = numbers_dialled(contact, owner + rank[part] // np.uint64(4), abroad[part], subscribers.area[who[part]])
        callers = incoming[part]
        if callers.any():
            caller = contact[callers]
            nowhere = np.zeros(len(caller), np.bool_)
            rows[callers] = numbers_dialled(caller, caller, nowhere, np.zeros(len(caller), np.int8), plain=True)
        rows[anonymous[part]] = 0
        return rows

    return _in_chunks(len(who), build)


def _call_ids(rng: np.random.Generator, calls: int) -> pa.ChunkedArray:
    """Distinct by construction: one half is the row's index, mixed one to one."""
    salt = rng.integers(0, 1 << 62, dtype=np.uint64)
    low = rng.integers(0, 1 << 64, calls, dtype=np.uint64)
    high = mixed(np.arange(calls, dtype=np.uint64) + salt)
    return _in_chunks(calls, lambda part: uuid_rows(high[part], low[part]))


def _causes(rng: np.random.Generator, calls: int) -> npt.NDArray[np.int16]:
    causes = np.array([cause for cause, _ in UNANSWERED_CAUSES], np.int16)
    steps = np.cumsum([share for _, share in UNANSWERED_CAUSES])
    return causes[np.minimum(np.searchsorted(steps, rng.random(calls), side="right"), len(causes) - 1)]


def _words(index: npt.NDArray[np.int32], names: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(names))


def _parts(count: int) -> Iterator[slice]:
    return (slice(first, min(first + CHUNK, count)) for first in range(0, count, CHUNK))


def _in_chunks(count: int, build: Callable[[slice], Rows]) -> pa.ChunkedArray:
    return pa.chunked_array([text_column(build(part)) for part in _parts(count)], pa.string())
