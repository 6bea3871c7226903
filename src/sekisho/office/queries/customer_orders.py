"""The latest orders on a customer's lines, with how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sekisho.office.models import Order, User

_MOST_ORDERS: Final = 20


@dataclass(frozen=True, slots=True)
class CustomerOrder:
    """One order; `owner` is whose bar it sets or lifts, `order_to_effect_ms` from its acceptance to the gate."""

    line: str
    kind: str
    owner: str
    reason: str
    state: str
    accepted_ms: int
    executing_ms: int | None
    completed_ms: int | None
    order_to_effect_ms: int | None


def customer_orders(user: User) -> tuple[CustomerOrder, ...] | None:
    """The twenty latest orders on the lines of the user's customer, newest first; None for staff."""
    if user.customer is None:
        return None
    orders = Order.objects.filter(line__contract__customer=user.customer).select_related("line", "bar")
    return tuple(_told(order) for order in orders.order_by("-accepted_ms", "-id")[:_MOST_ORDERS])


def _told(order: Order) -> CustomerOrder:
    done = order.completed_ms
    return CustomerOrder(
        line=order.line.number,
        kind=order.kind,
        owner=order.bar.owner,
        reason=order.bar.reason,
        state=order.state,
        accepted_ms=order.accepted_ms,
        executing_ms=order.executing_ms,
        completed_ms=done,
        order_to_effect_ms=None if done is None else done - order.accepted_ms,
    )
