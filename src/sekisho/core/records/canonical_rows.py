"""One canonical record as texts → a checked call, or the reason why it is none: the careful way, a row at a time.

It accepts whatever the fast, typed way accepts (a test holds them together) and a little more: fractions of any
length (cut to ms), a small `z`. So a row's fate never depends on its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sekisho.core.records.call_row import LATEST, BadRow, CallRow, check, shown
from sekisho.core.tables import CANONICAL_COLUMNS
from sekisho.core.terms.errors import BadCallFile
from sekisho.core.terms.instants import parse_rfc3339

OPTIONAL: Final = ("talk_ms",)

# What Arrow reads as a time with an offset; RFC 3339 is the form that we ask for.
_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d)(?::(\d\d)(?::(\d\d)(\.\d+)?)?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)", re.ASCII
)
_INTEGER: Final = re.compile(r"[ \t]*(?:(-?\d{1,40})|0[xX]([0-9a-fA-F]{1,4}))[ \t]*", re.ASCII)


def check_columns(names: Sequence[str], file: str, line: int) -> None:
    """Raises BadCallFile unless `names` are the canonical columns, in any order; `talk_ms` may be absent."""
    unknown = [name for name in names if name not in CANONICAL_COLUMNS]
    missing = [name for name in CANONICAL_COLUMNS if name not in names and name not in OPTIONAL]
    twice = sorted({name for name in names if names.count(name) > 1})
    for wrong, which in (("unknown", unknown), ("missing", missing), ("repeated", twice)):
        if which:
            listed = ", ".join(shown(name) for name in which[:10])
            raise BadCallFile(file, line, f"{wrong} column {listed}", f"the columns are {', '.join(CANONICAL_COLUMNS)}")


def canonical_row(texts: Sequence[str]) -> CallRow:
    """The ten texts of a record, in the order of the canonical columns, as a checked call. Raises BadRow."""
    call_id, source, direction, line, number, start, answer, end, cause, talk_ms = texts
    if not start:
        raise BadRow("start is empty")
    return check(
        CallRow(
            call_id,
            source,
            direction,
            line,
            number,
            instant("start", start),
            instant("answer", answer) if answer else None,
            instant("end", end) if end else None,
            integer("cause", cause) if cause else None,
            integer("talk_ms", talk_ms) if talk_ms else None,
        )
    )


def instant(name: str, text: str) -> int:
    """An RFC 3339 time (or what Arrow takes for one) as ms since the epoch; `name` is the column. Raises BadRow."""
    match = _TIME.fullmatch(text) if len(text) <= 64 else None
    if not match:
        raise BadRow(f"{name} {shown(text)} is not an RFC 3339 time like 2026-11-23T17:52:57Z")
    day, hour, minute, second, fraction, utc, sign, off_hour, off_minute = match.groups()
    offset = "Z" if utc else f"{sign}{off_hour}:{off_minute or '00'}"
    whole = f"{day}T{hour}:{minute or '00'}:{second or '00'}{(fraction or '')[:4]}{offset}"
    try:
        moment = parse_rfc3339(whole)
    except (ValueError, OverflowError):
        raise BadRow(f"{name} {shown(text)} is not an RFC 3339 time like 2026-11-23T17:52:57Z") from None
    if not 0 <= moment < LATEST:
        raise BadRow(f"{name} {shown(text)} is not between 1970 and 2199")
    return moment


def integer(name: str, text: str) -> int:
    """A whole number; `name` is the column. Raises BadRow."""
    match = _INTEGER.fullmatch(text)
    if not match:
        raise BadRow(f"{name} {shown(text)} is no whole number")
    return int(match[2], 16) if match[2] else int(match[1])
