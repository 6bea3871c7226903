"""Which parts of a date become one: few files to open for a reader, and no call is written again and again.

1. A part of FULL rows stays as it is. Only the parts of a date behind its last full one are looked at.
2. The youngest date grows: it is left alone until it has more than MANY such parts. Any other date is at rest.
3. Merged are the parts from the oldest one on that is at most GROWTH times as large as all newer ones together. What
   is left before them is larger each time, so a date has few parts, and a call moves only when its part has grown by a
   fixed share: about the logarithm of the date's calls, however small the writes are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sekisho.edges.parquet_lake.manifest import Part

MANY: Final = 16
GROWTH: Final = 4
FULL: Final = 500_000


def due(parts: Sequence[Part]) -> list[Part]:
    """The parts of one date, at least two, that are to be merged next, oldest first; none: the lake is in order."""
    by_day: dict[str, list[Part]] = {}
    for part in parts:
        by_day.setdefault(part.day, []).append(part)
    for place, day in enumerate(sorted(by_day, reverse=True)):
        growing = _behind_the_last_full(by_day[day])
        if place > 0 or len(growing) > MANY:
            chosen = _chosen(growing)
            if chosen:
                return chosen
    return []


def _behind_the_last_full(parts: list[Part]) -> list[Part]:
    full = [place for place, part in enumerate(parts) if part.rows >= FULL]
    return parts[full[-1] + 1 :] if full else parts


def _chosen(parts: list[Part]) -> list[Part]:
    newer = sum(part.rows for part in parts)
    for place, part in enumerate(parts[:-1]):
        newer -= part.rows
        if part.rows <= GROWTH * newer:
            return _that_fit(parts[place:])
    return []


def _that_fit(parts: list[Part]) -> list[Part]:
    """The first of them that are less than two full parts together: two always are."""
    rows = 0
    for place, part in enumerate(parts):
        rows += part.rows
        if rows >= 2 * FULL:
            return parts[:place]
    return parts
