"""Which row of the state a named contract has. A line is its own contract until a `lines` message names another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sekisho.core.watch import state as watch_state
from sekisho.core.watch.assign import set_limit
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import WatchState


class Contracts:
    """The rows of contracts by (company, name), and the inverse."""

    def __init__(self, policy: Policy) -> None:
        """`policy` gives a new contract its terms and limits."""
        self._policy = policy
        self._rows: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._given: list[tuple[str, int]] = []  # since `take_given`

    def row_of(self, company: str, contract: str, line: int, state: WatchState, lines: int) -> int:
        """The row of the contract, which gets one where it is new: that of its first line, unless others have it.

        `line` is the row of the line that names it, `lines` how many lines there are.
        """
        name = f"{company}\x1f{contract}"
        if name not in self._rows:
            self._give_row(name, line, state, lines)
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
        self._rows.pop(self._names.pop(row, ""), None)
        self._rows[name], self._names[row] = row, name

    def _give_row(self, name: str, line: int, state: WatchState, lines: int) -> None:
        row, policy = line, self._policy
        if line in self._names:
            of_lines = state.lines["contract"][:lines]
            if (np.flatnonzero(of_lines == line) != line).any():
                # There are as many rows as lines and two lines share one, so there is a row nobody uses.
                row = int(np.setdiff1d(np.arange(of_lines.size), of_lines)[0])
        if state.lines["contract"][line] != row:
            state.contracts[row] = watch_state.FRESH[watch_state.CONTRACT][0]
            state.contracts["automatic_hold"][row] = policy.automatic_hold
            watch_state.touch(state, contract=row)
            set_limit(state, row, "daily_limit", policy.daily_limit)
            set_limit(state, row, "monthly_limit", policy.monthly_limit)
        self._name(name, row)
        self._given.append((name, row))
