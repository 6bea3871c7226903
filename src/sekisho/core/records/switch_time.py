"""Times as switches write them, as milliseconds since the epoch: local time in a zone, or epoch seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from sekisho.core.records.call_row import LATEST, BadRow, shown

_LOCAL: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_EPOCH: Final = re.compile(r"(\d{1,11})(?:\.(\d{1,9}))?", re.ASCII)
_ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_REMEMBERED: Final = 100_000
_PLAIN: Final = len("2026-11-23 17:52:57")
_MINUTE: Final = len("2026-11-23 17:52")
_SECONDS: Final = {f"{second:02d}": second * 1_000 for second in range(60)}


def epoch_ms(text: str) -> int:
    """Seconds since the epoch, with or without a fraction, as ms (finer digits are cut). Raises BadRow."""
    match = _EPOCH.fullmatch(text)
    if not match:
        raise BadRow(f"{shown(text)} is not seconds since 1970")
    instant = int(match[1]) * 1_000 + _milliseconds(match[2])
    if instant >= LATEST:
        raise BadRow(f"{shown(text)} is after the year 2199")
    return instant


def _milliseconds(fraction: str | None) -> int:
    return int((fraction + "00")[:3]) if fraction else 0


class SwitchClock:
    """Reads the times of one switch, whose local times without an offset are in `zone` (an IANA name or UTC).

    Where summer time makes a local time happen twice, the first is meant; where it skips one, the offset before the
    gap holds (fold = 0). Times are remembered, and minutes too, as the records of a file crowd into few of them.
    """

    def __init__(self, zone: str) -> None:
        self._zone: tzinfo = UTC if zone == "UTC" else ZoneInfo(zone)
        self._moments: dict[str, int] = {}
        self._minutes: dict[str, int] = {}

    def instant(self, text: str) -> int:
        """`2026-11-23 17:52:57`, with fraction or offset if it has them, or epoch seconds, as ms. Raises BadRow."""
        known = self._moments.get(text)
        if known is not None:
            return known
        known = self._moments[text] = self._read(text)
        if len(self._moments) > _REMEMBERED:
            self._moments.clear()
        return known

    def _read(self, text: str) -> int:
        if len(text) == _PLAIN and text[_MINUTE] == ":":
            minute, seconds = self._minutes.get(text[:_MINUTE]), _SECONDS.get(text[_MINUTE + 1 :])
            if minute is not None and seconds is not None:
                return minute + seconds
        match = _LOCAL.fullmatch(text)
        if not match:
            return self._epoch(text)
        year, month, day, hour, minutes, second = (int(part) for part in match.groups()[:6])
        offset = match[8]
        zone = self._zone if offset is None else _zone_of(offset)
        try:
            whole = (datetime(year, month, day, hour, minutes, second, tzinfo=zone) - _ZERO) // _MILLISECOND
        except (ValueError, OverflowError):
            raise BadRow(f"{shown(text)} is no moment of the calendar") from None
        if not 0 <= whole < LATEST:
            raise BadRow(f"{shown(text)} is not between 1970 and 2199")
        if offset is None and text[10] == " ":
            self._remember(text[:_MINUTE], whole - second * 1_000)
        return whole + _milliseconds(match[7])

    def _epoch(self, text: str) -> int:
        try:
            return epoch_ms(text)
        except BadRow:
            raise BadRow(f"{shown(text)} is not a time like 2026-11-23 17:52:57") from None

    def _remember(self, minute: str, instant: int) -> None:
        if len(self._minutes) >= _REMEMBERED:
            self._minutes.clear()
        self._minutes[minute] = instant


def _zone_of(offset: str) -> tzinfo:
    if offset == "Z":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    try:
        return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    except ValueError:
        raise BadRow(f"offset {shown(offset)} is a day or more") from None
