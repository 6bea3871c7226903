"""What the queue tells of a line beside its row: the shape of its last hours, and where it called. From the lake.

The queue is asked for every two seconds and the lake is a few seconds old anyway: a line's story is kept ten seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, SECOND_MS
from sekisho.office.models import User
from sekisho.office.queries.line_picture import CountryRow, instant, line_countries, line_hours
from sekisho.ports import CallBook

KEPT_MS: Final = 10 * SECOND_MS
_MOST_LINES: Final = 1_000
_MOST_CALLS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Story:
    """What a line did: `hours`, milli-yen an hour of the last 48, oldest first; `usual`, the line's own top at each.

    `telling`: the countries that say what happened, dearest first: those that are new to the line or, where none is,
    all that it rang since a day before its case opened; `first_ms`: when the first call to one of them began.
    """

    hours: tuple[int, ...]
    usual: tuple[int, ...]
    telling: tuple[CountryRow, ...]
    first_ms: int


def queue_story(user: User, call_book: CallBook, line: str, opened_ms: int, now_ms: int) -> Story:
    """The story of a line of the user's company whose case opened at `opened_ms`; at most ten seconds old."""
    book: Any = call_book  # a book is what keeps its stories apart from another's
    return _story(book, user.company.code, line, opened_ms, now_ms // KEPT_MS)


@lru_cache(_MOST_LINES)
def _story(call_book: Any, company: str, line: str, opened_ms: int, tick: int) -> Story:
    until_ms = tick * KEPT_MS + KEPT_MS
    told = line_hours(call_book, company, line, until_ms)
    high = {hour.hour: hour.high for hour in told.normal}
    countries = line_countries(call_book, company, line, opened_ms, until_ms)
    telling = tuple(row for row in countries if not row.calls_before) or countries
    return Story(
        hours=tuple(hour.charge for hour in told.hours),
        usual=tuple(high.get((hour.hour_ms + JST_OFFSET_MS) % DAY_MS // HOUR_MS, 0) for hour in told.hours),
        telling=telling,
        first_ms=_first_call(call_book, company, line, opened_ms, {row.country for row in telling}),
    )


def _first_call(call_book: CallBook, company: str, line: str, opened_ms: int, countries: set[str]) -> int:
    """When the first call to one of the countries began, not later than the case opened."""
    found = call_book.calls(
        company,
        [line],
        opened_ms - DAY_MS,
        opened_ms + 1,
        limit=_MOST_CALLS,
        international_only=True,
        newest_first=False,
    )
    starts = [
        instant(row["start"]) for row in found.select(["start", "country"]).to_pylist() if row["country"] in countries
    ]
    return min([opened_ms, *(start for start in starts if start is not None)])
