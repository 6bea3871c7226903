"""Words of a call and of a verdict. The values are part of stored data: add at the end."""

from __future__ import annotations

from enum import IntEnum


class CallEvent(IntEnum):
    """What a row of CALLS tells of its call: it began, it was answered, it is over."""

    START = 0
    ANSWER = 1
    END = 2


class Action(IntEnum):
    """What the watch says (判定). PASS is never written."""

    PASS = 0
    ALERT = 1
    ASK = 2
    HOLD = 3


ACTION_NAMES = tuple(member.name.lower() for member in Action)


class Feed(IntEnum):
    """When a backtest lets the judge see a call: as it happens, or only when it has ended."""

    LIVE = 0
    CDR = 1
