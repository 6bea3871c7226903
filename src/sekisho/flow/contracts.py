"""Lines and contracts as `lines` messages tell of them.

A line is its own contract until a message names another; the row of a named contract is that of its first line, unless
others have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.assign import MONEY_LIMITS, join_contract, leave, reset_contract
from sekisho.core.watch.assign import set_countries as agree_on_countries
from sekisho.core.watch.assign import set_limit as agree_on_limit
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import I64, WatchState, touch

# The field of a message → what it limits, and how many of the state's units one of the message's is.
_LIMITS = {f"{name}_yen": (name, MILLIYEN) for name in (*MONEY_LIMITS, "price_ceiling")} | {
    "concurrent_calls": ("concurrent_calls", 1)
}

FORGOTTEN = ""  # the name of a row that has none any more


class Contracts:
    """The rows of contracts by (company, name), and the inverse."""

    def __init__(self, policy: Policy) -> None:
        """`policy` gives a new contract its terms and limits."""
        self._policy = policy
        self._rows: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._given: list[tuple[str, int]] = []  # since `take_given`

    def tell(self, told: Mapping[str, Any], line: int, state: WatchState, slots: I64) -> WatchState:
        """Apply what a message tells of the line in row `line` (fields: controls.py). `slots`: see step.run."""
        if told.get("leaves"):
            self._leave(line, state, slots)
            return state
        if "contract" in told:
            join_contract(state, line, self.row_of(told["company"], told["contract"], line, state))
        contract = int(state.lines["contract"][line])
        if "automatic_hold" in told:
            state.contracts["automatic_hold"][contract] = told["automatic_hold"]
            touch(state, contract=contract)
        for field, (name, unit) in _LIMITS.items():
            if field in told:
                state = agree_on_limit(state, contract, name, int(told[field]) * unit)
        if "allowed_countries" in told:
            state = agree_on_countries(state, contract, told["allowed_countries"])
        return state

    def row_of(self, company: str, contract: str, line: int, state: WatchState) -> int:
        """The row of the contract, which gets one where it is new; `line` is the row of the line that names it."""
        name = f"{company}\x1f{contract}"
        if name not in self._rows:
            self._give_row(name, line, state)
        return self._rows[name]

    def take_given(self, *, whole: bool = False) -> list[tuple[str, int]]:
        """Names and rows given since the last time, in order, or all there are: for `put`."""
        given, self._given = (list(self._rows.items()) if whole else self._given), []
        return given

    def put(self, given: Iterable[Sequence[Any]]) -> None:
        """Take in what `take_given` gave."""
        for name, row in given:
            self._name(name, row)

    def _name(self, name: str, row: int) -> None:
        self._forget(row)
        if name == FORGOTTEN:
            return
        self._rows[name], self._names[row] = row, name

    def _give_row(self, name: str, line: int, state: WatchState) -> None:
        row = self._row_for(line, state)
        if state.lines["contract"][line] != row:
            reset_contract(state, row, 0, automatic_hold=self._policy.automatic_hold)
        self._name(name, row)
        self._given.append((name, row))

    def _row_for(self, line: int, state: WatchState) -> int:
        """A row that no other line has: the one it is alone in, that of its number, or one that stands empty."""
        now = int(state.lines["contract"][line])
        if state.contracts["lines"][now] == 1:
            return now
        if state.contracts["lines"][line] == 0:
            return line
        # There are as many rows as lines and this line shares one, so there is a row nobody uses.
        rows = int(state.totals["contracts"][0])
        return int(np.flatnonzero(state.contracts["lines"][:rows] == 0)[0])

    def _leave(self, line: int, state: WatchState, slots: I64) -> None:
        own = self._row_for(line, state)
        self._forget(own)
        self._given.append((FORGOTTEN, own))
        leave(state, line, own, slots, automatic_hold=self._policy.automatic_hold)

    def _forget(self, row: int) -> None:
        self._rows.pop(self._names.pop(row, FORGOTTEN), None)
