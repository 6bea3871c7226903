"""What the journal is to hear goes into the outbox, in the transaction of the decision."""

from __future__ import annotations

from sekisho.office.models import Order, Outbox


def post(kind: str, body: bytes, *, now_ms: int, order: Order | None = None) -> None:
    """Have the relay publish this to the journal; `order` is the order that it carries out."""
    Outbox.objects.create(kind=kind, body=body, order=order, created_ms=now_ms)
