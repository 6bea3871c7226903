"""One row of an Asterisk call file → one leg. Which of its forms a row has is seen in the row itself (FACTS §6).

`cdr_csv` writes sixteen columns, then a unique id and a user field if it is told to, then peer account, linked id and
sequence if it is told to: 16 to 21. `cdr_custom` writes the same file name with the caller's name first. Where the
disposition stands tells the two apart; whether a lone seventeenth column is a unique id, its shape tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from sekisho.core.records.call_row import LONGEST_MS, BadRow, shown
from sekisho.core.records.switch_time import SwitchClock

ANSWERED: Final = "ANSWERED"
DISPOSITIONS: Final = frozenset((ANSWERED, "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "UNKNOWN"))
_UNIQUE_ID: Final = re.compile(r"(?:\S*-)?\d{9,11}\.\d+", re.ASCII)
_SECONDS: Final = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?", re.ASCII)
_WHOLE_SECONDS: Final = {str(seconds): seconds * 1_000 for seconds in range(7_200)}  # nearly every call
_FEWEST: Final = 15
_PLAIN: Final = 16
_LONGEST: Final = 24  # cdr_custom may append a few of its own
_PLAIN_DISPOSITION, _CUSTOM_DISPOSITION = 14, 13


class Leg(NamedTuple):
    """One row: one channel's way to one other channel. Times in ms; an unanswered leg has neither answer nor talk."""

    row: int
    group: str  # what the rows of a call share: the linked id, else the unique id, else channel and start
    accountcode: str
    src: str
    dst: str
    clid: str
    channel: str
    dstchannel: str
    lastapp: str
    lastdata: str
    start: int
    answer: int | None
    end: int
    talk_ms: int | None
    disposition: str


def is_row(fields: Sequence[str]) -> bool:
    """Whether the fields of a line look like a row of an Asterisk call file."""
    return len(fields) >= _FEWEST and (
        fields[_PLAIN_DISPOSITION] in DISPOSITIONS or fields[_CUSTOM_DISPOSITION] in DISPOSITIONS
    )


def leg_of(fields: Sequence[str], row: int, clock: SwitchClock) -> Leg:
    """The leg that a row's fields tell of. Raises BadRow."""
    size = len(fields)
    if not _FEWEST <= size <= _LONGEST:
        raise BadRow(f"{size} columns, where Asterisk writes 16 to 21")
    if size >= _PLAIN and fields[_PLAIN_DISPOSITION] in DISPOSITIONS:
        (
            accountcode, src, dst, _, clid, channel, dstchannel, lastapp, lastdata,
            begin, answered, ended, duration, billed, disposition, _, *more,
        ) = fields  # fmt: skip
        unique, linked = _plain_ids(more)
    elif fields[_CUSTOM_DISPOSITION] in DISPOSITIONS:
        clid, src, dst, _, channel, dstchannel, lastapp, lastdata = fields[:8]
        begin, answered, ended, duration, billed, disposition = fields[8:14]
        accountcode, unique = (*fields[15:17], "", "")[:2]
        linked = next((text for text in fields[18:] if _UNIQUE_ID.fullmatch(text)), "")
    else:
        raise BadRow("no disposition like ANSWERED where Asterisk writes it")
    start = clock.instant(begin)
    talk_ms = _milliseconds("billsec", billed)
    end = clock.instant(ended) if ended else _end(start, duration)
    answer = None
    if disposition == ANSWERED:
        answer = clock.instant(answered) if answered else end - _known("billsec", talk_ms)
    else:
        talk_ms = None  # rows without an answer that were billed seconds exist: still no answer
    if end < start or (answer is not None and not start <= answer <= end):
        raise BadRow("start, answer and end are not in this order")
    group = linked or unique or f"{channel}/{start}"
    return Leg(
        row, group, accountcode, src, dst, clid, channel, dstchannel, lastapp, lastdata,
        start, answer, end, talk_ms, disposition,
    )  # fmt: skip


def _plain_ids(more: Sequence[str]) -> tuple[str, str]:
    """Unique id and linked id from the columns behind the sixteenth of cdr_csv; empty where there is none."""
    size = len(more)
    if size >= 3:
        return (more[0] if size >= 5 or (size == 4 and _UNIQUE_ID.fullmatch(more[0])) else ""), more[-2]
    return (more[0] if size == 2 or (size == 1 and _UNIQUE_ID.fullmatch(more[0])) else ""), ""


def _milliseconds(name: str, text: str) -> int | None:
    """Seconds, whole or with a fraction, as ms; None where the field is empty."""
    if not text:
        return None
    known = _WHOLE_SECONDS.get(text)
    if known is not None:
        return known
    match = _SECONDS.fullmatch(text)
    if not match:
        raise BadRow(f"{name} {shown(text)} is not seconds")
    milliseconds = int(match[1]) * 1_000 + (int((match[2] + "00")[:3]) if match[2] else 0)
    if milliseconds > LONGEST_MS:
        raise BadRow(f"{name} {shown(text)} is more than 366 days")
    return milliseconds


def _end(start: int, duration: str) -> int:
    return start + _known("end and duration", _milliseconds("duration", duration))


def _known(name: str, value: int | None) -> int:
    if value is None:
        raise BadRow(f"{name} is empty")
    return value
