"""Instants and days. An instant is whole milliseconds since 1970-01-01T00:00:00Z; outside, RFC 3339 with `Z`.

Japan has had no summer time since 1951: Asia/Tokyo is UTC + 9 h for every instant we meet, so days and hours in Japan
are plain arithmetic, in kernels too.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

SECOND_MS = 1_000
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
JST_OFFSET_MS = 9 * HOUR_MS
NEVER: Final = -(1 << 62)  # the instant of what has not happened

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_rfc3339(text: str) -> int:
    """An RFC 3339 date-time as milliseconds since the epoch (finer digits are cut). Raises ValueError."""
    if not _RFC3339.fullmatch(text):
        raise ValueError(f"{text!r} is not an RFC 3339 time like 2026-11-23T17:52:57Z")
    return (datetime.fromisoformat(text.upper()) - _EPOCH) // timedelta(milliseconds=1)


def format_rfc3339(instant_ms: int) -> str:
    """Milliseconds since the epoch as RFC 3339 UTC with `Z`; milliseconds are written only where they are not zero."""
    moment = _EPOCH + timedelta(milliseconds=instant_ms)
    fraction = instant_ms % SECOND_MS
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{fraction:03d}" if fraction else "") + "Z"


def japanese_date(instant_ms: int) -> date:
    """The calendar day in Japan that holds this instant."""
    return date(1970, 1, 1) + timedelta(days=(instant_ms + JST_OFFSET_MS) // DAY_MS)


def japanese_time_text(instant_ms: int) -> str:
    """`2026-11-24 02:52:57` in Japan, for people."""
    return (_EPOCH + timedelta(milliseconds=instant_ms + JST_OFFSET_MS)).strftime("%Y-%m-%d %H:%M:%S")


def start_of_japanese_day(day: date) -> int:
    """The instant at which `day` begins in Japan."""
    return (day - date(1970, 1, 1)).days * DAY_MS - JST_OFFSET_MS
