"""Which row of the state a named contract has. A line is its own contract until a `lines` message names another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sekisho.core.watch import state as watch_state
from sekisho.core.watch.assign import set_limit
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import WatchState


class Contracts:
    """The rows of contracts by (company, name), and the inverse."""

    def __init__(self, policy: Policy, rows: Mapping[str, int] | None = None) -> None:
        """`policy` gives a new contract its terms and limits; `rows` are those of a snapshot (`to_json`)."""
        self._policy = policy
        self._rows = dict(rows or {})
        self._names = {row: name for name, row in self._rows.items()}

    def row_of(self, company: str, contract: str, line: int, state: WatchState, lines: int) -> int:
        """The row of the contract, which gets one where it is new: that of its first line, unless others have it.

        `line` is the row of the line that names it, `lines` how many lines there are.
        """
        name = f"{company}\x1f{contract}"
        if name not in self._rows:
            self._give_row(name, line, state, lines)
        return self._rows[name]

    def to_json(self) -> dict[str, int]:
        """For a snapshot."""
        return self._rows

    def _give_row(self, name: str, line: int, state: WatchState, lines: int) -> None:
        row, policy = line, self._policy
        if line in self._names:
            of_lines = state.lines["contract"][:lines]
            if (np.flatnonzero(of_lines == line) != line).any():
                # There are as many rows as lines and two lines share one, so there is a row nobody uses.
                row = int(np.setdiff1d(np.arange(of_lines.size), of_lines)[0])
        if state.lines["contract"][line] != row:
            state.contracts[row] = watch_state.new_state(1, 1).contracts[0]
            state.contracts["automatic_hold"][row] = policy.automatic_hold
            set_limit(state, row, "daily_limit", policy.daily_limit)
            set_limit(state, row, "monthly_limit", policy.monthly_limit)
        self._rows.pop(self._names.pop(row, ""), None)
        self._rows[name], self._names[row] = row, name
