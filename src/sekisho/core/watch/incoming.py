"""Incoming calls in progress: how many a line has and since when, for a call abroad may be within one."""

from __future__ import annotations

from typing import Final

from numba import njit

from sekisho.core.terms.call import CallEvent
from sekisho.core.watch.book import Book, line_at, slot_of
from sekisho.core.watch.meeting import LONGEST_SPAN_MS
from sekisho.core.watch.state import NONE, Record

END: Final = int(CallEvent.END)
INCOMING: Final = -2  # the slot of an incoming call in progress


@njit(cache=True)
def count_incoming(book: Book, call: Record, kind: int, at: int) -> None:
    """An incoming call of the line begins or ends: it may span calls that go out again."""
    kept, line = slot_of(book, call.handle), line_at(book, call.line)
    if kind >= END:
        if kept.slot == INCOMING or call.begun == 1:
            kept.slot = NONE
            if call.start >= line.incoming_since:  # else it is no longer counted
                line.incoming = max(line.incoming - 1, 0)
    elif kept.slot == NONE and call.begun == 0:
        kept.slot = INCOMING
        if line.incoming == 0 or at - line.incoming_since > LONGEST_SPAN_MS:
            line.incoming = 0  # those before have ended, for all we know
            line.incoming_since = at
        line.incoming_since = min(line.incoming_since, max(call.start, at - LONGEST_SPAN_MS))
        line.incoming += 1
