"""Verdicts are written here, and here is decided how often the watch may repeat itself."""

from __future__ import annotations

from typing import Any

from numba import njit

from sekisho.core.watch import spend
from sekisho.core.watch.judged import FACTS, Verdicts
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.score import forget_unproven, top_score
from sekisho.core.watch.state import EVIDENCES, Record, WatchState


@njit(cache=True)
def may_hold(line: Record, at: int, dials: Dials) -> bool:
    """Hold the line for `hold_ms` from `at`; False where a hold already covers more than half of that."""
    if at < line.held_until - dials.hold_ms // 2:
        return False
    line.held_until = at + dials.hold_ms
    forget_unproven(line, at, dials)
    return True


@njit(cache=True)
def may_alert(line: Record, at: int, dials: Dials) -> bool:
    """Whether the line may be alerted (again) at `at`; remembers that it was."""
    if at - line.alerted_at < dials.alert_every_ms:
        return False
    line.alerted_at = at
    return True


@njit(cache=True)
def write(
    state: WatchState,
    out: Verdicts,
    line_row: int,
    row: int,
    slot: int,
    handle: int,
    at: int,
    event: int,
    action: int,
    reason: int,
    facts: Any,
) -> None:
    """Put one verdict into `out`: `row` of the call, or `slot` of the open call where a timer speaks."""
    line = state.lines[line_row]
    contract = state.contracts[line.contract]
    running = spend.in_progress(state, contract, at)
    verdict = out.rows[out.filled[0]]
    out.filled[0] += 1
    verdict.row, verdict.slot, verdict.handle, verdict.line = row, slot, handle, line_row
    verdict.at, verdict.event, verdict.action, verdict.reason = at, event, action, reason
    verdict.score = top_score(line)
    likelier = 0 if line.score[0] >= line.score[1] else 1
    for evidence in range(EVIDENCES):
        verdict.nats[evidence] = line.shares[likelier, evidence]
    for fact in range(FACTS):
        verdict.facts[fact] = facts[fact]
    verdict.day_spend = spend.day_total(contract) + running
    verdict.month_spend = contract.month_spend + running
