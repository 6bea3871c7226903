"""The kernel as a whole: calls as they happened, told event by event or as records, and what was said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sekisho.core.digits.packed import pack
from sekisho.core.terms.call import Action
from sekisho.core.terms.destination import country_code
from sekisho.core.terms.instants import NEVER, SECOND_MS, parse_rfc3339
from sekisho.core.units import Price, charge_of
from sekisho.core.watch.assign import make_lines
from sekisho.core.watch.book import aids_of
from sekisho.core.watch.judged import REASONS, Events, new_calls, room_for_verdicts
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import NONE, WatchState, filled, new_state, with_room
from sekisho.core.watch.step import DONE, NEEDS_ABROAD_ROOM, NEEDS_CALL_ROOM, advance, run

MONDAY = parse_rfc3339("2026-06-01T10:00:00+09:00")
START, ANSWER, END = range(3)
USED = {"lines": "lines", "abroad": "abroad", "contracts": "contracts", "agreed": "agreed"} | {
    "open": "slots_used",
    "timers": "timers",
}
SL, US = country_code("SL"), country_code("US")
PRICES = [
    Price(60_000, 175_000, 60_000, 175_000, 0, 0),
    Price(60_000, 9_000, 60_000, 9_000, 0, 0),
    Price(6_000, 100, 6_000, 100, 950, 1),
    Price(180_000, 8_000, 180_000, 8_000, 0, 0),
    Price(60_000, 150_000, 60_000, 150_000, 0, 0),
]
DEAR, CHEAP, FLOORED, DOMESTIC, HUNDRED_FIFTY, FREE = 0, 1, 2, 3, 4, NONE


@dataclass(frozen=True)
class Call:
    """A call as it happened; `None` is what never did."""

    start: int
    answer: int | None = None
    end: int | None = None
    rate: int = DEAR
    line: int = 0
    country: int = SL
    number: int = 0
    international: bool = True
    outgoing: bool = True
    scored: bool = True
    valid: bool = True
    proves: bool = False

    @property
    def charge(self) -> int:
        ended = self.answer is not None and self.end is not None
        return charge_of(PRICES[self.rate], self.end - self.answer) if ended and self.rate != NONE else 0


def to_arrays(state: WatchState) -> dict[str, np.ndarray]:
    """The rows in use."""
    rows = {f"watch.{name}": getattr(state, name)[: int(state.totals[count][0])] for name, count in USED.items()}
    beside = {"watch.totals": state.totals, "watch.countries": state.countries}
    return rows | beside | {"watch.blocks": state.blocks[state.blocks["key"] != 0]}


def copied(state: WatchState) -> WatchState:
    """The same rows in a state of their own, as after a snapshot."""
    arrays = to_arrays(state)
    sizes = {name: arrays[f"watch.{name}"].size for name in USED}
    new = filled(new_state(1, 1), sizes, state.totals.copy())
    for name, size in sizes.items():
        getattr(new, name)[:size] = arrays[f"watch.{name}"]
    new.blocks[:] = state.blocks
    new.countries[:] = state.countries
    return new


class Watch:
    """A state, and what was said so far."""

    def __init__(
        self, policy: Policy | None = None, *, lines: int = 4, room: int = 64, pool: int = 64, **terms
    ) -> None:
        self.dials, self.aids = dials(policy or Policy()), aids_of(policy or Policy())
        self.terms = {"automatic_hold": True, "daily_limit": 0, "monthly_limit": 0} | terms
        self.state = make_lines(new_state(lines, pool), lines, **self.terms)
        self.slots = np.full(256, NONE, np.int64)
        self.room = room_for_verdicts(room)
        self.said: list[np.void] = []
        self.stops: list[int] = []
        self.prices = np.array(PRICES, np.int64)

    def records(self, calls: Sequence[Call], handles: Sequence[int] | None = None):
        rows = new_calls(len(calls))
        for row, call in zip(rows, calls, strict=True):
            for name in ("start", "answer", "end"):
                row[name] = NEVER if getattr(call, name) is None else getattr(call, name)
            for name in ("rate", "line", "country", "international", "outgoing", "scored", "valid", "proves", "charge"):
                row[name] = getattr(call, name)
            row["number"] = pack(str(call.number or 1 + call.start))
            row["contract"] = self.state.lines["contract"][call.line]
        rows["handle"] = np.arange(len(calls)) if handles is None else handles
        return rows

    def run(self, rows, what: Sequence[int], at: Sequence[int]) -> Watch:
        """Feed events, (4 * row + kind) and instants, giving room whenever it is asked for."""
        events, first, why = Events(np.array(what, np.int64), np.array(at, np.int64)), 0, NONE
        while why != DONE:
            first, why = run(self.state, self.dials, rows, events, first, self.prices, self.slots, self.room, self.aids)
            self.stops.append(why)
            self.empty()
            if why == NEEDS_ABROAD_ROOM:
                self.state = with_room(self.state, 0, 0, abroad=self.state.abroad.size + 1)
            if why == NEEDS_CALL_ROOM:
                self.state = with_room(self.state, 0, self.state.open.size + 1)
        return self

    def live(self, *calls: Call) -> Watch:
        """Everything as it happens."""
        what, at = told(calls)
        return self.run(self.records(calls), what, at)

    def cdr(self, *calls: Call) -> Watch:
        """Every call at its end."""
        rows = sorted((row for row, call in enumerate(calls) if call.end), key=lambda row: calls[row].end)
        return self.run(self.records(calls), [4 * row + END for row in rows], [calls[row].end for row in rows])

    def tick(self, until: int) -> Watch:
        done = False
        while not done:
            done = advance(self.state, self.dials, new_calls(0), self.prices, self.slots, until, self.room, self.aids)
            self.empty()
        return self

    def empty(self) -> None:
        self.said += list(self.room.rows[: self.room.filled[0]].copy())
        self.room.filled[0] = 0

    def verdicts(self) -> list[tuple[str, str, int]]:
        """(reason, action, seconds after MONDAY) of everything said."""
        return [
            (REASONS[one["reason"]], Action(int(one["action"])).name, (int(one["at"]) - MONDAY) / SECOND_MS)
            for one in self.said
        ]


def told(calls: Sequence[Call]) -> tuple[list[int], list[int]]:
    """The events of these calls in the order of time."""
    happened = [
        (at, 4 * row + kind)
        for row, call in enumerate(calls)
        for kind, at in enumerate((call.start, call.answer, call.end))
        if at is not None
    ]
    happened.sort()
    return [what for _, what in happened], [at for at, _ in happened]


def attack(count: int, *, gap_ms: int = 20_000, first: int = MONDAY, **of) -> list[Call]:
    """So many unanswered calls to Sierra Leone, each to another number."""
    starts = [first + index * gap_ms for index in range(count)]
    return [Call(start, end=start + 5_000, **of) for start in starts]
