"""Lines and contracts as `lines` messages tell of them.

A line is its own contract until a message names another; the row of a named contract is that of its first line, unless
others have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.assign import MONEY_LIMITS, join_contract, leave, reset_contract
from sekisho.core.watch.assign import set_countries as agree_on_countries
from sekisho.core.watch.assign import set_limit as agree_on_limit
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import I64, WatchState

# The field of a message → what it limits, and how many of the state's units one of the message's is.
_LIMITS = {f"{name}_yen": (name, MILLIYEN) for name in (*MONEY_LIMITS, "price_ceiling")} | {
    "concurrent_calls": ("concurrent_calls", 1)
}


class Contracts:
    """The rows of contracts by (company, name), and the inverse."""

    def __init__(self, policy: Policy, rows: Mapping[str, int] | None = None) -> None:
        """`policy` gives a new contract its terms and limits; `rows` are those of a snapshot (`to_json`)."""
        self._policy = policy
        self._rows = dict(rows or {})
        self._names = {row: name for name, row in self._rows.items()}

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

    def to_json(self) -> dict[str, int]:
        """For a snapshot."""
        return self._rows

    def _give_row(self, name: str, line: int, state: WatchState) -> None:
        row = self._row_for(line, state)
        if state.lines["contract"][line] != row:
            reset_contract(state, row, 0, automatic_hold=self._policy.automatic_hold)
        self._forget(row)
        self._rows[name], self._names[row] = row, name

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
        leave(state, line, own, slots, automatic_hold=self._policy.automatic_hold)

    def _forget(self, row: int) -> None:
        self._rows.pop(self._names.pop(row, ""), None)
