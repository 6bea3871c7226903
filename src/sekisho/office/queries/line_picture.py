"""The picture of a line: spend an hour against its own normal, countries, calls. From the lake.

Pages ask every few seconds; what lies weeks back is kept for a minute, for it is most of what the lake has to read.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast

import numpy as np

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, MINUTE_MS
from sekisho.ports import CallBook

HOURS: Final = 48
NORMAL_DAYS: Final = 28
KEPT_MS: Final = MINUTE_MS
_HIGH_PERCENT: Final = 90
_HOURS_A_DAY: Final = 24
_MOST_CALLS: Final = 100
_MOST_KEPT: Final = 4_096


@dataclass(frozen=True, slots=True)
class HourRow:
    """One hour: calls, and milli-yen of all and of international ones."""

    hour_ms: int
    calls: int
    international_calls: int
    charge: int
    international: int


@dataclass(frozen=True, slots=True)
class NormalHour:
    """What the line costs in this hour of the day in Japan: mean, and what nine days of ten stay below; milli-yen."""

    hour: int
    mean: int
    high: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The last 48 hours, oldest first, and the normal of the 28 days before them by hour of the day."""

    first_ms: int
    hours: tuple[HourRow, ...]
    normal: tuple[NormalHour, ...]


@dataclass(frozen=True, slots=True)
class CountryRow:
    """What went to one country since a day before the case; `calls_before`: in the 28 days before that."""

    country: str
    calls: int
    charge: int
    talk_ms: int
    calls_before: int


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call of the line. Its number is whole: who looks has said why."""

    call_id: str
    direction: str
    number: str
    class_: str
    country: str
    place: str
    start_ms: int
    answer_ms: int | None
    end_ms: int | None
    charge: int
    cause: int | None


def line_hours(call_book: CallBook, company: str, line: str, now_ms: int) -> Hours:
    """The line's hours up to the one that holds `now_ms`."""
    end_ms = now_ms - now_ms % HOUR_MS + HOUR_MS
    first_ms = end_ms - HOURS * HOUR_MS
    told = _by_hour(call_book, company, line, first_ms, end_ms)
    hours = tuple(_hour(first_ms + at * HOUR_MS, told.get(first_ms + at * HOUR_MS)) for at in range(HOURS))
    return Hours(first_ms, hours, _normal(cast(Hashable, call_book), company, line, first_ms, now_ms // KEPT_MS))


@lru_cache(maxsize=_MOST_KEPT)
def _normal(call_book: Any, company: str, line: str, first_ms: int, _kept: int) -> tuple[NormalHour, ...]:
    past_ms = first_ms - NORMAL_DAYS * DAY_MS
    told = _by_hour(call_book, company, line, past_ms, first_ms)
    past = np.array([_charge(told.get(past_ms + at * HOUR_MS)) for at in range(NORMAL_DAYS * _HOURS_A_DAY)])
    by_hour = past.reshape(NORMAL_DAYS, _HOURS_A_DAY)
    high = np.percentile(by_hour, _HIGH_PERCENT, axis=0, method="inverted_cdf")
    mean = by_hour.mean(axis=0)
    first_hour = (past_ms + JST_OFFSET_MS) // HOUR_MS % _HOURS_A_DAY
    normal = [
        NormalHour(int(first_hour + at) % _HOURS_A_DAY, int(mean[at]), int(high[at])) for at in range(_HOURS_A_DAY)
    ]
    return tuple(sorted(normal, key=lambda hour: hour.hour))


def _by_hour(call_book: CallBook, company: str, line: str, first_ms: int, last_ms: int) -> dict[int, dict[str, Any]]:
    return {row["hour_ms"]: row for row in call_book.by_hour(company, [line], first_ms, last_ms).to_pylist()}


def _charge(row: Mapping[str, Any] | None) -> int:
    return 0 if row is None else int(row["charge_milliyen"])


def _hour(hour_ms: int, row: Mapping[str, Any] | None) -> HourRow:
    if row is None:
        return HourRow(hour_ms, 0, 0, 0, 0)
    names = ("calls", "international_calls", "charge_milliyen", "international_milliyen")
    return HourRow(hour_ms, *(int(row[name]) for name in names))


def line_countries(
    call_book: CallBook, company: str, line: str, opened_ms: int, last_ms: int
) -> tuple[CountryRow, ...]:
    """The countries rung since a day before the case opened, the dearest first."""
    first_ms = opened_ms - DAY_MS
    calls_before = _calls_before(cast(Hashable, call_book), company, line, first_ms, last_ms // KEPT_MS)
    rows = [
        CountryRow(
            country=row["country"],
            calls=int(row["calls"]),
            charge=int(row["charge_milliyen"]),
            talk_ms=int(row["talk_ms"] or 0),
            calls_before=calls_before.get(row["country"], 0),
        )
        for row in call_book.by_country(company, [line], first_ms, last_ms).to_pylist()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.charge, -row.calls, row.country)))


@lru_cache(maxsize=_MOST_KEPT)
def _calls_before(call_book: Any, company: str, line: str, first_ms: int, _kept: int) -> Mapping[str, int]:
    before = call_book.by_country(company, [line], first_ms - NORMAL_DAYS * DAY_MS, first_ms).to_pylist()
    return {row["country"]: int(row["calls"]) for row in before}


def line_calls(call_book: CallBook, company: str, line: str, opened_ms: int, last_ms: int) -> tuple[CallRow, ...]:
    """The line's latest calls since a day before the case opened, newest first."""
    found = call_book.calls(company, [line], opened_ms - DAY_MS, last_ms, limit=_MOST_CALLS)
    return tuple(
        CallRow(
            call_id=row["call_id"],
            direction=row["direction"],
            number=row["number"],
            class_=row["class"],
            country=row["country"],
            place=row["place"],
            start_ms=instant(row["start"]) or 0,
            answer_ms=instant(row["answer"]),
            end_ms=instant(row["end"]),
            charge=int(row["charge_milliyen"]),
            cause=row["cause"],
        )
        for row in found.to_pylist()
    )


def instant(moment: datetime | None) -> int | None:
    """A time of the lake as milliseconds since the epoch."""
    return None if moment is None else round(moment.timestamp() * 1000)
