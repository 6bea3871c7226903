"""Asks and holds as arrays: what a backtest's verdicts, or another tool's rule, would have stopped, and when.

A bar in this room is any restriction whose worth is measured: an ask, a hold, a bar that another tool would have set.
DESIGN §10: an ask or hold lasts four hours from its time; its scope is `international` or E.164 prefixes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sekisho.core.digits.packed import pack
from sekisho.core.terms.call import ACTION_NAMES, Action
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.instants import HOUR_MS
from sekisho.lab.backtest import Backtest

BAR_MS: Final = 4 * HOUR_MS
INTERNATIONAL: Final = "international"
I8 = npt.NDArray[np.int8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Bars:
    """One entry a bar, in the order of lines, and of time on a line.

    `line`: row of the line; in force from `at` until `until` (ms); `action`: Action.ASK or Action.HOLD. Its scope is
    `prefixes[first[i]:first[i + 1]]`, packed; none at all: every international call.
    """

    line: I32
    at: I64
    until: I64
    action: I8
    first: I64
    prefixes: U64

    def of_lines(self, lines: int) -> I64:
        """Where each line's bars begin: those of line n are `[n]` to `[n + 1]` of what comes out (i64 [lines + 1])."""
        return np.searchsorted(self.line, np.arange(lines + 1)).astype(np.int64)

    @property
    def longest_ms(self) -> int:
        """How long the longest of them lasts; 0 where there are none."""
        return int((self.until - self.at).max()) if self.at.size else 0


def bars_in_order(line: I32, at: I64, until: I64, action: I8, scopes: list[U64], scope_of: I64) -> Bars:
    """Bars from columns in any order; `scopes[scope_of[i]]` are the packed prefixes of the i-th."""
    order = np.lexsort((np.arange(at.size), at, line))
    sizes = np.array([scope.size for scope in scopes], np.int64)[scope_of[order]] if at.size else np.zeros(0, np.int64)
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    nothing = [np.zeros(0, np.uint64)]
    prefixes = np.concatenate(nothing + [scopes[scope] for scope in scope_of[order].tolist() if scopes[scope].size])
    return Bars(line[order], at[order], until[order], action[order], first, prefixes)


def holds(line: I32, at: I64, until: I64, prefix: U64 | None = None) -> Bars:
    """Holds from columns in any order: on all international calls, or each on the numbers that begin with `prefix`."""
    action = np.full(at.size, int(Action.HOLD), np.int8)
    if prefix is None:
        return bars_in_order(line, at, until, action, [np.zeros(0, np.uint64)], np.zeros(at.size, np.int64))
    used, scope_of = np.unique(prefix, return_inverse=True)
    scopes = [used[row : row + 1] for row in range(used.size)] or [np.zeros(0, np.uint64)]
    return bars_in_order(line, at, until, action, scopes, scope_of.astype(np.int64))


def scope_prefixes(scope: str) -> U64:
    """The packed prefixes of a scope, none for `international`. Raises BadSetting for anything else."""
    if scope == INTERNATIONAL:
        return np.zeros(0, np.uint64)
    try:
        prefixes = np.array([pack(prefix) for prefix in scope.split(" ")], np.uint64)
    except ValueError:
        prefixes = np.zeros(1, np.uint64)
    if not prefixes.all():
        raise BadSetting(f"scope {scope!r}: give international, or E.164 prefixes with one space between")
    return prefixes


def bars_of(run: Backtest) -> Bars:
    """The asks and holds among a run's verdicts, each for four hours."""
    verdicts = run.verdicts
    actions = verdicts.column("action").cast(pa.string())
    picked = np.flatnonzero(pc.is_in(actions, value_set=pa.array(["ask", "hold"])).to_numpy())
    rows = pa.array(picked)
    action = pc.index_in(actions.take(rows), value_set=pa.array(ACTION_NAMES)).to_numpy().astype(np.int8)
    at = verdicts.column("at").cast(pa.int64()).take(rows).to_numpy()
    texts = verdicts.column("scope").cast(pa.string()).take(rows).combine_chunks().dictionary_encode()
    scopes = [scope_prefixes(scope) for scope in texts.dictionary.to_pylist()]
    scope_of = texts.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return bars_in_order(run.verdict_lines[picked].astype(np.int32), at, at + BAR_MS, action, scopes, scope_of)


@njit(cache=True)
def _spaced(line: I32, scope: U64, at: I64, order: I64, gap: int) -> npt.NDArray[np.bool_]:
    kept = np.zeros(at.size, np.bool_)
    before = -1
    for row in order:
        same = before >= 0 and line[before] == line[row] and scope[before] == scope[row]
        if not same or at[row] >= at[before] + gap:
            kept[row] = True
            before = row
    return kept


def spaced(line: I32, scope: U64, at: I64, gap: int) -> npt.NDArray[np.bool_]:
    """Which of these instants (any order) lie at least `gap` ms behind the last one kept, by line and scope.

    So a rule that could speak at every call speaks as often as the watch does: again after half of a bar's time.
    """
    return _spaced(line, scope, at, np.lexsort((at, scope, line)), gap)
