"""Orders: every change of a bar is one, with its instants and its proof."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sekisho.core.terms.errors import NotPossible
from sekisho.core.terms.instants import DAY_MS, japanese_date, start_of_japanese_day
from sekisho.flow.controls import bar_body
from sekisho.office.models import Bar, Order, User
from sekisho.office.services.outgoing import post


class Ordered(NamedTuple):
    """The bar, and the order that set or lifts it."""

    bar: UUID
    order: UUID


def checked_request(requested_ms: int | None, now_ms: int) -> int:
    """When it was asked for: now, or earlier. Raises NotPossible."""
    if requested_ms is None:
        return now_ms
    if requested_ms > now_ms:
        raise NotPossible("requested_later", "an order cannot be requested later than it is entered; correct the time")
    return requested_ms


def place_order(bar: Bar, kind: str, *, requested_ms: int, proof: str, now_ms: int, by: User | None) -> Ordered:
    """Enter the order for the bar's present version, and have the judge told. Within a transaction.

    Due by the end of the Japanese day of the request, as the notice of 2015 promised; never before it was entered.
    """
    due_ms = start_of_japanese_day(japanese_date(requested_ms)) + DAY_MS
    order = Order.objects.create(
        company=bar.company,
        line=bar.line,
        bar=bar,
        version=bar.version,
        kind=kind,
        requested_ms=requested_ms,
        accepted_ms=now_ms,
        due_ms=max(due_ms, now_ms),
        proof=proof,
        entered_by=by,
    )
    body = bar_body(
        bar.company.code,
        bar.line.number,
        str(bar.uuid),
        bar.version,
        in_force=kind == "set",
        owner=bar.owner,
        since_ms=bar.since_ms,
        scope=bar.scope,
        order=str(order.uuid),
    )
    post("bar", body, now_ms=now_ms, order=order)
    return Ordered(bar.uuid, order.uuid)
