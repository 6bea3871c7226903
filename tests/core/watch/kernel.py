"""The kernel with a few lines of one contract each, fed event by event; one call is one handle."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sekisho.core.terms.call import Action
from sekisho.core.terms.destination import country_code
from sekisho.core.terms.instants import NEVER
from sekisho.core.units import Price, charge_of
from sekisho.core.watch.assign import make_lines
from sekisho.core.watch.book import aids_of
from sekisho.core.watch.judged import REASONS, Events, new_calls, room_for_verdicts
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import NONE, new_state
from sekisho.core.watch.step import DONE, advance, run

START, ANSWER, END, SETTLE = range(4)
PRICES = [
    Price(60_000, 175_000, 60_000, 175_000, 0, 0),
    Price(60_000, 9_000, 60_000, 9_000, 0, 0),
    Price(6_000, 900, 6_000, 900, 0, 0),
    Price(180_000, 8_000, 180_000, 8_000, 0, 0),
    Price(60_000, 9_000, 7_000, 950, 500, 1),
]
NEVER_REACHED = (1e9, 1e9, 1e9, 1e9)
SILENT = {
    "alert_nats": 1e9,
    "ask_nats": NEVER_REACHED,
    "hold_nats": NEVER_REACHED,
    "month_floor": 1 << 60,
    "international_floor": 1 << 60,
} | {"same_day_floor": 1 << 60}


class Call(NamedTuple):
    """A call as it happened, by its handle; `None` is what never did."""

    handle: int
    start: int
    answer: int | None = None
    end: int | None = None
    rate: int = 0
    line: int = 0
    country: int = country_code("SL")
    international: bool = True

    @property
    def charge(self) -> int:
        answered = self.answer is not None and self.end is not None
        return charge_of(PRICES[self.rate], self.end - self.answer) if answered else 0


class Kernel:
    """A state and what was said; only the rules speak unless the policy says otherwise."""

    def __init__(self, lines: int = 4, policy: Policy | None = None, **terms) -> None:
        self.dials = dials(policy or Policy(**SILENT))
        self.aids = aids_of(policy or Policy(**SILENT))
        self.state = make_lines(new_state(lines, 512), lines, **({"automatic_hold": True} | terms))
        self.slots = np.full(512, NONE, np.int64)
        self.room = room_for_verdicts(8192)
        self.prices = np.array(PRICES, np.int64)

    def tell(self, call: Call, kind: int, at: int | None = None) -> Kernel:
        """One event, at its own instant; what the record knows is what has happened by then."""
        known = [call.start, call.answer if kind >= ANSWER else None, call.end if kind >= END else None]
        row = new_calls(1)
        for name, instant in zip(("start", "answer", "end"), known, strict=True):
            row[name] = NEVER if instant is None else instant
        row["charge"] = call.charge if kind >= END else 0
        for name in ("handle", "rate", "line", "country", "international"):
            row[name] = getattr(call, name)
        row["outgoing"] = row["scored"] = 1
        row["number"] = 1 + call.handle
        row["contract"] = self.state.lines["contract"][call.line]
        happened = known[min(kind, END)] if at is None else at
        events = Events(np.array([kind]), np.array([happened]))
        _, why = run(self.state, self.dials, row, events, 0, self.prices, self.slots, self.room, self.aids)
        assert why == DONE
        return self

    def tick(self, until: int) -> Kernel:
        assert advance(self.state, self.dials, new_calls(0), self.prices, self.slots, until, self.room, self.aids)
        return self

    def said(self) -> list[tuple[str, str, int, int]]:
        """(reason, action, line, instant) of everything said so far."""
        rows = self.room.rows[: self.room.filled[0]]
        return [
            (REASONS[row["reason"]], Action(int(row["action"])).name, int(row["line"]), int(row["at"])) for row in rows
        ]

    def total(self, name: str) -> int:
        return int(self.state.totals[name][0])
