"""Lines, their book and what is remembered of their calls abroad: for kernels that are called one by one."""

from __future__ import annotations

from typing import Any

import numpy as np

from sekisho.core.digits.packed import pack
from sekisho.core.terms.destination import country_code
from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch.assign import make_lines
from sekisho.core.watch.book import aids_of, open_book
from sekisho.core.watch.features import NO_TRACES, Traces
from sekisho.core.watch.judged import new_calls, room_for_verdicts
from sekisho.core.watch.meeting import abroad_of, meet
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import NONE, SIGHT, new_state

SL, US = country_code("SL"), country_code("US")
DEAR, CHEAP = 175_000.0, 9_000.0  # milli-yen a minute


class Desk:
    """Lines of one contract each, and the calls abroad they are told to make."""

    def __init__(
        self, policy: Policy | None = None, lines: int = 2, traces: Traces = NO_TRACES, *, clause: bool = True
    ) -> None:
        self.policy = policy or Policy()
        self.settings = dials(self.policy)
        self.state = make_lines(new_state(lines, 16), lines, automatic_hold=clause)
        self.calls, self.out = new_calls(1), room_for_verdicts(64)
        self.prices, self.slots = np.zeros((1, PRICE_FIELDS), np.int64), np.full(64, NONE, np.int64)
        self.aids = aids_of(self.policy, traces)
        beside = (self.calls, self.prices, self.slots, self.out, self.aids)
        self.book = open_book(self.state, self.settings, *beside)
        self.sights = np.zeros(1, SIGHT)

    @property
    def dials(self) -> Any:
        return self.settings[0]

    def line(self, row: int = 0) -> Any:
        return self.state.lines[row]

    def abroad(self, line: int = 0, at: int = 0) -> Any:
        """What is remembered of the line's calls abroad; from `at` on, where nothing was yet."""
        abroad_of(self.book, line, at)
        return self.state.abroad[int(self.state.lines["abroad"][line])]

    def meet(
        self,
        at: int,
        where: int = SL,
        milliyen: float = DEAR,
        number: str = "23276000001",
        *,
        line: int = 0,
        valid: int = 1,
        start: int | None = None,
    ) -> Any:
        """A call of `line` to a number begins at `at`; what was seen of it."""
        call = self.calls[0]
        call["start"], call["line"], call["number"] = at if start is None else start, line, pack(number)
        call["country"], call["valid"], call["international"], call["outgoing"] = where, valid, 1, 1
        meet(self.book, line, self.abroad(line, at), call, self.sights[0], milliyen, at)
        return self.sights[0]
