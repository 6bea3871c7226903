"""What stands in the way of calls abroad on a line: holds, asks and bars, with their owner and how far orders are."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sekisho.office.queries.asks import AskRow
from sekisho.office.queries.case_file import CaseFile
from sekisho.office.queries.case_rows import BarRow, HoldRow
from sekisho.office.words.scopes import INTERNATIONAL, covered
from sekisho.office.words.states import OWNERS, Text
from sekisho.office.words.steps import Step, order_steps, release_steps

JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Restriction:
    """One hold, ask or bar as the page says it; `entered_by` is empty where a machine did it.

    `bar` is None for a hold and an ask. `covers` says which calls.
    """

    title: Text
    in_force: bool
    bar: UUID | None
    owner: str
    covers: str
    is_ask: bool
    reason: str
    since_ms: int
    until_ms: int | None
    steps_title: str
    steps: tuple[Step, ...]
    entered_by: str
    proof: str


def restrictions(file: CaseFile) -> list[Restriction]:
    """Those in force first, then the newest."""
    shown = [*(_bar(bar) for bar in file.bars), *(_hold(hold) for hold in _last_holds(file.holds))]
    held = any(hold.in_force and hold.scope == INTERNATIONAL for hold in file.holds)
    if file.ask is not None and not held:  # who is held on all calls is not asked any more
        shown.append(_ask(file.ask))
    return sorted(shown, key=lambda one: (not one.in_force, -one.since_ms))


def _last_holds(holds: tuple[HoldRow, ...]) -> list[HoldRow]:
    """A hold that the judge renewed is one hold to people: only the newest is shown, and those that were released."""
    newest = max(holds, key=lambda hold: hold.since_ms, default=None)
    return [hold for hold in holds if hold is newest]


def _bar(bar: BarRow) -> Restriction:
    order = max(bar.orders, key=lambda order: order.accepted_ms, default=None)
    return Restriction(
        title=OWNERS[bar.owner],
        in_force=bar.in_force,
        bar=bar.bar,
        owner=bar.owner,
        covers=covered(bar.scope),
        is_ask=False,
        reason=bar.reason,
        since_ms=bar.since_ms,
        until_ms=bar.until_ms,
        steps_title=order.kind if order else "",
        steps=order_steps(order) if order else (),
        entered_by=order.entered_by if order else "",
        proof=order.proof if order else "",
    )


def _hold(hold: HoldRow) -> Restriction:
    released = hold.released_ms is not None
    return Restriction(
        title=OWNERS[JUDGE],
        in_force=hold.in_force,
        bar=None,
        owner=JUDGE,
        covers=covered(hold.scope),
        is_ask=False,
        reason="",
        since_ms=hold.since_ms,
        until_ms=hold.until_ms,
        steps_title="release" if released else "",
        steps=release_steps(hold.released_ms, hold.acknowledged_ms) if hold.released_ms is not None else (),
        entered_by="",
        proof="",
    )


def _ask(ask: AskRow) -> Restriction:
    return Restriction(
        title=OWNERS["ask"],
        in_force=True,
        bar=None,
        owner=JUDGE,
        covers=covered(ask.scope),
        is_ask=True,
        reason="",
        since_ms=ask.since_ms,
        until_ms=ask.until_ms,
        steps_title="",
        steps=(),
        entered_by="",
        proof="",
    )
