"""What the topic `live` is told: lines with calls in progress, once a second those of which something changed.

A carrier has tens of thousands of calls up; most of them are the same from one second to the next. Every line is told
again after a while, so that a reader who came late knows all of them by then.
"""

from __future__ import annotations

import json
from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.flow.outcome import InProgress
from sekisho.ports import Message

ALL_AGAIN_MS: Final = 20_000

I64 = npt.NDArray[np.int64]


class LiveLines:
    """Remembers what was told of every line."""

    def __init__(self) -> None:
        self._lines: I64 = np.zeros(0, np.int64)
        self._sums: I64 = np.zeros((0, 3), np.int64)
        self._all_told_ms = 0

    def news(self, lines: I64, sums: I64, now_ms: int) -> tuple[I64, I64]:
        """Rows of lines and their sums (calls, of them abroad, milli-yen) that are to be told now.

        `lines` has the rows of all lines with calls in progress, ascending. Lines that have none any more come with
        zeros.
        """
        gone = np.setdiff1d(self._lines, lines, assume_unique=True)
        if now_ms - self._all_told_ms >= ALL_AGAIN_MS:
            self._all_told_ms = now_ms
            changed = np.ones(lines.size, np.bool_)
        else:
            at = np.searchsorted(self._lines, lines)
            known = np.append(self._lines, -1)[at] == lines
            before = np.concatenate([self._sums, np.zeros((1, 3), np.int64)])[at]
            changed = ~known | (before != sums).any(axis=1)
        self._lines, self._sums = lines, sums
        return (
            np.concatenate([lines[changed], gone]),
            np.concatenate([sums[changed], np.zeros((gone.size, 3), np.int64)]),
        )


def live_message(told: list[InProgress], now_ms: int) -> Message:
    """The message that tells these lines."""
    body = json.dumps({"at_ms": now_ms, "lines": [each._asdict() for each in told]}).encode()
    return Message("lines", f"live:{now_ms}", body)
