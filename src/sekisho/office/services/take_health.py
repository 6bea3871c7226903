"""Take in the signs of life of the parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sekisho.office.models import PartHealth

_FIELDS = ("at_ms", "started_ms", "position", "behind")


def take_health(bodies: Iterable[Mapping[str, Any]]) -> None:
    """Take the messages of the topic `health` in their order. Within the caller's transaction."""
    newest = {body["part"]: body for body in bodies}
    PartHealth.objects.bulk_create(
        [PartHealth(part=part, **{field: body[field] for field in _FIELDS}) for part, body in newest.items()],
        update_conflicts=True,
        unique_fields=["part"],
        update_fields=list(_FIELDS),
    )
