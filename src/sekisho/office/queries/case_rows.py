"""The rows of a case page that come from the office's own tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sekisho.office.models import AuditLine, Bar, Case, Contact, Hold, Order, Refusal, Verdict
from sekisho.office.queries.evidence_row import EvidenceRow, evidence_of

_MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One verdict; its evidence strongest first."""

    at_ms: int
    action: str
    score: float
    scope: str
    call_id: str
    evidence: tuple[EvidenceRow, ...]
    spend_today: int
    spend_month: int


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold; `released_ms` is when the desk released it, `acknowledged_ms` when that was so.

    `scope` is what it covers, as in VERDICTS.
    """

    scope: str
    since_ms: int
    until_ms: int
    released_ms: int | None
    acknowledged_ms: int | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order with its instants; `order_to_effect_ms` from its acceptance until it was so at the gate."""

    order: UUID
    kind: str
    state: str
    requested_ms: int
    accepted_ms: int
    due_ms: int
    executing_ms: int | None
    completed_ms: int | None
    proof: str
    entered_by: str
    order_to_effect_ms: int | None


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar with the orders that set and lifted it."""

    bar: UUID
    owner: str
    scope: str
    reason: str
    since_ms: int
    until_ms: int | None
    in_force_ms: int | None
    lifted_ms: int | None
    ended_ms: int | None
    in_force: bool
    orders: tuple[OrderRow, ...]


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """Refused attempts summed by what refused them; `number` is the last one, masked."""

    by: str
    count: int
    first_ms: int
    last_ms: int
    number: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One attempt to reach the customer."""

    channel: str
    who: str
    at_ms: int
    reached: bool
    note: str
    entered_by: str


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One line of the audit trail; `user` is empty where the machine acted."""

    at_ms: int
    user: str
    action: str
    object: str
    data: Mapping[str, Any]


def verdict_rows(case: Case) -> tuple[VerdictRow, ...]:
    """The newest verdicts of a case, newest first."""
    found = Verdict.objects.filter(case=case).order_by("-at_ms", "-id")[:_MOST_ROWS]
    return tuple(
        VerdictRow(
            at_ms=verdict.at_ms,
            action=verdict.action,
            score=verdict.score,
            scope=verdict.scope,
            call_id=verdict.call_id,
            evidence=evidence_of(verdict),
            spend_today=verdict.spend_today,
            spend_month=verdict.spend_month,
        )
        for verdict in found
    )


def hold_rows(case: Case, now_ms: int) -> tuple[HoldRow, ...]:
    """The holds of the case's verdicts, newest first."""
    return tuple(
        HoldRow(
            scope=hold.verdict.scope,
            since_ms=hold.since_ms,
            until_ms=hold.until_ms,
            released_ms=hold.released_ms,
            acknowledged_ms=hold.acknowledged_ms,
            in_force=hold.released_ms is None and hold.until_ms > now_ms,
        )
        for hold in Hold.objects.filter(verdict__case=case).select_related("verdict").order_by("-since_ms")[:_MOST_ROWS]
    )


def bar_rows(case: Case) -> tuple[BarRow, ...]:
    """The line's bars that are in force, or were lifted since the case opened; newest first."""
    bars = Bar.objects.filter(line=case.line).exclude(lifted_ms__lt=case.opened_ms)
    if case.closed_ms is not None:
        bars = bars.filter(since_ms__lte=case.closed_ms)
    return tuple(
        BarRow(
            bar=bar.uuid,
            owner=bar.owner,
            scope=bar.scope,
            reason=bar.reason,
            since_ms=bar.since_ms,
            until_ms=bar.until_ms,
            in_force_ms=bar.in_force_ms,
            lifted_ms=bar.lifted_ms,
            ended_ms=bar.ended_ms,
            in_force=bar.lifted_ms is None,
            orders=tuple(_order(order) for order in bar.orders.all()),
        )
        for bar in bars.order_by("-since_ms", "-id").prefetch_related("orders__entered_by")
    )


def _order(order: Order) -> OrderRow:
    done = order.completed_ms
    return OrderRow(
        order=order.uuid,
        kind=order.kind,
        state=order.state,
        requested_ms=order.requested_ms,
        accepted_ms=order.accepted_ms,
        due_ms=order.due_ms,
        executing_ms=order.executing_ms,
        completed_ms=done,
        proof=order.proof,
        entered_by="" if order.entered_by is None else order.entered_by.name,
        order_to_effect_ms=None if done is None else done - order.accepted_ms,
    )


def refusal_rows(case: Case) -> tuple[RefusalRow, ...]:
    """The refused attempts of a case, the latest first."""
    return tuple(
        RefusalRow(by=sum_.by, count=sum_.count, first_ms=sum_.first_ms, last_ms=sum_.last_ms, number=sum_.number)
        for sum_ in Refusal.objects.filter(case=case).order_by("-last_ms")
    )


def contact_rows(case: Case) -> tuple[ContactRow, ...]:
    """The attempts to reach the customer, newest first."""
    return tuple(
        ContactRow(
            channel=contact.channel,
            who=contact.who,
            at_ms=contact.at_ms,
            reached=contact.reached,
            note=contact.note,
            entered_by="" if contact.entered_by is None else contact.entered_by.name,
        )
        for contact in Contact.objects.filter(case=case).select_related("entered_by").order_by("-at_ms", "-id")
    )


def trail_rows(case: Case) -> tuple[TrailRow, ...]:
    """What was done in the case, newest first."""
    return tuple(
        TrailRow(
            at_ms=line.at_ms,
            user="" if line.user is None else line.user.name,
            action=line.action,
            object=line.object,
            data=line.data,
        )
        for line in AuditLine.objects.filter(case=case).select_related("user").order_by("-at_ms", "-id")[:_MOST_ROWS]
    )
